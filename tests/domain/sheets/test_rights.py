"""Parts held sheet by sheet: what is seen around them, and what the domain refuses beside them."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.entry.creating import CreationRefused, create_sheet
from portal.domain.entry.saving import lock_of
from portal.domain.moves.perform import perform_move
from portal.domain.people import SYSTEM, Actor
from portal.domain.sheets.models import Sheet, SheetLink
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.queries import readable_among, visible_sheets
from portal.domain.sheets.view import View
from portal.domain.workflow import MoveRefused
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import AT, TODAY, make_sheet, make_tree, organisation
from tests.support.tenants import tenant_named


@dataclass
class Plan:
    """Two modules of one dispositif, each with a group and a session; the first is in a path."""

    tenant: Tenant
    dispositif: Sheet
    mine: list[Sheet]
    other: list[Sheet]
    uf: Sheet
    parcours: Sheet

    def holding(self, sheet: Sheet, role: str = "pilote", **more: object) -> Actor:
        return Actor(None, "Ida Lot", frozenset({role}), parts={sheet.id: frozenset({role})}, **more)

    def seen(self, actor: Actor, to: str) -> set[Sheet]:
        return set(db.session.scalars(visible_sheets(actor, to)))

    def view(self, sheet: Sheet) -> View:
        return View(self.tenant, load_node(db.session, sheet), TODAY)


@pytest.fixture
def plan(app: Flask) -> Iterator[Plan]:
    tenant = tenant_named("plan")
    with app.app_context(), tenant_scope(tenant.slug):
        holder = organisation(db.session)
        top = make_tree(db.session, tenant, "dispositif", holder)
        branches = [branch(tenant, top), branch(tenant, top)]
        uf = make_tree(db.session, tenant, "uf", holder)
        db.session.add(SheetLink(link="modules", from_id=uf.id, to_id=branches[0][0].id))
        db.session.flush()
        yield Plan(tenant, top, *branches, uf, db.session.get(Sheet, uf.parent_id))
        db.session.rollback()


def branch(tenant: Tenant, top: Sheet) -> list[Sheet]:
    found = [top]
    for level in ("module", "groupe", "session"):
        found.append(make_sheet(db.session, tenant, level, found[-1]))
    return found[1:]


def test_one_works_below_and_reads_above_and_along_links(plan: Plan) -> None:
    actor = plan.holding(plan.mine[0])
    assert plan.seen(actor, "work") == set(plan.mine)
    assert plan.seen(actor, "read") == {*plan.mine, plan.dispositif, plan.uf, plan.parcours}


def test_a_link_is_read_from_either_end(plan: Plan) -> None:
    assert plan.seen(plan.holding(plan.uf), "read") == {plan.uf, plan.parcours, plan.mine[0], plan.dispositif}
    assert plan.seen(plan.holding(plan.other[0]), "read") == {*plan.other, plan.dispositif}


def test_what_may_be_read_among_some_sheets(plan: Plan) -> None:
    ids = [plan.dispositif.id, plan.other[0].id]
    assert readable_among(db.session, plan.holding(plan.mine[0]), ids) == {plan.dispositif.id}
    assert readable_among(db.session, SYSTEM, ids) == set(ids)


def test_a_role_bears_on_its_own_sheets_alone(plan: Plan) -> None:
    parts = {plan.mine[0].id: frozenset({"pilote"}), plan.other[1].id: frozenset({"lecteur"})}
    actor = Actor(None, "Ida Lot", frozenset({"pilote", "lecteur"}), parts=parts)
    held = [actor.roles_on(plan.view(s).node) for s in (plan.mine[2], plan.other[2], plan.other[0], plan.dispositif)]
    assert held == [{"pilote"}, {"lecteur"}, set(), set()]
    assert actor.roles_on(None) == set()


def test_a_role_for_an_organisation_does_not_follow_to_a_sheet_held_by_itself(plan: Plan) -> None:
    parts = {plan.other[0].id: frozenset({"lecteur"})}
    own = frozenset({plan.dispositif.organisation_id})
    actor = Actor(None, "Ida Lot", frozenset({"pilote", "lecteur"}), own, parts)
    assert actor.roles_on(plan.view(plan.mine[0]).node) == {"pilote"}
    elsewhere = Actor(None, "Ida Lot", frozenset({"pilote", "lecteur"}), frozenset({plan.uf.id}), parts)
    assert elsewhere.roles_on(plan.view(plan.other[0]).node) == {"lecteur"}


def test_nothing_is_created_under_the_module_of_another(plan: Plan) -> None:
    actor = plan.holding(plan.mine[0])
    create = {"level": "session", "actor": actor, "at": AT, "today": TODAY}
    with pytest.raises(CreationRefused):
        create_sheet(db.session, plan.tenant, parent=plan.other[1], **create)
    assert create_sheet(db.session, plan.tenant, parent=plan.mine[1], **create).parent_id == plan.mine[1].id


@pytest.mark.parametrize(("move", "inputs"), [("supprimer", {}), ("publier", {"fin_publication": "2026-12-01T18:00"})])
def test_no_move_is_performed_on_the_session_of_another(plan: Plan, move: str, inputs: dict[str, str]) -> None:
    actor, theirs = plan.holding(plan.mine[0]), plan.other[2]
    before = [(s.axis, s.state) for s in theirs.states]
    with pytest.raises(MoveRefused, match="rôle"):
        perform_move(db.session, plan.tenant, theirs, move, actor=actor, at=AT, inputs=inputs)
    fresh = db.session.scalars(select(Sheet).where(Sheet.id == theirs.id)).one()
    assert ([(s.axis, s.state) for s in fresh.states], fresh.deleted_at) == (before, None)
    perform_move(db.session, plan.tenant, plan.mine[2], move, actor=actor, at=AT, inputs=inputs)


def test_every_field_of_another_is_locked(plan: Plan) -> None:
    actor = plan.holding(plan.mine[0])
    mine, theirs = plan.view(plan.mine[2]), plan.view(plan.other[2])
    name = next(n for n, f in mine.form.visible.items() if f.entered and not lock_of(mine, n, frozenset({"pilote"})))
    assert lock_of(mine, name, actor.roles_on(mine.node)) is None
    assert lock_of(theirs, name, actor.roles_on(theirs.node))
