"""The queue: RQ carries names of regions and targets, PostgreSQL holds what is owed.

After a commit that leaves something owed, a job is enqueued to drain it. Losing Redis loses nothing: the commit stands,
and the sweep (`clock.py`) finds the rows by itself.
"""

import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import redis
from flask import current_app, has_app_context
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.job import Job
from sqlalchemy import event
from sqlalchemy.orm import Session, UOWTransaction

from portal.domain.batches.models import Batch
from portal.domain.deliveries.models import Delivery
from portal.domain.imports.models import ImportRun
from portal.domain.mails.models import Mail

log = logging.getLogger(__name__)

DELIVERIES, MAILS, BATCHES, IMPORTS, CLOCK = "deliveries", "mails", "batches", "imports", "clock"
QUEUES = (
    CLOCK,
    DELIVERIES,
    MAILS,
    BATCHES,
    IMPORTS,
)  # a worker looks at them in this order
ENTRY_POINTS: Mapping[str, str] = {
    DELIVERIES: "portal.jobs.deliver.deliver_due",
    MAILS: "portal.jobs.mail.send_due",
    BATCHES: "portal.jobs.batches.run_due",
    IMPORTS: "portal.jobs.imports.run_due",
    CLOCK: "portal.jobs.clock.run_slot",
}
ALLOWED = frozenset(ENTRY_POINTS.values())
PREFIX = "guichet:awake:"
AWAKE = 30  # seconds after which a job that never started is no longer waited for
SILENCE = 5.0  # seconds a Redis that did not answer is left alone: a request waits once, not each time
JOB_TIMEOUT = 150
Owed = tuple[str, str, str]  # queue, region, target ("" for mails, batches and imports)


class KnownJob(Job):
    """Our own entry points and nothing else: whoever can write to Redis must not be able to call any function."""

    @property
    def func(self) -> Any:
        """The function to call; PermissionError when it is not one of ours."""
        if self.func_name not in ALLOWED or self.instance is not None:
            raise PermissionError(f"job {self.func_name} is not ours")
        return super().func

    @property
    def success_callback(self) -> None:
        """None: our jobs have no callbacks, and none is taken from Redis."""

    @property
    def failure_callback(self) -> None:
        """None, for the same reason."""

    @property
    def stopped_callback(self) -> None:
        """None, for the same reason."""


class JobQueue:
    """The way to the workers. Every method holds when Redis does not: it says so once in the log and returns False."""

    def __init__(self, url: str) -> None:
        self.url = url
        patience = {"socket_connect_timeout": 0.5, "socket_timeout": 2.0, "retry": Retry(NoBackoff(), 0)}
        self.connection = redis.Redis.from_url(url or "redis://127.0.0.1:0", **patience)
        self._silent_until = 0.0

    def wake(self, owed: Owed, key: str) -> bool:
        """Enqueue a job that drains what is owed, unless one is already on its way; `key` makes its id.

        The mark is taken away by the job when it starts, before it looks (`started`): what is committed after that
        wakes another job, what was committed before is seen by this one.
        """
        queue, tenant, target = owed
        try:
            if self._is_silent() or not self.connection.set(PREFIX + ":".join(owed), key, nx=True, ex=AWAKE):
                return False
            arguments = {"tenant": tenant, "target": target} if target else {"tenant": tenant}
            return self._enqueue(queue, "-".join(filter(None, (queue, tenant, target, key))), arguments, 60)
        except redis.RedisError as error:
            return self._fall_silent(error)

    def started(self, owed: Owed) -> None:
        """A job begins to drain: the next commit must wake another one."""
        try:
            self.connection.delete(PREFIX + ":".join(owed))
        except redis.RedisError as error:
            self._fall_silent(error)

    def tick(self, name: str, slot: int, every: int) -> bool:
        """Enqueue the job of a time slot; any number of tickers may ask, it is enqueued once."""
        try:
            return not self._is_silent() and self._enqueue(CLOCK, f"{name}-{slot}", {"name": name}, every * 3)
        except redis.RedisError as error:
            return self._fall_silent(error)

    def _enqueue(self, queue: str, job_id: str, arguments: dict[str, str], result_ttl: int) -> bool:
        line = Queue(queue, connection=self.connection, serializer="json", job_class=KnownJob)
        try:
            line.enqueue(
                ENTRY_POINTS[queue],
                kwargs=arguments,
                job_id=job_id,
                unique=True,
                job_timeout=JOB_TIMEOUT,
                result_ttl=result_ttl,
                failure_ttl=3600,
            )
        except DuplicateJobError:
            return False
        return True

    def _is_silent(self) -> bool:
        return not self.url or time.monotonic() < self._silent_until

    def _fall_silent(self, error: redis.RedisError) -> bool:
        self._silent_until = time.monotonic() + SILENCE
        log.warning("Redis does not answer (%s): what is owed stays in PostgreSQL and the sweep will find it", error)
        return False


# — after a commit ————————————————————————————————————————————————————————————————————————————

_NOTED = "owed_after_commit"
_SOON = timedelta(seconds=1)


@event.listens_for(Session, "after_flush")
def _note_owed(session: Session, context: UOWTransaction) -> None:
    """Note what this transaction leaves due now. The domain writes rows and knows nothing of queues."""
    soon = datetime.now(UTC) + _SOON
    for row in (*session.new, *session.dirty):
        if isinstance(row, Delivery | Mail) and row.state == "due" and row.due_at <= soon:
            owed = (DELIVERIES, row.tenant, row.target) if isinstance(row, Delivery) else (MAILS, row.tenant, "")
            session.info.setdefault(_NOTED, {}).setdefault(owed, str(row.id))
        elif isinstance(row, ImportRun) and row.state in ("waiting", "accepted"):
            key = f"{row.id}-{row.state}"  # checked, then accepted a moment later: two jobs, not one
            session.info.setdefault(_NOTED, {}).setdefault((IMPORTS, row.tenant, ""), key)
        elif isinstance(row, Batch) and row.state == "waiting":
            session.info.setdefault(_NOTED, {}).setdefault((BATCHES, row.tenant, ""), str(row.id))


@event.listens_for(Session, "after_commit")
def enqueue_after_commit(session: Session) -> None:
    """Wake a job for each region and target the commit owes something to. Never raises: the commit stands."""
    if session.in_nested_transaction():  # a savepoint is not a commit
        return
    noted = session.info.pop(_NOTED, None)
    jobs: Any = current_app.extensions.get("jobs") if noted and has_app_context() else None
    if jobs is not None:
        for owed, key in noted.items():
            jobs.queue.wake(owed, key)


@event.listens_for(Session, "after_rollback")
def _forget_owed(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_NOTED, None)
