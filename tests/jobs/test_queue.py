"""The queue: what a commit owes is enqueued, once, and never at the price of the commit."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from rq import Callback, Queue
from rq.job import Job
from sqlalchemy import select, text

from portal.domain.deliveries.models import Delivery
from portal.domain.mails.actions import claim_mails
from portal.domain.mails.models import Mail
from portal.extensions import db
from portal.jobs import clock, deliver
from portal.jobs.queue import DELIVERIES, ENTRY_POINTS, MAILS, QUEUES, JobQueue, KnownJob
from portal.jobs.setup import Jobs, jobs_of
from portal.jobs.worker import make_worker
from portal.local.places import make_folder
from portal.local.redis_server import RedisServer, redis_server
from portal.settings import ROOT
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from tests.jobs.conftest import Sandbox
from tests.jobs.waiting import until
from tests.support.deliveries import SLUG, World


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with app.app_context(), tenant_scope(SLUG):
        yield World(db.session(), registry.get(SLUG))
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def line(app: Flask) -> JobQueue:
    """The queue of the application, with nothing in it."""
    return jobs_of(app).queue


def job_ids(line: JobQueue, name: str) -> list[str]:
    return Queue(name, connection=line.connection, serializer="json", job_class=KnownJob).job_ids


def forget(line: JobQueue) -> None:
    line.connection.flushdb()


def test_commit_enqueues_what_it_owes(world: World, line: JobQueue) -> None:
    rows = world.open("session.approuver", at=datetime.now(UTC))
    assert job_ids(line, DELIVERIES) == []

    world.session.commit()

    (sent,) = [row for row in rows if row.state == "due"]
    assert job_ids(line, DELIVERIES) == [f"deliveries-{SLUG}-mfme-{sent.id}"]


def test_rollback_enqueues_nothing(world: World, line: JobQueue) -> None:
    world.open("session.approuver", at=datetime.now(UTC))

    world.session.rollback()
    world.session.execute(text("select 1"))
    world.session.commit()

    assert job_ids(line, DELIVERIES) == []


def test_savepoint_enqueues_nothing_before_the_commit(world: World, line: JobQueue) -> None:
    with world.session.begin_nested():
        world.open("session.approuver", at=datetime.now(UTC))
    assert job_ids(line, DELIVERIES) == []

    world.session.commit()

    assert len(job_ids(line, DELIVERIES)) == 1


def test_what_is_due_later_is_left_to_the_sweep(world: World, line: JobQueue) -> None:
    world.open("session.approuver", at=datetime.now(UTC) + timedelta(hours=1))
    world.session.commit()

    assert job_ids(line, DELIVERIES) == []


def test_many_commits_wake_one_job_and_a_started_job_lets_the_next_one_through(line: JobQueue) -> None:
    owed = (DELIVERIES, SLUG, "mfme")
    assert [line.wake(owed, str(n)) for n in range(5)] == [True, False, False, False, False]

    line.started(owed)

    assert line.wake(owed, "5")
    assert len(job_ids(line, DELIVERIES)) == 2


def test_mail_is_enqueued_with_the_commit_that_owes_it(world: World, line: JobQueue) -> None:
    mail = Mail(key="k", mail="m", recipient="a@b.test", subject="s", body="b", due_at=datetime.now(UTC))
    world.session.add(mail)
    world.session.commit()

    assert job_ids(line, MAILS) == [f"mails-{SLUG}-{mail.id}"]
    assert claim_mails(world.session, now=datetime.now(UTC))[0].id == mail.id


def test_time_slot_is_enqueued_once_by_any_number_of_tickers(line: JobQueue, redis_url: str) -> None:
    others = [line, JobQueue(redis_url), JobQueue(redis_url)]

    first = [clock.tick(queue, 1_000_000.0) for queue in others]
    again = [clock.tick(queue, 1_000_000.0 + clock.SLOTS["sweep"].every) for queue in others]

    assert first == [["sweep", "tidy", "remind", "purge"], [], []]
    assert again == [["sweep"], [], []]


def test_jobs_carry_names_as_json_and_nothing_else(line: JobQueue) -> None:
    line.wake((DELIVERIES, SLUG, "mfme"), "1")

    stored = Job.fetch(job_ids(line, DELIVERIES)[0], connection=line.connection, serializer="json")

    assert json.loads(stored.data) == ["portal.jobs.deliver.deliver_due", None, [], {"tenant": SLUG, "target": "mfme"}]


def test_foreign_function_in_the_queue_is_not_called(line: JobQueue, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    foreign = Queue(DELIVERIES, connection=line.connection, serializer="json")
    foreign.enqueue("os.mkdir", str(trap))
    foreign.enqueue(ENTRY_POINTS[DELIVERIES], SLUG, "mfme", on_success=None, job_id="ours")
    job = KnownJob.fetch(foreign.job_ids[0], connection=line.connection, serializer="json")

    with pytest.raises(PermissionError):
        job.perform()
    assert not trap.exists()


def test_callbacks_are_never_taken_from_redis(line: JobQueue) -> None:
    foreign, trap = Queue(DELIVERIES, connection=line.connection, serializer="json"), Callback("os.getcwd")
    foreign.enqueue(ENTRY_POINTS[DELIVERIES], SLUG, "mfme", on_success=trap, on_failure=trap, job_id="x")

    job = KnownJob.fetch("x", connection=line.connection, serializer="json")

    assert (job.success_callback, job.failure_callback, job.stopped_callback) == (None, None, None)


def test_every_queue_has_an_entry_point_and_the_worker_listens_to_all(line: JobQueue) -> None:
    worker = make_worker(line.connection)

    assert set(worker.queue_names()) == set(QUEUES) == set(ENTRY_POINTS)
    assert worker.worker_ttl == 25


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that a test may stop."""
    server = redis_server(make_folder(tmp_path / "r"), log=tmp_path / "redis.log", durable=False)
    server.child.start()
    server.child.wait_ready()
    yield server
    server.child.stop()


