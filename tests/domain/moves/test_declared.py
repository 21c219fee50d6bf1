"""A region that validates nothing: a save that completes a session transmits it; by option, the region approves the
first one of each parent; what a change request amends is sent again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.domain.catalogue.models import PublishedSession
from portal.domain.deliveries.models import Delivery
from portal.domain.entry.creating import create_sheet
from portal.domain.entry.requests import propose_step, targets_of
from portal.domain.moves.perform import perform_move
from portal.domain.moves.saving import save
from portal.domain.organisations.models import Organisation
from portal.domain.people import SYSTEM, Actor
from portal.domain.sheets.models import Revision, Sheet
from portal.domain.workflow import MoveRefused
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import AT, TODAY, make_tree, member, organisation
from tests.support.tenants import tenant_named

WHOLE = {"debut": "2026-04-01", "fin": "2026-06-30", "places": "8", "lieu": "69388"}


@dataclass
class World:
    """A composante of the region that declares, and those who act on it."""

    session: Session
    tenant: Tenant
    holder: Organisation
    composante: Sheet
    of: Actor
    region: Actor

    def new(self) -> Sheet:
        """A session with nothing in it yet."""
        return create_sheet(
            self.session, self.tenant, level="session", parent=self.composante, actor=self.of, at=AT, today=TODAY,
            values={"nir": "180017501104467", "courriel": "contact@exemple.fr"},
        )  # fmt: skip

    def save(self, sheet: Sheet, *, keep: bool = True, **raws: Any) -> Any:
        """Type in its first step; `keep` when Save is pressed."""
        return save(self.session, self.tenant, sheet.id, "session", raws, actor=self.of, at=AT, keep=keep)

    def count(self, model: type, **wanted: Any) -> int:
        """How many rows there are."""
        return self.session.scalar(select(func.count()).select_from(model).filter_by(**wanted)) or 0


@pytest.fixture
def world_with(app: Flask) -> Iterator[Callable[[bool], World]]:
    """`world_with(approbation)`: the region with its option on or off."""
    base = tenant_named("declare")
    with app.app_context(), tenant_scope(base.slug):

        def made(approbation: bool) -> World:
            who = base.who.model_copy(update={"options": {**base.who.options, "approbation": approbation}})
            tenant = replace(base, who=who, compiled={})
            holder = organisation(db.session)
            composante = make_tree(db.session, tenant, "composante", holder, programme="qualifiant")
            of, region = member(tenant, "org", organisations={holder.id}), member(tenant, "validator")
            return World(db.session, tenant, holder, composante, of, region)

        yield made
        db.session.rollback()


def test_a_complete_session_is_transmitted_by_its_save(world_with):
    world = world_with(False)
    sheet = world.new()
    assert world.save(sheet, debut="2026-04-01").moves == []
    assert sheet.state("declaration") == "saisie"
    assert len(world.save(sheet, **WHOLE).moves) == 1
    world.session.refresh(sheet)
    assert sheet.state("declaration") == "transmise"
    assert world.session.get(PublishedSession, sheet.id).status == "open"


def test_what_saves_by_itself_never_transmits(world_with):
    world = world_with(False)
    sheet = world.new()
    assert world.save(sheet, keep=False, **WHOLE).moves == []
    assert sheet.state("declaration") == "saisie"


def test_a_change_is_transmitted_again_and_a_save_without_change_is_not(world_with):
    world = world_with(False)
    sheet = world.new()
    world.save(sheet, **WHOLE)
    before = world.count(Revision, unit_id=sheet.id)
    assert world.save(sheet, **WHOLE).moves == []
    assert world.count(Revision, unit_id=sheet.id) == before
    assert len(world.save(sheet, places="0").moves) == 1
    assert world.session.get(PublishedSession, sheet.id).status == "off"


def test_by_option_the_first_session_waits_for_the_region_and_the_next_does_not(world_with):
    world = world_with(True)
    first, second = world.new(), world.new()
    world.save(first, **WHOLE)
    world.save(second, **WHOLE)
    world.session.refresh(first)
    world.session.refresh(second)
    assert [first.state("declaration"), second.state("declaration")] == ["posee", "transmise"]
    assert world.session.get(PublishedSession, first.id) is None
    perform_move(world.session, world.tenant, first, "approuver", actor=world.region, at=AT)
    assert world.session.get(PublishedSession, first.id).status == "open"


def request_of(world: World, **proposed: str) -> Sheet:
    """A request about the contract, with values proposed for its composante."""
    contrat = world.session.get(Sheet, world.composante.parent_id)
    request = create_sheet(
        world.session, world.tenant, level="correction", parent=contrat, actor=SYSTEM, at=AT, today=TODAY,
        imported=True, values={"referentiel": True, "motif": "Intitulé erroné"},
    )  # fmt: skip
    target = next(v for v in targets_of(world.session, world.tenant, request, TODAY) if v.node.level == "composante")
    propose_step(world.session, world.tenant, request, target, "composante", proposed, actor=world.of, at=AT)
    return request


def test_a_request_that_breaks_the_sheet_it_is_for_is_not_sent(world_with):
    world = world_with(False)
    request = request_of(world, intitule="")
    with pytest.raises(MoveRefused) as refused:
        perform_move(world.session, world.tenant, request, "poser", actor=world.of, at=AT)
    (problem,) = refused.value.problems
    assert (problem.sheet_id, problem.path) == (world.composante.id, "intitule")
    assert request.state("correction") == "redaction"


def test_a_request_is_not_refused_for_what_was_wrong_before_it(world_with):
    world = world_with(False)
    world.composante.data = {k: v for k, v in world.composante.data.items() if k != "intitule"}
    world.session.flush()
    request = request_of(world, certification="108917")
    perform_move(world.session, world.tenant, request, "poser", actor=world.of, at=AT)
    assert request.state("correction") == "posee"


def test_what_an_accepted_request_amends_is_owed_to_the_targets(world_with):
    world = world_with(False)
    sheet = world.new()
    world.save(sheet, **WHOLE)
    request = request_of(world, intitule="Autre")
    perform_move(world.session, world.tenant, request, "poser", actor=world.of, at=AT)
    done = perform_move(world.session, world.tenant, request, "faire", actor=world.region, at=AT)
    rows = world.session.scalars(select(Delivery).filter_by(journal_entry_id=done.entry.id)).all()
    assert {(row.target, row.sheet_id) for row in rows} == {(t, sheet.id) for t in ("carif", "site", "kairos")}
    assert world.session.get(PublishedSession, sheet.id).title == "Autre"
