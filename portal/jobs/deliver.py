"""Entry point of deliveries: claim, send, record. One job drains what is due to one target of one region.

A crash at any line leads to one effect at the target: the try is committed before anything leaves, the delivery's id is
the idempotency key, and a lease that ends gives the row to somebody else.
"""

import logging
import time
import uuid
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Row
from sqlalchemy.orm import Session

from portal.domain.deliveries import payload
from portal.domain.deliveries.actions import Claim, Tried, claim_due, hasten_target, release_claims
from portal.domain.deliveries.actions.claim import BATCH, LEASE
from portal.domain.deliveries.actions.hold import held_targets, keep_held
from portal.domain.deliveries.parcels import Answer, Parcel
from portal.domain.moves.receiving import publisher, record_tries
from portal.domain.sheets.models import Revision
from portal.extensions import db
from portal.jobs.breaker import FAILURES, Breaker
from portal.jobs.documents import Documents
from portal.jobs.lots import UNMAKEABLE, LotDrain
from portal.jobs.outlets import LOT_OUTLETS, OUTLETS, SENT_BY_JOBS, Outlet
from portal.jobs.queue import DELIVERIES
from portal.jobs.setup import Jobs, jobs_of
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant

log = logging.getLogger(__name__)

BUDGET = 25.0  # seconds a job may go on before it lets others pass
LANES = 2  # documents on their way at once: enough to make one while another travels
RECORD_AFTER = 1.0  # seconds an answer may wait to be recorded with others
SLOWEST = timedelta(seconds=40)  # longest a sending may last (outlets/http.py), with a margin


def now() -> datetime:
    """The time, for whoever is given none."""
    return datetime.now(UTC)


def deliver_due(tenant: str, target: str) -> int:
    """Drain what is due to a target; returns how many deliveries were settled. Loads, or logs and leaves."""
    jobs, owed = jobs_of(current_app), (DELIVERIES, tenant, target)
    jobs.queue.started(owed)
    if tenant not in registry.slugs():
        log.warning("deliveries of an unknown region: %s", tenant)
        return 0
    with tenant_scope(tenant):
        region = registry.adopt(db.session(), tenant)  # under the number its configuration was published with
        drain = open_drain(jobs, region, target)
        if drain is None:
            return 0
        try:
            settled = drain.run()
        finally:
            drain.outlet.close()
            db.session.remove()
    if drain.unfinished:
        jobs.queue.wake(owed, str(time.time_ns()))
    return settled


def open_drain(
    jobs: Jobs, tenant: Tenant, target: str, *, clock: Callable[[], datetime] = now
) -> "Drain | LotDrain | None":
    """What drains a target, its outlet open; None, and a line in the log, when nobody said how or where."""
    declared = tenant.flows.targets.get(target)
    name = declared.outlet if declared else None
    if name not in SENT_BY_JOBS:
        log.warning("%s/%s: no outlet for it", tenant.slug, target)
        return None
    single = OUTLETS[name](jobs.settings, tenant, target) if name in OUTLETS else None
    several = LOT_OUTLETS[name](jobs.settings, tenant, target) if name in LOT_OUTLETS else None
    if several is not None:
        return LotDrain(db.session(), tenant, target, several, jobs.breaker, clock)
    if single is not None:
        site = jobs.settings.base_url.rstrip("/")
        return Drain(db.session(), tenant, target, single, jobs.breaker, clock, site=site)
    log.error("%s/%s: its address is in no DELIVERY_URL_… variable; what is owed waits", tenant.slug, target)
    return None


@dataclass
class _Run:
    """A batch under way: what travels, what came back and is not recorded yet, how many were settled."""

    travelling: deque[tuple[Claim, Parcel, datetime, Future[Answer]]] = field(default_factory=deque)
    tried: list[Tried] = field(default_factory=list)
    since: float = field(default_factory=time.monotonic)
    settled: int = 0


