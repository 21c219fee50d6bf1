"""The region whose unit is the action: what its programmes change, and what it lets out without a new decision."""

from collections.abc import Iterator

import pytest
from flask import Flask

from portal.domain.desk.columns import Facts, cell_of
from portal.domain.desk.lists import Asked, list_page
from portal.domain.entry.completeness import problems_of_sheet
from portal.domain.entry.creating import create_sheet
from portal.domain.moves.saving import save
from portal.domain.people import SYSTEM, Actor
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.directory import site
from tests.support.offer import AT, TODAY, make_sheet, make_tree, member, organisation
from tests.support.tenants import tenant_named

CARIFOREF = Actor(None, "Cariforef", frozenset({"cariforef"}), side="validator")


@pytest.fixture
def tenant(app: Flask) -> Iterator[Tenant]:
    found = tenant_named("sofi")
    with app.app_context(), tenant_scope(found.slug):
        yield found
        db.session.rollback()


def made(tenant: Tenant, programme: str, **values: object) -> Sheet:
    """A session of a programme, its ancestors with it."""
    return make_tree(db.session, tenant, "session", organisation(db.session), programme=programme, **values)


def view_of(tenant: Tenant, sheet: Sheet) -> View:
    db.session.expire_all()
    return View(tenant, load_node(db.session, sheet), TODAY)


def said(tenant: Tenant, sheet: Sheet, path: str) -> list[str]:
    return [p.message for p in problems_of_sheet(db.session, view_of(tenant, sheet), "send") if p.path == path]


def test_the_levels_are_validated_by_action(tenant: Tenant) -> None:
    assert tenant.unit_level("session") == tenant.unit_level("dispositif") == "action"
    assert tenant.unit_level("formation") is None


def test_a_session_is_known_by_its_three_numbers(tenant: Tenant) -> None:
    session = made(tenant, "generale")
    view = view_of(tenant, session)
    assert view.fill("{formation.code}-{action.code}-{code}") == session.reference == session.title


@pytest.mark.parametrize(("day", "wrong"), [("2025-12-31", True), ("2026-01-01", False), ("2027-01-04", True)])
def test_a_session_of_the_second_chance_school_starts_in_2026(tenant: Tenant, day: str, wrong: bool) -> None:
    session = made(tenant, "e2c", date_debut=day, date_fin="2027-06-30")
    assert ("La session doit obligatoirement débuter en 2026." in said(tenant, session, "date_debut")) is wrong


def test_the_other_programmes_start_when_they_like(tenant: Tenant) -> None:
    assert said(tenant, made(tenant, "generale", date_debut="2027-01-04", date_fin="2027-06-30"), "date_debut") == []


def test_the_second_chance_school_is_filled_beforehand(tenant: Tenant) -> None:
    session = made(tenant, "e2c")
    view = view_of(tenant, session)
    formation = view.of(view.node.ancestor("formation"))
    assert formation.stored("intitule") == "Ecole de la deuxième chance"
    assert (formation.stored("domaines"), formation.stored("domaine_principal")) == (["15061"], "15061")
    assert view.stored("esp") == "1"
    assert view.stored("rythmes") == ["plein"]
    assert {"duree_entreprise", "cycle_alternance"} & set(view.form.visible) == set()


def test_apprenticeship_asks_how_many_at_once_and_the_cycle(tenant: Tenant) -> None:
    session = made(tenant, "apprentissage")
    dispositif = make_sheet(db.session, tenant, "dispositif", session, programme="apprentissage")
    assert view_of(tenant, dispositif).stored("type") == "apprentissage"
    asked = view_of(tenant, dispositif).form.visible
    assert all(asked[name].field.required for name in ("effectif_minimal", "capacite_simultanee", "nb_places"))
    assert view_of(tenant, session).form.visible["cycle_alternance"].field.required


@pytest.mark.parametrize(("kind", "required"), [("professionnalisation", True), ("autres", False)])
def test_a_dispositif_decides_of_its_session(tenant: Tenant, kind: str, required: bool) -> None:
    session = made(tenant, "generale")
    make_sheet(db.session, tenant, "dispositif", session, type=kind)
    assert view_of(tenant, session).form.visible["cycle_alternance"].field.required is required


def test_the_price_with_taxes_is_computed(tenant: Tenant) -> None:
    session = made(tenant, "generale")
    dispositif = make_sheet(db.session, tenant, "dispositif", session, frais_ht="1000.00", taux_tva="20.00")
    assert view_of(tenant, dispositif).stored("frais_ttc") == 1200


