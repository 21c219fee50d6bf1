"""The job of decisions on many sheets: woken by a commit, found by the sweep, stopped anywhere, never done twice."""

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from rq import Queue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.domain.batches import actions
from portal.domain.batches.errors import BatchRefused
from portal.domain.batches.models import Batch, BatchItem
from portal.domain.batches.signature import signature_of
from portal.domain.journal.models import JournalEntry
from portal.domain.moves.perform import perform_move
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.revisions import approved_revision, pending_revision
from portal.extensions import db
from portal.jobs import batches, clock
from portal.jobs.batches import Shift, run_due
from portal.jobs.deliver import now
from portal.jobs.queue import BATCHES, JobQueue, KnownJob
from portal.jobs.setup import jobs_of
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import AT, make_sheet, make_tree, member, organisation

SLUG = "eos"
PLACES = [{"_id": "region", "effectif": 10}, {"_id": "pole_emploi", "effectif": 0}]


@dataclass
class Region:
    """Sessions that wait with one same change, and somebody who decides."""

    tenant: Tenant
    of: Actor
    decider: Actor
    action: uuid.UUID

    @property
    def session(self) -> Session:
        """The session of now: a job, once done, puts an end to its own."""
        return db.session()

    def waiting(self, many: int) -> list[uuid.UUID]:
        """Sessions approved, then sent again with another contact."""
        parent = self.session.get(Sheet, self.action)
        sheets = [make_sheet(self.session, self.tenant, "session", parent, financeurs=PLACES) for _ in range(many)]
        for sheet in sheets:
            self.press(sheet, "envoyer")
            self.press(sheet, "approuver")
            sheet.data = {**sheet.data, "contact_nom": "Ida Lot"}
            self.press(sheet, "envoyer")
        self.session.commit()
        return [sheet.id for sheet in sheets]

    def press(self, sheet: Sheet, move: str) -> None:
        """Perform a move as whoever may."""
        actor = self.of if move == "envoyer" else self.decider
        perform_move(self.session, self.tenant, sheet, move, actor=actor, at=AT)

    def ask(self, sheets: list[uuid.UUID], **changes: Any) -> uuid.UUID:
        """Decide to approve them all, and commit."""
        rows = [self.session.get(Sheet, one) for one in sheets]
        pending = [pending_revision(self.session, row) for row in rows]
        first = approved_revision(self.session, rows[0]).snapshot if rows else None
        signature = signature_of(self.tenant, first, pending[0].snapshot) if first else "rien"
        asked = {"level": "session", "axis": "session", "move_id": "approuver", "reason": None, **changes}
        batch = actions.ask_batch(
            self.session, self.tenant, [one.id for one in pending], signature=signature, changes=[],
            actor=self.decider, at=now(), **asked,
        )  # fmt: skip
        self.session.commit()
        return batch.id

    def batch(self, batch_id: uuid.UUID) -> Batch:
        """A batch, as it is now."""
        self.session.rollback()
        found = self.session.get(Batch, batch_id, populate_existing=True)
        assert found is not None
        return found

    def outcomes(self) -> Counter[str]:
        """What became of the sheets."""
        self.session.rollback()
        return Counter(self.session.scalars(select(BatchItem.outcome)))

    def approvals(self) -> Counter[int]:
        """How many times sheets were approved since they waited: {times: sheets}."""
        query = select(func.count()).where(JournalEntry.move == "session.approuver").group_by(JournalEntry.sheet_id)
        return Counter(self.session.scalars(query))


@pytest.fixture
def region(app: Flask) -> Iterator[Region]:
    with app.app_context(), tenant_scope(SLUG):
        tenant = registry.get(SLUG)
        holder = organisation(db.session)
        action = make_tree(db.session, tenant, "action", holder)
        of, decider = member(tenant, "org", organisations={holder.id}), member(tenant, "validator")
        db.session.commit()
        yield Region(tenant, of, decider, action.id)
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def line_up(app: Flask) -> JobQueue:
    return jobs_of(app).queue


def job_ids(queue: JobQueue) -> list[str]:
    return Queue(BATCHES, connection=queue.connection, serializer="json", job_class=KnownJob).job_ids


