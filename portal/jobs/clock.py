"""What time brings: what is owed and forgotten, moves that time performs, reminders, sittings left open.

A thread of each worker calls `tick` all the time; the job of a time slot has the slot's number for an id, so any number
of workers enqueues it once. Each region is done in its own scope; what fails in one stops neither the others nor the
rest.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from portal.domain.attachments.actions import purge
from portal.domain.batches.queries import batches_due
from portal.domain.deliveries.actions import recheck_held
from portal.domain.deliveries.actions.claim import LEASE
from portal.domain.deliveries.queries import owed_targets
from portal.domain.entry.sittings import flush_old
from portal.domain.imports.queries import pending
from portal.domain.mails.digests import write_digests
from portal.domain.mails.queries import mails_owed
from portal.domain.mails.reminders import write_reminders
from portal.domain.moves.clock import due_moves, perform_due
from portal.extensions import db
from portal.jobs.deliver import now
from portal.jobs.file_receipts import read_receipts
from portal.jobs.outlets import SENT_BY_JOBS
from portal.jobs.queue import BATCHES, DELIVERIES, IMPORTS, MAILS, JobQueue
from portal.jobs.setup import Jobs, jobs_of
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant

log = logging.getLogger(__name__)

Duty = Callable[[Session, Tenant, Jobs, datetime], object]


def enqueue_deliveries(session: Session, tenant: Tenant, jobs: Jobs, at: datetime) -> list[str]:
    """Wake a job for each target to which something is owed; those that no job sends to are left alone."""
    ready = {name for name, target in tenant.flows.targets.items() if target.outlet in SENT_BY_JOBS}
    targets = [t for t in owed_targets(session, at, LEASE) if t in ready and jobs.breaker.allows(tenant.slug, t)]
    return [t for t in targets if jobs.queue.wake((DELIVERIES, tenant.slug, t), _stamp(at))]


def enqueue_mails(session: Session, tenant: Tenant, jobs: Jobs, at: datetime) -> bool:
    """Wake a job when a message waits."""
    return mails_owed(session, at) and jobs.queue.wake((MAILS, tenant.slug, ""), _stamp(at))


def enqueue_imports(session: Session, tenant: Tenant, jobs: Jobs, at: datetime) -> bool:
    """Wake a job when a file waits, or was left by a worker that gives no sign of life."""
    return bool(pending(session, at)) and jobs.queue.wake((IMPORTS, tenant.slug, ""), _stamp(at))


def enqueue_batches(session: Session, tenant: Tenant, jobs: Jobs, at: datetime) -> bool:
    """Wake a job when a decision on many sheets waits, or was left by a worker that gives no sign of life."""
    return bool(batches_due(session, at)) and jobs.queue.wake((BATCHES, tenant.slug, ""), _stamp(at))


def perform_moves(session: Session, tenant: Tenant, jobs: Jobs, at: datetime) -> int:
    """Perform the moves that time brings, each in a transaction of its own; returns how many were done."""
    done = 0
    for state_id in due_moves(session, at):
        try:
            done += perform_due(session, tenant, state_id, at) is not None
            session.commit()
        except Exception:
            log.exception("%s: the timed move of state %s failed", tenant.slug, state_id)
            session.rollback()
    return done


def purge_files(session: Session, tenant: Tenant, jobs: Jobs, at: datetime) -> int:
    """Remove the uploaded files that nothing refers to any more; returns how many."""
    done = purge(session, jobs.settings.var_dir / "files", now=at)
    if done.files:
        log.info("%s: %d files purged, %d bytes", tenant.slug, done.files, done.size)
    return done.files


def _stamp(at: datetime) -> str:
    return f"sweep{int(at.timestamp())}"


@dataclass(frozen=True)
class Slot:
    """Duties that come back every so many seconds, for each region."""

    every: int
    duties: Mapping[str, Duty]


SLOTS: Mapping[str, Slot] = {
    "sweep": Slot(
        15,
        {
            "timed moves": perform_moves,
            "receipts": read_receipts,
            "deliveries": enqueue_deliveries,
            "mails": enqueue_mails,
            "batches": enqueue_batches,
            "imports": enqueue_imports,
        },
    ),
    "tidy": Slot(
        60,
        {
            "sittings": lambda session, tenant, jobs, at: flush_old(session, at),
            "digests": lambda session, tenant, jobs, at: write_digests(session, tenant, now=at),
            "held deliveries": lambda session, tenant, jobs, at: recheck_held(session, tenant, now=at),
        },
    ),
    "remind": Slot(1800, {"reminders": lambda session, tenant, jobs, at: write_reminders(session, tenant, now=at)}),
    "purge": Slot(6 * 3600, {"files": purge_files}),
}


def run_slot(name: str) -> None:
    """Entry point: the duties of a slot, region by region."""
    jobs, at = jobs_of(current_app), now()
    for tenant in registry.all():
        do_duties(SLOTS[name], tenant, jobs, at)


def do_duties(slot: Slot, tenant: Tenant, jobs: Jobs, at: datetime) -> None:
    """The duties of a slot for one region, each in a transaction of its own."""
    with tenant_scope(tenant.slug):
        tenant = registry.adopt(db.session(), tenant.slug)  # under the number its configuration was published with
        for name, duty in slot.duties.items():
            try:
                duty(db.session(), tenant, jobs, at)
                db.session.commit()
            except Exception:
                log.exception("%s: %s failed", tenant.slug, name)
                db.session.rollback()
            finally:
                db.session.remove()


def sweep(jobs: Jobs, at: datetime) -> None:
    """The sweep, here and now: for the command and for tests."""
    for tenant in registry.all():
        do_duties(SLOTS["sweep"], tenant, jobs, at)


def tick(queue: JobQueue, seconds: float) -> list[str]:
    """Enqueue what the present time slots ask; the names of those nobody had enqueued yet."""
    return [name for name, slot in SLOTS.items() if queue.tick(name, int(seconds // slot.every), slot.every)]


def start_ticker(queue: JobQueue, stop: threading.Event, pause: float = 2.0) -> threading.Thread:
    """Tick in a thread that dies with the process. The queue must be this thread's own."""

    def run() -> None:
        while not stop.wait(pause):
            try:
                tick(queue, time.time())
            except Exception:
                log.exception("the ticker stumbled")  # and goes on: nothing else keeps the time

    thread = threading.Thread(target=run, name="ticker", daemon=True)
    thread.start()
    return thread
