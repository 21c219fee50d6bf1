"""Every move of every tenant, performed on real rows: journalled once when allowed, no trace when it is not."""

from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from portal.domain.entry.completeness import blocking, problems_of_unit
from portal.domain.entry.creating import edit_prerequisites
from portal.domain.journal.models import JournalEntry
from portal.domain.moves.perform import perform_move
from portal.domain.people import SYSTEM, Actor
from portal.domain.sheets.models import Revision, Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.revisions import freeze_unit
from portal.domain.sheets.view import View
from portal.domain.workflow import MoveRefused, stored_axes
from portal.extensions import db
from portal.tenancy.schema import Move
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import AT, TODAY, example, make_tree, organisation, put_in_state
from tests.support.tenants import every_tenant


@dataclass(frozen=True)
class Case:
    tenant: Tenant
    level: str
    axis: str
    move_id: str
    state: str

    @property
    def move(self) -> Move:
        return self.tenant.axis(self.axis).moves[self.move_id]


def cases():
    for tenant in every_tenant():
        for level in tenant.who.levels:
            for axis_id, axis in stored_axes(tenant, level).items():
                for move_id in axis.moves:
                    for state in axis.states:
                        yield Case(tenant, level, axis_id, move_id, state)


CASES = list(cases())


@pytest.fixture
def session(app):
    with app.app_context():
        yield db.session
        db.session.rollback()


def stand(session, case):
    sheet = make_tree(session, case.tenant, case.level, organisation(session))
    if "publish" in case.move.effects and "revise" not in case.move.effects:
        freeze_unit(session, case.tenant, sheet, load_node(session, sheet), case.axis, actor=SYSTEM, at=AT)
    put_in_state(session, sheet, case.axis, case.state)
    for other, states in case.move.within.items():
        if other in case.tenant.level(case.level).axes:
            put_in_state(session, sheet, other, states[0])
    return sheet


def actor_for(case):
    if case.move.automatic:
        return SYSTEM
    roles = case.move.roles_from(case.state) or list(case.tenant.who.roles)
    role = case.tenant.role(roles[0])
    return Actor(None, "Quelqu'un", frozenset(roles), side=role.side)


def expected(session, case, sheet):
    view = View(case.tenant, load_node(session, sheet), TODAY)
    if case.move.sources and case.state not in case.move.sources:
        return False
    if not view.holds(case.move.when):
        return False
    if case.move.check is None:
        return True
    return not blocking([*problems_of_unit(session, view, case.move.check), *edit_prerequisites(session, view)])


def inputs_for(session, case, sheet):
    view = View(case.tenant, load_node(session, sheet), TODAY)
    return {f.id: example(view, f) for f in case.move.asks}


def trace(session):
    counts = (select(func.count()).select_from(model) for model in (JournalEntry, Revision))
    return [session.scalar(query) for query in counts]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.tenant.slug}-{c.level}-{c.axis}.{c.move_id}-from-{c.state}")
def test_a_move_does_what_its_table_says(session, case):
    with tenant_scope(case.tenant.slug):
        sheet = stand(session, case)
        allowed, before = expected(session, case, sheet), trace(session)
        try:
            with session.begin_nested():
                done = perform_move(
                    session, case.tenant, sheet, case.move_id, axis=case.axis, actor=actor_for(case), at=AT,
                    inputs=inputs_for(session, case, sheet), reason="Parce que",
                )  # fmt: skip
        except MoveRefused:
            assert not allowed
            assert trace(session) == before
            session.refresh(sheet)
            assert sheet.state(case.axis) == case.state
            return
        assert allowed
        session.refresh(sheet)
        assert sheet.state(case.axis) == (case.move.to or case.state)
        mine = select(JournalEntry).filter_by(sheet_id=sheet.id, move=f"{case.axis}.{case.move_id}")
        assert [e.id for e in session.scalars(mine)] == [done.entry.id]


def test_the_tables_exercise_every_effect_and_trigger():
    moves = [c.move for c in CASES]
    assert {e for m in moves for e in m.effects} == {"revise", "publish", "withdraw", "amend", "apply", "delete"}
    assert {m.on for m in moves} >= {"pressed", "completed", "changed"}
    assert any(m.at for m in moves)
    assert any(m.after for m in moves)


def test_a_sheet_deleted_is_gone_for_everyone(session):
    case = next(c for c in CASES if c.move.effects == ["delete"] and c.state in c.move.sources and not c.move.when)
    with tenant_scope(case.tenant.slug):
        sheet = stand(session, case)
        perform_move(
            session, case.tenant, sheet, case.move_id, axis=case.axis, actor=actor_for(case), at=AT, reason="x"
        )
        assert session.get(Sheet, sheet.id).deleted_at == AT
