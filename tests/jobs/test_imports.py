"""The job of imports: woken by a commit, found by the sweep, killed at any moment, never done twice."""

import logging
import sys
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from rq import Queue
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.domain.imports import actions
from portal.domain.imports.models import ImportedRow, ImportRun, ImportTask
from portal.domain.journal.models import JournalEntry
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.extensions import db
from portal.jobs import clock
from portal.jobs.deliver import now
from portal.jobs.imports import Shift, run_due
from portal.jobs.queue import IMPORTS, JobQueue, KnownJob
from portal.jobs.setup import jobs_of
from portal.local.child import Child
from portal.settings import ROOT
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from tests.jobs.waiting import until
from tests.support import services
from tests.support.imported import IMPORT, SLUG, as_csv, line, lines
from tests.support.offer import member
from tests.support.people import account

MANY = 1000  # lines: enough chunks for a worker to be killed among them


@dataclass
class Region:
    """The region whose files are imported, and somebody who brings them."""

    actor: Actor

    @property
    def session(self) -> Session:
        """The session of now: a job, once done, puts an end to its own."""
        return db.session()

    def bring(self, content: bytes) -> uuid.UUID:
        """Bring a file, and commit."""
        run = actions.submit(
            self.session, registry.get(SLUG), IMPORT, file_name="a.csv", content=content, actor=self.actor, at=now()
        )
        self.session.commit()
        return run.id

    def accepted(self, content: bytes) -> uuid.UUID:
        """Bring a file, have it checked, accept it."""
        run_id = self.bring(content)
        run_due(SLUG)
        actions.accept(self.session, registry.get(SLUG), run_id, actor=self.actor, at=now())
        self.session.commit()
        return run_id

    def run(self, run_id: uuid.UUID) -> ImportRun:
        """A run, as it is now."""
        self.session.rollback()
        found = self.session.get(ImportRun, run_id, populate_existing=True)
        assert found is not None
        return found

    def sheets(self) -> dict[str, int]:
        """How many sheets there are at each level."""
        self.session.rollback()
        query = select(Sheet.level, func.count()).group_by(Sheet.level)
        return dict(self.session.execute(query).all())

    def grow_old(self, run_id: uuid.UUID) -> None:
        """Let the lease of whoever held a run be over."""
        self.run(run_id).beat_at = now() - 2 * actions.LEASE
        self.session.commit()

    def shift(self, at: Callable[[], datetime] = now, budget: float = 25.0) -> Shift:
        """The time one job gives."""
        return Shift(self.session, registry.get(SLUG), clock=at, budget=budget)


@pytest.fixture
def region(app: Flask) -> Iterator[Region]:
    who = account(app, "region@exemple.test")
    with app.app_context(), tenant_scope(SLUG):
        yield Region(replace(member(registry.get(SLUG), "validator"), user_id=who))
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def line_up(app: Flask) -> JobQueue:
    """The queue of the application, with nothing in it."""
    return jobs_of(app).queue


def job_ids(queue: JobQueue) -> list[str]:
    return Queue(IMPORTS, connection=queue.connection, serializer="json", job_class=KnownJob).job_ids


def each_key_once(region: Region, count: int) -> None:
    """One sheet for each key at each level, named once in the journal as made."""
    assert region.sheets() == {"contrat": count, "composante": count}
    keys = region.session.execute(select(ImportedRow.level, ImportedRow.key, ImportedRow.sheet_id)).all()
    assert len({(level, key) for level, key, _ in keys}) == len({sheet for *_, sheet in keys}) == 2 * count
    told = region.session.scalars(select(JournalEntry.sheet_id).where(JournalEntry.kind == "sheet.created"))
    assert set(Counter(told).values()) == {1}
    assert region.session.scalar(select(func.count()).select_from(ImportTask)) == 0


def test_a_file_brought_and_a_file_accepted_wake_a_job(region: Region, line_up: JobQueue) -> None:
    run_id = region.bring(as_csv(lines(2)))
    checks = f"imports-{SLUG}-{run_id}-waiting"
    assert job_ids(line_up) == [checks]

    assert run_due(SLUG) == 1  # RQ remembers the first job for a while: the second must not bear its name
    assert region.run(run_id).state == "checked"
    actions.accept(region.session, registry.get(SLUG), run_id, actor=region.actor, at=now())
    assert job_ids(line_up) == [checks]
    region.session.commit()
    assert job_ids(line_up) == [checks, f"imports-{SLUG}-{run_id}-accepted"]

    assert run_due(SLUG) == 1
    assert region.run(run_id).state == "done"
    each_key_once(region, 2)


def test_a_job_lost_with_redis_is_found_by_the_sweep(app: Flask, region: Region, line_up: JobQueue) -> None:
    run_id = region.bring(as_csv(lines(1)))
    line_up.connection.flushdb()

    clock.sweep(jobs_of(app), now())

    assert len(job_ids(line_up)) == 1
    line_up.started((IMPORTS, SLUG, ""))
    run_due(SLUG)
    line_up.connection.flushdb()
    clock.sweep(jobs_of(app), now())
    assert (region.run(run_id).state, job_ids(line_up)) == ("checked", [])


def test_what_a_worker_holds_is_left_to_it_until_it_gives_no_sign_of_life(
    app: Flask, region: Region, line_up: JobQueue
) -> None:
    run_id = region.accepted(as_csv(lines(3)))
    assert actions.take(region.session, run_id, at=now()) == "apply"
    region.session.commit()
    line_up.connection.flushdb()

    clock.sweep(jobs_of(app), now())
    assert (job_ids(line_up), run_due(SLUG), region.run(run_id).state) == ([], 0, "applying")

    region.grow_old(run_id)
    clock.sweep(jobs_of(app), now())
    assert (len(job_ids(line_up)), run_due(SLUG), region.run(run_id).state) == (1, 1, "done")
    assert (
        actions.apply_chunk(region.session, registry.get(SLUG), run_id, at=now()) is False
    )  # the first one, come back
    region.session.commit()
    each_key_once(region, 3)


