"""What sheets take from the directory and from certifications, found, kept and sorted by PostgreSQL."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.domain.desk.among import Among
from portal.domain.desk.filters import apply_filters
from portal.domain.desk.sql import Unsayable
from portal.domain.organisations.models import Organisation
from portal.domain.people import SYSTEM
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.schema import Column, ListView
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.directory import ADDRESS, contact, site
from tests.support.offer import TODAY, make_sheet, organisation
from tests.support.tenants import tenant_named

CODE = "109049"


@dataclass
class Shelf:
    """Three sessions of one training: in Nantes, in Angers, nowhere."""

    session: Session
    tenant: Tenant
    holder: Organisation
    sheets: list[Sheet]

    def kept(self, expression: str) -> list[Sheet]:
        among = Among(self.session, self.tenant, SYSTEM, "session", TODAY)
        among.keep(among.speech.said(expression).sql.is_(True))
        return self._sheets(among)

    def found(self, words: str, *search: str) -> list[Sheet]:
        among = Among(self.session, self.tenant, SYSTEM, "session", TODAY)
        view = ListView(label="X", level="session", columns=[Column(id="code", label="N°")], search=list(search))
        apply_filters(among, view, {"q": [words]})
        return self._sheets(among)

    def _sheets(self, among: Among) -> list[Sheet]:
        return sorted(self.session.scalars(among.query(Sheet)).all(), key=self.sheets.index)

    def read(self, expression: str) -> list[Sheet]:
        views = [View(self.tenant, load_node(self.session, s), TODAY, lookups=ReferenceLookups()) for s in self.sheets]
        return [s for s, view in zip(self.sheets, views, strict=True) if view.holds(expression)]


@pytest.fixture
def shelf(app: Flask) -> Iterator[Shelf]:
    tenant = tenant_named("revue")
    with app.app_context(), tenant_scope(tenant.slug):
        holder = organisation(db.session, "Carif-Oref")
        nantes = site(db.session, holder, "Île de Nantes", siret="13000511900032")
        angers = site(
            db.session, holder, "Les Tanneurs", address={**ADDRESS, "commune": "Angers", "code_postal": "49100"}
        )
        ida = contact(db.session, holder, phone="0240000000")
        formation = make_sheet(db.session, tenant, "formation", None, holder, certification=CODE)
        action = make_sheet(db.session, tenant, "action", formation, holder)
        places = ({"lieu": str(nantes.id), "referent": str(ida.id)}, {"lieu": str(angers.id)}, {"lieu": "ailleurs"})
        made = [make_sheet(db.session, tenant, "session", action, holder, **own) for own in places]
        made[2].data = {k: v for k, v in made[2].data.items() if k != "referent"}
        db.session.flush()
        yield Shelf(db.session, tenant, holder, made)
        db.session.rollback()


@pytest.mark.parametrize(
    "expression",
    [
        "lieu.name == 'Les Tanneurs'",
        "lieu.nom == 'Île de Nantes'",
        "lieu.organisation == 'Carif-Oref'",
        "lieu.organisme == organisation.name",
        "lieu.organisation_siret == organisation.siret",
        "filled(lieu.organisation_id)",
        "lieu.address.commune == 'Angers' or lieu.postal_code == '44000'",
        "lieu.commune == 'Nantes'",
        "not filled(lieu.siret)",
        "not filled(lieu.uai)",
        "adresse.commune == 'Angers'",
        "adresse.code_postal != '49100'",
        "referent.telephone == '0240000000'",
        "partenaire.name == 'Carif-Oref'",
        "lieu == 'ailleurs'",
    ],
)
def test_sql_answers_as_the_conditions_do(shelf, expression):
    assert shelf.kept(expression) == shelf.read(expression)


def test_a_fact_of_the_certification_is_said_and_what_the_table_does_not_say_is_what_was_typed(shelf):
    formation = shelf.session.get(Sheet, shelf.session.get(Sheet, shelf.sheets[0].parent_id).parent_id)
    assert shelf.found("assistant", "formation.intitule") == shelf.sheets
    assert shelf.found("niveau 5", "formation.niveau") == shelf.sheets
    assert shelf.found("ailleurs", "formation.certificateur") == []

    formation.data = {**formation.data, "certification": "999998", "intitule": "Saisi à la main"}
    shelf.session.flush()

    assert shelf.found("main", "formation.intitule") == shelf.sheets


def test_words_are_searched_in_the_place_and_the_site(shelf):
    nantes, angers, _ = shelf.sheets
    assert shelf.found("ile", "lieu.name", "adresse.commune") == [nantes]
    assert shelf.found("ANGERS tanneurs", "lieu.name", "adresse.commune") == [angers]


def test_a_number_is_found_as_it_is_written_in_full(shelf):
    pattern, (one, *_) = "{formation.code}-{action.code}-{code}", shelf.sheets
    formation, action, own = one.reference.split("-")
    for words in (f"{formation}-{action}-{own}", one.reference.lower()):
        assert shelf.found(words, pattern) == [one]
    assert one in shelf.found(f"{formation}-{action}- {own}", pattern)  # as some screens write it
    assert shelf.found(f"{formation}-{action}", pattern) == shelf.sheets
    assert shelf.found("F9-9-9", pattern) == []


@pytest.mark.parametrize("name", ["lieu.address", "referent.duties", "formation.certification.blocs"])
def test_what_is_no_text_is_not_said(shelf, name):
    among = Among(shelf.session, shelf.tenant, SYSTEM, "session", TODAY)
    with pytest.raises(Unsayable):
        among.speech.said(name)
