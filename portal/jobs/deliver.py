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
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from portal.domain.catalogue.actions import publish
from portal.domain.deliveries import payload
from portal.domain.deliveries.actions import (
    Claim,
    Tried,
    claim_due,
    hasten_target,
    record_answers,
    release_claims,
)
from portal.domain.deliveries.actions.claim import BATCH, LEASE
from portal.domain.deliveries.actions.hold import held_targets, keep_held
from portal.domain.deliveries.parcels import Answer, Parcel
from portal.domain.moves.acknowledged import fire_acknowledged
from portal.domain.sheets.models import Revision, Sheet
from portal.extensions import db
from portal.jobs.breaker import FAILURES, Breaker
from portal.jobs.outlets import OUTLETS, Outlet
from portal.jobs.outlets.addresses import address_of
from portal.jobs.queue import DELIVERIES
from portal.jobs.setup import Jobs, jobs_of
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant

log = logging.getLogger(__name__)

BUDGET = 25.0  # seconds a job may go on before it lets others pass
LANES = 2  # documents on their way at once: enough to make one while another travels
RECORD_AFTER = 1.0  # seconds an answer may wait to be recorded with others
UNMAKEABLE = "the document cannot be made: see the log"
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
        outlet = open_outlet(jobs, region, target)
        if outlet is None:
            return 0
        try:
            drain = Drain(db.session(), region, target, outlet, jobs.breaker)
            settled = drain.run()
        finally:
            outlet.close()
            db.session.remove()
    if drain.unfinished:
        jobs.queue.wake(owed, str(time.time_ns()))
    return settled


def open_outlet(jobs: Jobs, tenant: Tenant, target: str) -> Outlet | None:
    """The client of a target; None, and a line in the log, when it has none or nobody said where it is."""
    declared = tenant.flows.targets.get(target)
    if declared is None or declared.outlet not in OUTLETS:
        log.warning("%s/%s: no outlet for it", tenant.slug, target)
        return None
    address = address_of(jobs.settings, tenant.slug, target)
    if address is None:
        log.error("%s/%s: its address is in no DELIVERY_URL_… variable; what is owed waits", tenant.slug, target)
        return None
    return OUTLETS[declared.outlet](address, jobs.settings.allow_private_targets)


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
    unfinished: bool = False
    _failing: bool = False
    _versions: dict[int, Tenant] = field(default_factory=dict)

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
        revisions, waiting, run = self._revisions(claims), deque(claims), _Run()
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
            parcel = self._parcel(claim, revisions[claim.revision_id])  # type: ignore[index]
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

    def _revisions(self, claims: list[Claim]) -> dict[uuid.UUID, Row[Any]]:
        """The frozen units of some deliveries, in one query; no more of each than documents are made of."""
        columns = (Revision.id, Revision.number, Revision.snapshot, Revision.config_version, Revision.made_at)
        query = select(*columns).where(Revision.id.in_({claim.revision_id for claim in claims}))
        return {row.id: row for row in self.session.execute(query)}

    def _parcel(self, claim: Claim, revision: Row[Any]) -> Parcel:
        tenant = self._tenant_at(revision.config_version)
        body = payload.build(tenant, revision, claim)
        content_type = payload.format_of(tenant, claim.target).content_type
        return Parcel(tenant.slug, claim.target, claim.id, claim.verb, body, content_type)

    def _tenant_at(self, version: int) -> Tenant:
        """The region as it was when the revision was made, provided it knew this target; as it is otherwise."""
        if version not in self._versions:
            then = registry.at(self.session, self.tenant.slug, version)
            self._versions[version] = then if self.target in then.flows.targets else self.tenant
        return self._versions[version]

    def _record(self, tried: list[Tried]) -> int:
        if not tried:
            self.session.commit()  # what was given back
            return 0
        recorded = record_answers(self.session, self.tenant, tried, at=self.clock(), amended=self._tell_catalogue)
        if len(recorded) < len(tried):
            log.warning("%s/%s: some deliveries were taken over meanwhile", self.tenant.slug, self.target)
        for row in recorded:
            if row.state == "acknowledged" and row.verb == "put":
                fire_acknowledged(self.session, self.tenant, row.sheet_id, self.target, at=self.clock())
        settled = sum(row.state in ("acknowledged", "sent", "rejected") for row in recorded)
        self.session.commit()
        return settled

    def _tell_catalogue(self, amended: Revision) -> None:
        """Codes that came back reach the public page: the one place where a delivery touches the catalogue."""
        unit = self.session.get(Sheet, amended.unit_id)
        if unit is not None:
            publish(self.session, self.tenant, unit, amended, self.clock())

    def _tell_breaker(self, answer: Answer) -> None:
        if not answer.settled:
            self._failing = True
            self.breaker.failed(self.tenant.slug, self.target)
        elif self._failing:
            self._failing = False
            self.breaker.succeeded(self.tenant.slug, self.target)
            hasten_target(self.session, self.target, now=self.clock())