def test_a_decision_asked_wakes_a_job_that_takes_it(region, line_up):
    batch_id = region.ask(region.waiting(2))
    assert job_ids(line_up) == [f"batches-{SLUG}-{batch_id}"]
    assert run_due(SLUG) == 2
    assert region.batch(batch_id).state == "done" and region.outcomes() == {"done": 2}
    assert run_due(SLUG) == 0
    assert region.approvals() == {2: 2}


def test_the_sweep_finds_what_redis_forgot(region, line_up, app):
    batch_id = region.ask(region.waiting(1))
    line_up.connection.flushdb()
    clock.sweep(jobs_of(app), now())
    assert [one.startswith("batches-") for one in job_ids(line_up)] == [True]
    assert run_due(SLUG) == 1
    with tenant_scope(SLUG):
        assert region.batch(batch_id).state == "done"


def test_time_that_is_up_leaves_the_rest_to_the_next_job(region):
    batch_id = region.ask(region.waiting(3))
    shift = Shift(region.session, region.tenant, budget=0)
    assert shift.run() == 1 and shift.unfinished
    assert region.outcomes() == {"done": 1, "waiting": 2}
    while run_due(SLUG, budget=0):
        pass
    assert region.batch(batch_id).state == "done" and region.approvals() == {2: 3}


def test_a_worker_killed_between_two_sheets_is_relayed_once_it_gives_no_sign_of_life(region, monkeypatch):
    batch_id = region.ask(region.waiting(3))
    decide, done = batches.decide_item, []

    def killed(*args, **kwargs):
        if done:
            raise KeyboardInterrupt  # nothing after this line runs
        done.append(decide(*args, **kwargs))

    monkeypatch.setattr(batches, "decide_item", killed)
    with pytest.raises(KeyboardInterrupt):
        run_due(SLUG)
    monkeypatch.undo()
    assert region.outcomes() == {"done": 1, "waiting": 2}
    assert run_due(SLUG) == 0  # still its own
    region.batch(batch_id).beat_at = now() - 2 * actions.LEASE
    region.session.commit()
    assert run_due(SLUG) == 2
    assert region.outcomes() == {"done": 3} and region.approvals() == {2: 3}


def test_what_nobody_foresaw_stops_one_sheet_and_not_the_others(region, monkeypatch):
    region.ask(region.waiting(3))
    decide, seen = batches.decide_item, []

    def stumbling(session, tenant, batch, item, *, at):
        seen.append(item.id)
        decide(session, tenant, batch, item, at=at)
        if len(seen) == 2:
            raise RuntimeError("imprévu")

    monkeypatch.setattr(batches, "decide_item", stumbling)
    assert run_due(SLUG) == 3
    assert region.outcomes() == {"done": 2, "failed": 1}
    assert region.approvals() == {2: 2, 1: 1}  # nothing of the one that stumbled was kept


def test_two_workers_never_hold_one_batch(region):
    batch_id, at = region.ask(region.waiting(1)), now()
    assert actions.take(region.session, batch_id, at=at) is not None
    region.session.commit()
    assert actions.take(region.session, batch_id, at=at + timedelta(seconds=5)) is None


@pytest.mark.parametrize("changes", [{"move_id": "renvoyer"}, {"move_id": "retablir", "axis": "annulation"}])
def test_a_move_that_is_not_done_so_is_refused(region, changes):
    with pytest.raises(BatchRefused, match="plusieurs fiches"):
        region.ask(region.waiting(1), **changes)
    region.session.rollback()
    assert region.session.scalar(select(func.count()).select_from(Batch)) == 0


def test_no_sheet_or_too_many_are_refused(region, monkeypatch):
    with pytest.raises(BatchRefused, match="au moins une"):
        region.ask([])
    monkeypatch.setattr(actions, "MOST", 1)
    with pytest.raises(BatchRefused, match="au plus"):
        region.ask(region.waiting(2))


def test_whoever_lost_the_right_to_decide_is_refused_sheet_by_sheet(region):
    sheets = region.waiting(1)
    region.decider = member(region.tenant, "admin")
    batch_id = region.ask(sheets)
    run_due(SLUG)
    assert region.outcomes() == {"refused": 1}
    assert "rôle" in region.session.scalars(select(BatchItem.message)).one()
    assert region.batch(batch_id).finished_at is not None