def test_a_session_is_listed_under_the_eight_heads_of_the_manual(tenant: Tenant) -> None:
    heads = ["Code FAS", "Intitulé formation", "Site dispensateur", "Commune lieu"]
    heads += ["Date début", "Date fin", "Code dispositif", "Etat A/I"]
    view = tenant.desk.lists["sessions"]
    session = made(tenant, "generale", date_debut="2026-02-02", date_fin="2026-06-30")
    for kind in ("autres", "professionnalisation"):
        make_sheet(db.session, tenant, "dispositif", session, type=kind)
    seen = view_of(tenant, session)
    cells = {column.id: cell_of(seen, column, Facts({})).text for column in view.columns}
    codes = [node.code for node in seen.node.at_level("dispositif")]
    assert [column.label for column in view.columns] == heads
    assert view.page_size == 10
    assert cells["intitule"] == seen.show("action.title") != ""
    assert cells["dispositif"] == ", ".join(codes)
    assert cells["etat"] == "Actif"


def typed(tenant: Tenant, sheet: Sheet, step: str, raws: dict[str, object]) -> None:
    holder = sheet.organisation_id
    actor = member(tenant, "org", organisations={holder} if holder else None)
    save(db.session, tenant, sheet.id, step, raws, actor=actor, at=AT, lookups=ReferenceLookups())


def test_without_individual_paths_the_validation_is_total_and_every_block_is_kept(tenant: Tenant) -> None:
    session = made(tenant, "apprentissage", type_parcours=["1"])
    view = view_of(tenant, session)
    formation = db.session.get(Sheet, view.node.ancestor("formation").id)
    rows = [{"_id": "RNCP35030BC01", "code": "RNCP35030BC01", "retenu": False}]
    formation.data = {**formation.data, "certification": "109049", "blocs": rows, "validation_formation": "0"}
    db.session.flush()

    typed(tenant, formation, "blocs", {"individualiser": "oui"})
    assert formation.data["validation_formation"] == "0"
    typed(tenant, formation, "blocs", {"individualiser": "non"})

    assert formation.data["validation_formation"] == "1"
    assert [row["retenu"] for row in formation.data["blocs"]] == [True, True]
    assert session.data["type_parcours"] == ["1"]


def test_individual_paths_are_offered_to_the_sessions_that_say_nothing_yet(tenant: Tenant) -> None:
    session = made(tenant, "apprentissage", type_parcours=["1"])
    session.data = {k: v for k, v in session.data.items() if k != "type_parcours"}
    db.session.flush()
    formation = db.session.get(Sheet, view_of(tenant, session).node.ancestor("formation").id)
    formation.data = {k: v for k, v in formation.data.items() if k != "individualiser"}
    db.session.flush()

    typed(tenant, formation, "blocs", {"individualiser": "oui"})

    assert session.data["type_parcours"] == ["2", "3"]


def test_the_organisation_of_the_site_answers_for_the_session(tenant: Tenant) -> None:
    holder = organisation(db.session)
    where = site(db.session, holder)
    action = make_tree(db.session, tenant, "action", holder, programme="generale", site_dispensateur=str(where.id))
    session = create_sheet(
        db.session, tenant, level="session", parent=action, actor=SYSTEM, at=AT, today=TODAY, imported=True
    )
    assert session.data["organisme_responsable"] == str(holder.id)


def test_sessions_are_searched_by_number_title_site_and_town(tenant: Tenant) -> None:
    holder = organisation(db.session)
    where = site(db.session, holder, "Les Ateliers")
    session = make_tree(db.session, tenant, "session", holder, programme="generale", site_lieu=str(where.id))
    formation, action, own = session.reference.split("-")
    action_title = view_of(tenant, session).show("action.title")

    def found(words: str, name: str = "sessions") -> int:
        asked = Asked(words={"q": [words]})
        return list_page(db.session, tenant, CARIFOREF, name, tenant.desk.lists[name], asked, today=TODAY).total

    whole = f"{formation}-{action}"
    for words in (session.reference, whole, f"{whole}- {own}", own, action, action_title, "ateliers", "NANTES"):
        assert found(words) == 1, words
    assert found(whole, "actions") == 1
    assert (found("Quimper"), found(f"{own}-{own}"), found(own, "actions")) == (0, 0, 0)