def test_commit_stands_when_redis_is_down_and_the_sweep_finds_what_it_owes(
    app: Flask,
    world: World,
    sandbox: Sandbox,
    own_redis: RedisServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings = replace(jobs_of(app).settings, redis_url=own_redis.url(), sandbox_url=sandbox.url)
    monkeypatch.setitem(app.extensions, "jobs", Jobs(settings))
    own_redis.child.kill()
    with caplog.at_level(logging.WARNING, "portal.jobs.queue"):
        world.open("session.envoyer", at=datetime.now(UTC))
        world.session.commit()

    assert world.states("region") == ["due"]
    (warning,) = [record for record in caplog.records if record.name == "portal.jobs.queue"]
    assert (warning.levelname, warning.exc_info) == ("WARNING", None)

    own_redis.child.start()
    own_redis.child.wait_ready()
    back = Jobs(settings)
    clock.sweep(back, datetime.now(UTC))
    assert len(job_ids(back.queue, DELIVERIES)) == 1


def test_redis_flushed_forgets_the_jobs_and_the_sweep_finds_what_is_owed(
    app: Flask, world: World, sandbox: Sandbox, own_redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = Jobs(replace(jobs_of(app).settings, redis_url=own_redis.url(), sandbox_url=sandbox.url))
    monkeypatch.setitem(app.extensions, "jobs", jobs)
    world.open("session.envoyer", at=datetime.now(UTC))
    world.session.commit()
    assert len(job_ids(jobs.queue, DELIVERIES)) == 1

    jobs.queue.connection.flushall()
    assert job_ids(jobs.queue, DELIVERIES) == []
    clock.sweep(jobs, datetime.now(UTC))
    assert len(job_ids(jobs.queue, DELIVERIES)) == 1
    jobs.queue.connection.flushall()
    with app.app_context():
        deliver.deliver_due(SLUG, "region")

    world.session = db.session()  # the sweep has given back the one there was
    assert world.states("region") == ["acknowledged"]
    assert len(sandbox.effects()) == 1


_WORKER_ENVIRONMENT = {"GUICHET_DEMO": "1", "SECRET_KEY": "x" * 40, "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def worker(database_url: str, redis_url: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker in a process of its own, with its ticker."""
    environment = {
        **_WORKER_ENVIRONMENT,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SANDBOX_URL": sandbox.url,
        "GUICHET_VAR": str(tmp_path),
        "PATH": "/usr/bin:/bin",
    }
    process = subprocess.Popen([sys.executable, "-m", "portal.jobs.worker"], cwd=ROOT, env=environment)
    yield process
    process.terminate()
    process.wait(15)


def test_worker_delivers_what_a_commit_owes(world: World, sandbox: Sandbox, worker: subprocess.Popen[bytes]) -> None:
    world.open("session.envoyer", at=datetime.now(UTC))
    world.session.commit()

    until(lambda: world.states("region") == ["acknowledged"] or world.session.rollback(), 60)

    (effect,) = sandbox.effects()
    assert effect["target"] == "region"


def test_worker_finds_by_itself_what_nobody_enqueued(
    world: World, sandbox: Sandbox, line: JobQueue, worker: subprocess.Popen[bytes]
) -> None:
    """As after a Redis lost with everything in it: the ticker's sweep is enough."""
    world.open("session.envoyer", at=datetime.now(UTC))
    world.session.commit()
    forget(line)

    until(lambda: world.states("region") == ["acknowledged"] or world.session.rollback(), 90)

    assert len(sandbox.effects()) == 1


def test_deliveries_of_a_region_are_unseen_from_another(world: World) -> None:
    world.open("session.approuver", at=datetime.now(UTC))
    world.session.commit()
    other = next(slug for slug in [*registry.slugs(), "ailleurs"] if slug != SLUG)

    with tenant_scope(other):
        db.session.rollback()
        assert db.session.scalars(select(Delivery)).all() == []
        assert db.session.scalars(text("select id from delivery")).all() == []
