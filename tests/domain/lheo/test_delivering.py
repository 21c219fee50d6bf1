"""A sheet becomes a document from its terms alone; what cannot be said in it holds the delivery, in words that help."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from portal.domain.deliveries.actions.readiness import recheck_amended, unready
from portal.domain.deliveries.models import Delivery
from portal.domain.deliveries.payload import build, format_of
from portal.domain.lheo.documents import offers_of
from portal.domain.lheo.errors import InvalidDocument
from portal.domain.lheo.offers import Offer
from portal.domain.sheets.models import Revision
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.loader import load_files
from portal.tenancy.scope import tenant_scope
from tests.support.deliveries import AT, SLUG, World
from tests.support.offer import TODAY
from tests.support.official import needed, official_faults
from tests.support.tenants import tenant_named

SAYS = """{action.publics: ["80006"], session.teaching_mode: "0", action.level_in_required: non,
           session.costs_covered: oui, formation.path_type: "1"}"""
FLOWS = """
targets:
  carif: {label: le Carif, outlet: http, format: lheo-2.3, says: %s}
  relais: {label: le relais}
flows:
  - {target: carif, on: session.approuver, withdraw_on: annulation.annuler}
  - {target: relais, via: carif}
"""
LONG = "mot " * 800


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """A unit of a region that speaks LHÉO."""
    files = {**tenant_named(SLUG).files, "flows.yaml": FLOWS % SAYS}
    with app.app_context(), tenant_scope(SLUG):
        yield World(db.session(), load_files(files, "tenants/essai", None))
        db.session.rollback()
        db.session.remove()


def opened(world: World, revision: Revision) -> Delivery:
    return next(row for row in world.open(revision=revision) if row.target == "carif")


def document_of(world: World, **values: Any) -> tuple[bytes, Offer]:
    revision = world.revise(**values)
    row = opened(world, revision)
    document = build(world.tenant, revision, row)
    (offer,) = offers_of(BytesIO(document))
    return document, offer


def test_a_sheet_is_said_by_its_terms(world: World) -> None:
    _, offer = document_of(world, date_debut="2026-05-04", date_fin="2026-06-26", contact_nom="Line Faure")

    (action,) = offer.actions
    (session,) = action.sessions
    assert session.terms["session.start"] == "2026-05-04"
    assert session.terms["session.contact.name"] == "Line Faure"
    assert offer.terms["organisation.siret"] == world.holder.siret
    assert offer.terms["formation.contact.name"] == "Line Faure", "nobody else was named for the formation"
    assert action.terms["action.deliverer"]["siret"] == world.holder.siret
    assert action.terms["action.publics"] == ["80006"], "what the region says of all its sheets"
    assert offer.changed == AT.date().isoformat()


def test_each_part_is_numbered_after_the_lowest_sheet_that_speaks_of_it(world: World) -> None:
    _, offer = document_of(world)

    (action,) = offer.actions
    assert action.sessions[0].number == f"{SLUG}_{world.unit.code}"
    assert action.number == f"{SLUG}_{world.unit.code}", "the place and the hours are the session's"
    parent = world.sheet(world.unit.parent_id) if world.unit.parent_id else None
    assert parent is not None
    assert parent.parent_id is not None
    assert offer.number == f"{SLUG}_{world.sheet(parent.parent_id).code}.{parent.code}"


def test_the_document_is_valid_and_the_same_at_every_try(world: World) -> None:
    needed()
    revision = world.revise()
    row = opened(world, revision)
    document = build(world.tenant, revision, row)
    world.unit.data = {}
    world.session.flush()

    assert official_faults(document) == []
    assert build(world.tenant, revision, row) == document
    assert format_of(world.tenant, "carif").content_type == "application/xml"


def test_what_cannot_be_said_holds_the_delivery_in_words(world: World) -> None:
    rows = {row.target: row for row in world.open(revision=world.revise(contact_nom="x" * 51, type_entree=None))}

    assert rows["carif"].state == "held"
    assert rows["carif"].held_because == (
        "« Nom contact » : le texte a 51 caractères : 50 au plus (document LHÉO). "
        "« Type entrée » : ce renseignement manque (document LHÉO)."
    )
    assert rows["relais"].state == "relayed", "a relay is sent nothing of ours"


def test_each_problem_leads_to_its_field(world: World) -> None:
    world.unit.data = {**world.unit.data, "contact_nom": "x" * 51}
    world.session.flush()
    world.session.expire(world.unit)
    flow = world.tenant.flows.flows[0]

    (problem,) = unready(world.session, View(world.tenant, load_node(world.session, world.unit), TODAY), flow)

    assert (problem.sheet_id, problem.step, problem.path) == (world.unit.id, "prescription", "contact_nom")
    assert problem.label == "Nom contact"


def test_a_field_above_is_found_there(world: World) -> None:
    assert world.unit.parent_id
    parent = world.sheet(world.unit.parent_id)
    parent.data = {**parent.data, "objectif": LONG}
    world.session.flush()
    world.session.expire(parent)
    flow = world.tenant.flows.flows[0]

    problems = unready(world.session, View(world.tenant, load_node(world.session, world.unit), TODAY), flow)

    assert [(p.sheet_id, p.path) for p in problems] == [(parent.id, "objectif")]
    assert "3000 au plus" in problems[0].message


def test_a_correction_lets_it_go(world: World) -> None:
    row = opened(world, world.revise(contact_nom="x" * 51))
    assert row.state == "held"

    let_go = recheck_amended(
        world.session, world.tenant, world.revise(AT + timedelta(hours=1), contact_nom="Line Faure"), now=AT
    )

    assert let_go == 1
    assert world.rows("carif")[0].state == "due"


def test_nothing_invalid_leaves_and_a_withdrawal_always_does(world: World) -> None:
    revision = world.revise(contact_nom="x" * 51)
    row = opened(world, revision)

    with pytest.raises(InvalidDocument, match="50 au plus"):
        build(world.tenant, revision, row)
    row.verb = "withdraw"
    assert b"<session " in build(world.tenant, revision, row)


def test_events_that_are_no_way_to_recruit_stay_at_home(world: World) -> None:
    review = {"_id": "a", "type": "bilan", "date_debut": "2026-04-01"}
    meeting = {"_id": "b", "type": "infocoll", "date_debut": "2026-04-02"}
    _, offer = document_of(world, evenements=[review, meeting])

    events = offer.actions[0].sessions[0].terms.get("session.events", [])
    assert [event["event.start_date"] for event in events] == ["2026-04-02"]