@dataclass
class Drain:
    """The draining of one target, within a tenant's scope. Commits by itself: what left must be known soon."""

    session: Session
    tenant: Tenant
    target: str
    outlet: Outlet
    breaker: Breaker
    clock: Callable[[], datetime] = now
    budget: float = BUDGET
    site: str = ""
    unfinished: bool = False
    _failing: bool = False

    def __post_init__(self) -> None:
        self.documents = Documents(self.session, self.tenant, self.target, self.site)

    def run(self) -> int:
        """Send batch after batch until nothing is due, the breaker opens, or the time is up; how many were settled."""
        held, started, settled = held_targets(self.session).get(self.target), time.monotonic(), 0
        if held is not None:
            keep_held(self.session, self.target, held)
            self.session.commit()
            return 0
        while self._allowed():
            if time.monotonic() - started > self.budget:
                self.unfinished = True
                break
            failures = self.breaker.failures(self.tenant.slug, self.target)
            self._failing, limit = failures > 0, BATCH if failures < FAILURES else 1
            claims = claim_due(self.session, self.target, now=self.clock(), limit=limit)
            self.session.commit()  # the tries are numbered: nothing leaves before that is kept
            if not claims:
                break
            settled += self._send_batch(claims)
        return settled

    def _allowed(self) -> bool:
        return self.breaker.allows(self.tenant.slug, self.target)

    def _send_batch(self, claims: list[Claim]) -> int:
        """Send in order, the next document being made while the last one travels; one at a time to a target that fails.

        Answers are recorded together, but never long after: a screen may be waiting. A batch holds a sheet once, so
        that what travels at the same time never concerns the same sheet.
        """
        revisions, waiting, run = self.documents.revisions(claims), deque(claims), _Run()
        with ThreadPoolExecutor(LANES) as lanes:
            while waiting or run.travelling:
                room = LANES if not self._failing else 1
                if waiting and len(run.travelling) < room and self._may_send(waiting[0]):
                    self._dispatch(lanes, run, waiting.popleft(), revisions)
                elif run.travelling:
                    self._collect(run)
                else:
                    release_claims(self.session, list(waiting))
                    break
        return run.settled + self._record(run.tried)

    def _may_send(self, claim: Claim) -> bool:
        """Whether the lease is long enough for a sending, and the breaker closed."""
        return self.clock() - claim.claimed_at <= LEASE - SLOWEST and not (self._failing and not self._allowed())

    def _dispatch(
        self, lanes: ThreadPoolExecutor, run: _Run, claim: Claim, revisions: dict[uuid.UUID, Row[Any]]
    ) -> None:
        """Make the document and let it go. Whatever goes wrong in making it concerns this delivery only."""
        started = self.clock()
        try:
            parcel = self.documents.parcel(claim, revisions[claim.revision_id])  # type: ignore[index]
        except Exception:
            log.exception("%s/%s: the document of %s cannot be made", self.tenant.slug, self.target, claim.id)
            run.tried.append(Tried(claim, Answer("failed", error=UNMAKEABLE), started, self.clock()))
            return
        run.travelling.append((claim, parcel, started, lanes.submit(self.outlet.send, parcel)))

    def _collect(self, run: _Run) -> None:
        """Wait for the oldest document on its way."""
        claim, parcel, started, answer = run.travelling.popleft()
        self._tell_breaker(answer.result())
        run.tried.append(Tried(claim, answer.result(), started, self.clock(), payload.digest_of(parcel.body)))
        if time.monotonic() - run.since > RECORD_AFTER:
            run.settled += self._record(run.tried)
            run.tried, run.since = [], time.monotonic()

    def _record(self, tried: list[Tried]) -> int:
        if not tried:
            self.session.commit()  # what was given back
            return 0
        recorded = record_tries(self.session, self.tenant, tried, at=self.clock(), amended=self._tell_catalogue)
        if len(recorded) < len(tried):
            log.warning("%s/%s: some deliveries were taken over meanwhile", self.tenant.slug, self.target)
        settled = sum(row.state in ("acknowledged", "sent", "rejected") for row in recorded)
        self.session.commit()
        return settled

    def _tell_catalogue(self, amended: Revision) -> None:
        publisher(self.session, self.tenant, self.clock())(amended)

    def _tell_breaker(self, answer: Answer) -> None:
        if not answer.settled:
            self._failing = True
            self.breaker.failed(self.tenant.slug, self.target)
        elif self._failing:
            self._failing = False
            self.breaker.succeeded(self.tenant.slug, self.target)
            hasten_target(self.session, self.target, now=self.clock())
