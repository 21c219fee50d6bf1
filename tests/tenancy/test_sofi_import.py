"""The yearly file of the Région: what it brings, who it invites, and the places it orders."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from openpyxl import load_workbook
from sqlalchemy import select

from portal.domain.accounts.models import Invitation
from portal.domain.entry.completeness import problems_of_unit
from portal.domain.imports import actions
from portal.domain.organisations.models import Organisation
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.settings import ROOT
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import AT, TODAY, make_sheet, member
from tests.support.tenants import tenant_named

FILE = ROOT / "tenants" / "sofi" / "demo" / "programme-2026.csv"


@pytest.fixture
def tenant(app: Flask) -> Iterator[Tenant]:
    found = tenant_named("sofi")
    with app.app_context(), tenant_scope(found.slug):
        yield found
        db.session.rollback()


def loaded(tenant: Tenant, content: bytes) -> None:
    """The file, applied."""
    session = db.session()
    bringer = member(tenant, "admin")
    given = {"file_name": FILE.name, "content": content, "actor": type(bringer)(None, "Cariforef", bringer.roles)}
    run = actions.submit(session, tenant, "programme_region", at=AT, **given)
    actions.check(session, tenant, run.id, at=AT)
    assert run.state == "checked", run.report["faults"]
    assert run.report["warnings"] == []
    actions.accept(session, tenant, run.id, actor=given["actor"], at=AT + timedelta(minutes=1))
    while actions.apply_chunk(session, tenant, run.id, at=AT + timedelta(minutes=1)):
        pass
    session.commit()


def of(level: str, title: str) -> Sheet:
    """The sheet of a level whose title says so."""
    query = select(Sheet).where(Sheet.level == level, Sheet.title.contains(title))
    return db.session.scalars(query.order_by(Sheet.created_at)).first()


def test_the_example_holds_the_six_programmes_of_the_region(tenant: Tenant) -> None:
    loaded(tenant, FILE.read_bytes())

    programmes = set(db.session.scalars(select(Sheet.programme).where(Sheet.level == "action")))
    assert programmes == set(tenant.who.programmes) - {"generale", "apprentissage"}
    assert len(db.session.scalars(select(Sheet).where(Sheet.level == "formation")).all()) == 9
    assert len(db.session.scalars(select(Invitation)).all()) == 6
    action = of("action", "Soudeur industriel")
    assert action.data["places_commandees"] == 12
    assert action.state("validation") == "en_saisie"
    assert load_node(db.session, action).parent.data["libelle_lot"] == "Métiers de l'industrie"


def test_the_organisation_in_charge_is_the_mandataire_when_there_is_one(tenant: Tenant) -> None:
    loaded(tenant, FILE.read_bytes())
    with_one, without = of("action", "deuxième chance"), of("action", "Soudeur industriel")

    named = db.session.scalar(select(Organisation).where(Organisation.name == "Groupement Ligérien"))
    assert with_one.data["mandataire"] == str(named.id)
    assert make_sheet(db.session, tenant, "session", with_one).data["organisme_responsable"] == str(named.id)
    alone = make_sheet(db.session, tenant, "session", without)
    assert alone.data["organisme_responsable"] == str(without.organisation_id)


@pytest.mark.parametrize(("places", "warned"), [(12, False), (10, True)])
def test_places_that_are_not_those_ordered_warn_whoever_validates(tenant: Tenant, places: int, warned: bool) -> None:
    loaded(tenant, FILE.read_bytes())
    action = of("action", "Soudeur industriel")
    session = make_sheet(db.session, tenant, "session", action)
    make_sheet(db.session, tenant, "dispositif", session, type="emploi_formation", nb_places=places)
    make_sheet(db.session, tenant, "dispositif", session, type="autres", nb_places=30)

    view = View(tenant, load_node(db.session, action), TODAY)
    found = [p for p in problems_of_unit(db.session, view, "send") if "bon de commande" in p.message]

    assert [p.severity for p in found] == (["warn"] if warned else [])


def test_the_help_speaks_of_the_order() -> None:
    assert "bon de commande" in tenant_named("sofi").help["import-programme"]


def test_the_command_checks_then_applies(app: Flask, runner: FlaskCliRunner, tmp_path) -> None:
    dry = runner.invoke(args=["imports", "run", "sofi", "programme_region", str(FILE)])
    assert dry.exit_code == 0, dry.output
    assert "à créer : formation 9, action 9" in dry.output
    assert "--accept" in dry.output

    done = runner.invoke(args=["imports", "run", "sofi", "programme_region", str(FILE), "--accept"])
    assert done.exit_code == 0, done.output
    again = runner.invoke(args=["imports", "run", "sofi", "programme_region", str(FILE)])
    assert "inchangées : formation 9, action 9" in again.output

    wrong, marked = tmp_path / "faux.csv", tmp_path / "annote.csv"
    wrong.write_bytes(FILE.read_bytes().replace(b"90000001900019", b"90000001900018"))
    refused = runner.invoke(args=["imports", "run", "sofi", "programme_region", str(wrong), "--annotated", str(marked)])
    assert refused.exit_code == 1
    assert "ligne 2, H2 : Ce SIRET n'existe pas : vérifiez chaque chiffre. 90000001900018" in refused.output
    assert "À corriger" in marked.read_text("utf-8-sig")


def test_a_template_has_the_headings_of_the_example(runner: FlaskCliRunner, tmp_path) -> None:
    written = tmp_path / "modele.xlsx"
    done = runner.invoke(args=["imports", "template", "sofi", "programme_region", str(written)])

    assert done.exit_code == 0, done.output
    headings = [cell.value for cell in load_workbook(written).active[1]]
    assert sorted(headings) == sorted(FILE.read_text("utf-8-sig").splitlines()[0].split(";"))
