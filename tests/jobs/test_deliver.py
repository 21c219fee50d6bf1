"""Deliveries from PostgreSQL to the real sandbox, through everything that may break on the way."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from portal.domain.deliveries.actions import hold_target
from portal.domain.deliveries.actions.claim import LEASE
from portal.domain.deliveries.models import Delivery, DeliveryAttempt
from portal.domain.deliveries.queries import attempts_of
from portal.domain.lheo.dates import written
from portal.domain.people import SYSTEM
from portal.extensions import db
from portal.ids import uuid7
from portal.jobs import deliver
from portal.jobs.breaker import FAILURES, Breaker
from portal.jobs.deliver import Drain, open_drain
from portal.jobs.queue import JobQueue
from portal.jobs.setup import Jobs, jobs_of
from portal.settings import ROOT
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from tests.jobs.conftest import Sandbox
from tests.jobs.waiting import until
from tests.support.deliveries import SLUG, World


@contextmanager
def world_of(app: Flask) -> Iterator[World]:
    """A unit of the region as it is declared, in the scope of the region."""
    with app.app_context(), tenant_scope(SLUG):
        yield World(db.session(), registry.get(SLUG))
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def jobs(app: Flask, sandbox: Sandbox) -> Iterator[Jobs]:
    """The jobs of the application, with the sandbox for a target."""
    kept = jobs_of(app)
    app.extensions["jobs"] = Jobs(replace(kept.settings, sandbox_url=sandbox.url))
    yield app.extensions["jobs"]
    app.extensions["jobs"] = kept


@pytest.fixture
def world(app: Flask, jobs: Jobs) -> Iterator[World]:
    with world_of(app) as world:
        yield world


def owe(world: World, *, at: datetime | None = None, move: str = "session.approuver") -> Delivery:
    """Commit a decision that owes something; the row that is to be sent."""
    row = next(row for row in world.open(move, at=at or datetime.now(UTC)) if row.state == "due")
    world.session.commit()
    return row


def deliver_due(world: World, target: str = "mfme", tenant: str = SLUG) -> int:
    """Run the job as a worker does: in a context, and on a session, of its own."""
    with current_app._get_current_object().app_context():  # type: ignore[attr-defined]
        return deliver.deliver_due(tenant, target)


def drain(jobs: Jobs, at: datetime, target: str = "mfme") -> int:
    """Drain as a worker would at a given time."""
    tenant = registry.get(SLUG)
    drain = open_drain(jobs, tenant, target, clock=lambda: at)
    assert drain is not None
    settled = drain.run()
    drain.outlet.close()
    return settled


def test_approved_session_reaches_the_target_and_its_codes_come_back(world: World, sandbox: Sandbox) -> None:
    owe(world)

    settled = deliver_due(world)

    (effect,) = sandbox.effects()
    (row,) = world.rows("mfme")
    assert (settled, row.state, effect["key"]) == (1, "acknowledged", str(row.id))
    assert row.receipt is not None
    assert world.sheet(world.unit.id).data["code_offre_info"] == row.receipt["code_offre_info"]
    assert [(a.n, a.outcome, a.http_status) for a in attempts_of(world.session, row.id)] == [(1, "acknowledged", 200)]


def test_document_is_made_from_the_revision_and_not_from_what_was_typed_since(world: World, sandbox: Sandbox) -> None:
    owe(world)
    approved = world.unit.data["date_debut"]
    world.unit.data = {**world.unit.data, "date_debut": "2031-01-01"}
    world.session.commit()

    deliver_due(world)

    document = sandbox.effects()[0]["document"]
    assert f"<debut>{written(approved)}</debut>" in document
    assert written("2031-01-01") not in document


def test_nothing_due_and_unknown_names_leave_without_a_word_to_the_target(world: World, sandbox: Sandbox) -> None:
    assert deliver_due(world) == 0
    assert deliver_due(world, "nulle_part") == 0
    assert deliver_due(world, tenant="nulle-part") == 0
    assert sandbox.received()["requests"] == []


def test_job_run_twice_delivers_once(world: World, sandbox: Sandbox) -> None:
    owe(world)

    deliver_due(world)
    deliver_due(world)

    assert len(sandbox.received()["requests"]) == 1


def test_target_that_is_down_receives_everything_when_it_comes_back(world: World, sandbox: Sandbox, jobs: Jobs) -> None:
    owe(world)
    now = datetime.now(UTC)
    sandbox.tell("fail")

    assert drain(jobs, now) == 0
    (row,) = world.rows("mfme")
    assert (row.state, row.attempts, row.due_at > now) == ("due", 1, True)
    assert drain(jobs, now) == 0
    assert len(sandbox.received()["requests"]) == 1  # not before its time

    sandbox.tell("ok")
    assert drain(jobs, row.due_at + timedelta(seconds=1)) == 1
    assert world.states("mfme") == ["acknowledged"]


def test_lost_answer_leads_to_one_effect(world: World, sandbox: Sandbox, jobs: Jobs) -> None:
    owe(world)
    sandbox.tell("lose_answer", times=1)
    now = datetime.now(UTC)

    drain(jobs, now)
    drain(jobs, now + timedelta(minutes=1))

    (row,) = world.rows("mfme")
    assert (row.state, row.attempts, len(sandbox.effects())) == ("acknowledged", 2, 1)
    assert [a.outcome for a in attempts_of(world.session, row.id)] == ["lost", "acknowledged"]


def test_refusal_is_not_sent_again(world: World, sandbox: Sandbox, jobs: Jobs) -> None:
    owe(world)
    sandbox.tell("refuse", code="D1", message="La date de début est passée.")
    now = datetime.now(UTC)

    drain(jobs, now)
    drain(jobs, now + timedelta(days=2))

    (row,) = world.rows("mfme")
    assert row.state == "rejected"
    assert "La date de début est passée (code D1)" in (row.problem or "")
    assert len(sandbox.received()["requests"]) == 1


def test_newer_revision_alone_is_sent(world: World, sandbox: Sandbox) -> None:
    owe(world)
    newer = owe(world)

    deliver_due(world)

    assert world.states("mfme") == ["superseded", "acknowledged"]
    assert [effect["key"] for effect in sandbox.effects()] == [str(newer.id)]


def test_cancelled_session_is_withdrawn_after_it_was_sent(world: World, sandbox: Sandbox) -> None:
    owe(world)
    deliver_due(world)
    owe(world, move="annulation.annuler")

    deliver_due(world)

    assert [effect["verb"] for effect in sandbox.effects()] == ["put", "withdraw"]


def test_held_target_receives_nothing(world: World, sandbox: Sandbox) -> None:
    owe(world)
    hold_target(world.session, world.tenant, "mfme", at=datetime.now(UTC), actor=SYSTEM)
    world.session.commit()
    late = world.rows("mfme")[0]
    late.state, late.held_because = "due", None  # as one that a worker gave back after the decision
    world.session.commit()

    deliver_due(world)

    assert world.states("mfme") == ["held"]
    assert sandbox.received()["requests"] == []


def many(world: World, count: int, target: str = "mfme") -> None:
    """Many sheets owed to a target, as a batch of decisions would owe them."""
    model = owe(world)
    sheet = world.unit
    for _ in range(count - 1):
        other = World(world.session, world.tenant, number=int(uuid7()) % 9_000_000).unit
        world.session.add(
            Delivery(
                target=target,
                sheet_id=other.id,
                revision_id=model.revision_id,
                journal_entry_id=model.journal_entry_id,
                due_at=model.due_at,
            )
        )
    world.session.commit()
    assert sheet is world.unit


def test_one_document_that_cannot_be_made_does_not_stop_the_others(world: World, sandbox: Sandbox) -> None:
    many(world, 3)  # two of them are in a revision that does not hold them

    deliver_due(world)

    assert sorted(world.states("mfme")) == ["acknowledged", "due", "due"]
    broken = next(row for row in world.rows("mfme") if row.state == "due")
    (attempt,) = attempts_of(world.session, broken.id)
    assert (attempt.outcome, attempt.error) == ("failed", "the document cannot be made: see the log")


def test_receipt_that_cannot_be_recorded_is_asked_for_again(
    world: World, sandbox: Sandbox, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(world)
    now = datetime.now(UTC)

    def fail(*arguments: object) -> None:
        raise RuntimeError("the catalogue is broken")

    with monkeypatch.context() as patch:
        patch.setattr(Drain, "_tell_catalogue", fail)
        assert drain(jobs, now) == 0
    assert world.states("mfme") == ["due"]
    assert "code_offre_info" not in world.sheet(world.unit.id).data

    drain(jobs, now + timedelta(minutes=1))

    assert world.states("mfme") == ["acknowledged"]
    assert "code_offre_info" in world.sheet(world.unit.id).data
    assert len(sandbox.effects()) == 1


def test_two_sweeps_at_once_send_each_row_once(world: World, sandbox: Sandbox, app: Flask, jobs: Jobs) -> None:
    rows = [owe_one_more(world, number) for number in range(2, 22)]
    world.session.commit()
    start, now = threading.Barrier(3), datetime.now(UTC) + timedelta(seconds=5)

    def work() -> None:
        with app.app_context(), tenant_scope(SLUG):
            start.wait()
            drain(jobs, now)
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    sent = [request["key"] for request in sandbox.received()["requests"]]
    assert sorted(sent) == sorted(str(row_id) for row_id in rows)
    assert set(world.states("mfme")) == {"acknowledged"}


def owe_one_more(world: World, number: int) -> object:
    other = World(world.session, world.tenant, number=number)
    return next(row for row in other.open(at=datetime.now(UTC)) if row.target == "mfme").id


def test_breaker_spares_a_target_that_is_down_and_leaves_the_others(world: World, sandbox: Sandbox, jobs: Jobs) -> None:
    for number in range(2, 2 + FAILURES + 3):
        owe_one_more(world, number)
    owe(world, move="session.envoyer")
    world.session.commit()
    now = datetime.now(UTC) + timedelta(seconds=1)
    sandbox.tell("fail", target="mfme")

    drain(jobs, now)
    assert len(sandbox.received()["requests"]) == FAILURES
    assert not jobs.breaker.allows(SLUG, "mfme")
    assert world.states("mfme") == ["due"] * (FAILURES + 3)  # those not tried were given back

    assert drain(jobs, now, "region") == 1

    sandbox.tell("ok", target="mfme")
    jobs.queue.connection.delete(f"guichet:breaker:{SLUG}:mfme:open")  # as when its pause ends
    assert drain(jobs, now) == FAILURES + 3  # the first success lets all the others go, retries included
    assert set(world.states("mfme")) == {"acknowledged"}


def test_breaker_without_redis_lets_everything_pass() -> None:
    breaker = Breaker(JobQueue("redis://127.0.0.1:9/0").connection)
    for _ in range(FAILURES + 1):
        breaker.failed("essai", "region")

    assert breaker.allows("essai", "region")
    assert breaker.failures("essai", "region") == 0


_WORK = """
import sys
from dataclasses import replace
from pathlib import Path
from portal import create_app
from portal.jobs.deliver import deliver_due
from portal.settings import Settings
app = create_app(Settings(sys.argv[1], sys.argv[2], 'x' * 40, testing=True, allow_private_targets=True,
                          sandbox_url=sys.argv[3], var_dir=Path(sys.argv[4])))
with app.app_context():
    deliver_due('eos', 'mfme')
"""


def test_worker_killed_between_sending_and_recording_leads_to_one_effect(
    world: World, sandbox: Sandbox, jobs: Jobs, database_url: str, redis_url: str, tmp_path: os.PathLike[str]
) -> None:
    row = owe(world)
    sandbox.tell("late_answer", seconds=60)
    command = [sys.executable, "-c", _WORK, database_url, redis_url, sandbox.url, str(tmp_path)]
    worker = subprocess.Popen(command, cwd=ROOT)
    until(sandbox.effects, 60)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    sandbox.tell("ok")

    (left,) = world.rows("mfme")
    assert (left.state, left.attempts) == ("sending", 1)
    assert drain(jobs, datetime.now(UTC)) == 0  # the lease still holds
    assert drain(jobs, datetime.now(UTC) + LEASE + timedelta(seconds=2)) == 1

    assert world.states("mfme") == ["acknowledged"]
    assert [effect["key"] for effect in sandbox.effects()] == [str(row.id)]
    query = select(DeliveryAttempt.outcome).order_by(DeliveryAttempt.n)
    assert world.session.scalars(query).all() == ["lost", "acknowledged"]
