"""Moves that time performs, chosen by their guards; what a move writes of itself, and what warns of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from portal.domain.moves.asked import NotHeeded, warning_key
from portal.domain.moves.clock import RETRY, due_moves, perform_due
from portal.domain.moves.perform import perform_move
from portal.domain.moves.saving import save
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.domain.workflow import MoveRefused
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import AT, make_tree, member, organisation, put_in_state
from tests.support.tenants import tenant_named

CLOSES = datetime(2026, 3, 12, 17, 0, tzinfo=UTC)  # 18:00 in the region
END = "2026-03-12T18:00"


@dataclass
class Plan:
    """A session of the region of test, and its pilote."""

    tenant: Tenant
    sheet: Sheet
    pilote: Actor

    def publish(self, end: str = END, **more: object) -> None:
        more = {"actor": self.pilote, "at": AT, **more}
        perform_move(db.session, self.tenant, self.sheet, "publier", inputs={"fin_publication": end}, **more)

    def wait(self, at: datetime) -> str:
        for state_id in due_moves(db.session, at):
            perform_due(db.session, self.tenant, state_id, at)
        return self.row().state

    def row(self):
        db.session.expire_all()
        return next(s for s in self.sheet.states if s.axis == "publication")

    def give(self, **values: object) -> None:
        self.sheet.data = {**self.sheet.data, **values}
        db.session.flush()


@pytest.fixture
def plan(app: Flask) -> Iterator[Plan]:
    tenant = tenant_named("plan")
    with app.app_context(), tenant_scope(tenant.slug):
        holder = organisation(db.session)
        sheet = make_tree(db.session, tenant, "session", holder, soumise_avis=False, debut="2026-06-01")
        yield Plan(tenant, sheet, member(tenant, "org", organisations={holder.id}))
        db.session.rollback()


@pytest.mark.parametrize(
    ("asked", "move", "state"), [(True, "fermer", "avis"), (False, "fermer_sans_avis", "avis_clos")]
)
def test_of_two_moves_of_one_moment_the_one_whose_guard_holds_is_announced_and_done(plan, asked, move, state):
    plan.give(soumise_avis=asked)
    plan.publish()
    assert (plan.row().due_at, plan.row().due_move) == (CLOSES, move)
    assert plan.wait(CLOSES - timedelta(seconds=1)) == "publiee"
    assert plan.wait(CLOSES + timedelta(hours=2)) == state
    assert plan.row().since == CLOSES and plan.row().due_problem is None


def test_a_guard_is_read_again_when_the_sheet_is_saved(plan):
    plan.publish()
    put_in_state(db.session, plan.sheet, "publication", "publiee")
    assert plan.row().due_move == "fermer_sans_avis"
    raws = {"soumise_avis": "oui", "fin_publication": "2026-03-13T09:00"}
    save(db.session, plan.tenant, plan.sheet.id, "dates", raws, actor=plan.pilote, at=AT, keep=True)
    assert (plan.row().due_move, plan.row().due_at) == ("fermer", datetime(2026, 3, 13, 8, 0, tzinfo=UTC))


def test_a_moment_moved_into_the_past_is_now_not_then(plan):
    plan.publish()
    later = AT + timedelta(days=2)
    raws = {"fin_publication": "2026-03-03T09:00"}
    save(db.session, plan.tenant, plan.sheet.id, "dates", raws, actor=plan.pilote, at=later, keep=True)
    assert plan.row().due_at == later
    assert plan.wait(later) == "avis_clos" and plan.row().since == later


def test_a_guard_changed_since_without_a_save_is_read_when_the_moment_comes(plan):
    plan.publish()
    plan.give(soumise_avis=True)  # by the side: nothing was worked out anew
    assert plan.row().due_move == "fermer_sans_avis"
    assert plan.wait(CLOSES) == "avis"


def test_while_no_guard_holds_it_is_told_why_and_tried_again(plan):
    plan.publish()
    put_in_state(db.session, plan.sheet, "statut", "s2")
    assert plan.wait(CLOSES) == "publiee"
    assert plan.row().due_problem and plan.row().due_at == CLOSES + RETRY
    put_in_state(db.session, plan.sheet, "statut", "s1")
    assert plan.wait(CLOSES + RETRY) == "avis_clos"


def test_a_move_writes_when_it_was_and_by_whom(plan):
    plan.publish()
    written = {n: plan.sheet.data[n] for n in ("publiee_le", "publiee_jour", "publiee_par")}
    assert written == {"publiee_le": "2026-03-02T10:00", "publiee_jour": "2026-03-02", "publiee_par": "Personne org"}


@pytest.mark.parametrize("end", ["2026-03-01T18:00", "2026-03-02T09:59", "2026-03-02T10:00", "2026-03-02T10:30"])
def test_what_a_move_asks_is_not_in_the_past_to_the_minute(plan, end):
    with pytest.raises(MoveRefused) as refusal:
        plan.publish(end)
    (told,) = refusal.value.problems
    assert told[0] == "fin_publication"


def test_a_warning_stops_a_move_until_it_is_read_and_each_one_anew(plan):
    with pytest.raises(NotHeeded) as refusal:
        plan.publish("2026-03-12T00:00", heeded=())
    (warning,) = refusal.value.problems
    assert (warning.message, warning.field) == ("À minuit, on ne sait de quel jour.", "fin_publication")
    db.session.rollback()


def test_a_warning_that_was_read_lets_through_and_what_asks_nobody_is_not_stopped(plan):
    with pytest.raises(NotHeeded) as refusal, db.session.begin_nested():
        plan.publish("2026-03-12T00:00", heeded=["autre"])
    db.session.expire_all()
    plan.publish("2026-03-12T00:00", heeded=[warning_key(one) for one in refusal.value.problems])
    assert plan.row().state == "publiee"