def test_a_job_whose_time_is_up_leaves_the_rest_to_the_next(region: Region) -> None:
    run_id = region.accepted(as_csv(lines(300)))
    seen = []
    for _ in range(50):
        shift = region.shift(budget=0)
        if shift.run():
            break
        assert shift.unfinished
        seen.append(region.run(run_id).done)

    assert len(seen) >= 2
    assert seen == sorted(set(seen))
    assert region.run(run_id).done == region.run(run_id).total
    each_key_once(region, 300)


def test_a_job_whose_time_is_up_wakes_the_next(region: Region, line_up: JobQueue) -> None:
    region.accepted(as_csv(lines(300)))
    line_up.connection.flushdb()

    assert run_due(SLUG, budget=0) == 0

    assert len(job_ids(line_up)) == 1


def test_two_workers_at_once_do_a_file_once(app: Flask, region: Region) -> None:
    run_id = region.accepted(as_csv(lines(300)))
    start, settled = threading.Barrier(2), []

    def work() -> None:
        with app.app_context():
            start.wait()
            settled.append(run_due(SLUG))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(settled) == [0, 1]
    assert region.run(run_id).state == "done"
    each_key_once(region, 300)


def test_two_workers_in_the_same_run_share_its_chunks(app: Flask, region: Region) -> None:
    """The one that was thought dead comes back while the other is at work."""
    run_id = region.accepted(as_csv(lines(400)))
    actions.take(region.session, run_id, at=now())
    region.session.commit()
    start = threading.Barrier(2)

    def work() -> None:
        with app.app_context(), tenant_scope(SLUG):
            start.wait()
            while actions.apply_chunk(db.session(), registry.get(SLUG), run_id, at=now()):
                db.session.commit()
            db.session.commit()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert region.run(run_id).state == "done"
    each_key_once(region, 400)


def test_what_nobody_expected_stops_a_file_and_not_its_neighbours(
    region: Region, caplog: pytest.LogCaptureFixture
) -> None:
    broken = region.accepted(as_csv([line(1)]))
    task = region.session.scalars(
        select(ImportTask).where(ImportTask.kind == "sheet").order_by(ImportTask.rank)
    ).first()
    assert task is not None
    kept, task.said = task.said, {}
    task_id = task.id
    region.session.commit()

    with caplog.at_level(logging.ERROR, "portal.jobs.imports"):
        run_due(SLUG)

    assert region.run(broken).state == "failed"
    assert "relancer" in (region.run(broken).problem or "")
    assert [record.levelname for record in caplog.records if record.name == "portal.jobs.imports"] == ["ERROR"]
    assert region.sheets() == {}

    region.session.get_one(ImportTask, task_id).said = kept
    actions.retry(region.session, registry.get(SLUG), broken, actor=region.actor, at=now())
    region.session.commit()
    run_due(SLUG)
    assert region.run(broken).state == "done"
    each_key_once(region, 1)


def test_a_database_that_goes_away_blames_no_file(region: Region) -> None:
    run_id = region.accepted(as_csv(lines(400)))
    ticks = []

    def at() -> datetime:
        ticks.append(1)
        if len(ticks) == 4:  # among the chunks
            backend = region.session.connection().exec_driver_sql("select pg_backend_pid()").scalar_one()
            with psycopg.connect(services.cluster().admin_url(), autocommit=True) as admin:
                admin.execute("select pg_terminate_backend(%s)", (backend,))
        return now()

    with pytest.raises(OperationalError):
        region.shift(at=at).run()
    db.session.remove()
    assert region.run(run_id).state == "applying"
    assert 0 < region.run(run_id).done < region.run(run_id).total

    later = now() + 2 * actions.LEASE
    assert region.shift(at=lambda: later).run() == 1
    each_key_once(region, 400)


def test_files_of_a_region_that_is_no_more_are_left(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with app.app_context(), caplog.at_level(logging.WARNING, "portal.jobs.imports"):
        assert run_due("disparue") == 0

    assert "unknown region" in caplog.text


@pytest.fixture
def make_worker(
    app: Flask, database_url: str, redis_url: str, tenants_dir: Path, tmp_path: Path
) -> Iterator[Callable[[], Child]]:
    """Real workers, each in a process of its own, with its ticker."""
    environment = {
        "GUICHET_DEMO": "1",
        "SECRET_KEY": "x" * 40,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "GUICHET_VAR": str(tmp_path),
        "GUICHET_TENANTS": str(tenants_dir),
        "PYTHONPATH": str(ROOT),
        "PATH": "/usr/bin:/bin",
    }
    made: list[Child] = []

    def make() -> Child:
        command = [sys.executable, "-m", "portal.jobs.worker"]
        worker = Child("worker", command, env=environment, log=tmp_path / f"worker{len(made)}.log")
        worker.start()
        made.append(worker)
        return worker

    yield make
    for worker in made:
        worker.stop()


def test_a_worker_killed_in_the_middle_is_relieved_by_another(region: Region, make_worker: Callable[[], Child]) -> None:
    """As a power cut would: the worker and the job it forked, at once, among the chunks."""
    run_id = region.accepted(as_csv(lines(MANY)))
    first = make_worker()
    until(lambda: sum(region.sheets().values()), 60)

    first.kill()

    assert region.run(run_id).state == "applying"
    assert 0 < sum(region.sheets().values()) < 2 * MANY
    region.grow_old(run_id)
    make_worker()
    until(lambda: region.run(run_id).state == "done", 120)
    each_key_once(region, MANY)
