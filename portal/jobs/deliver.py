"""Entry point of deliveries: claim, send, record. One job drains what is due to one target of one region.

A crash at any line leads to one effect at the target: the try is committed before anything leaves, the delivery's id is
the idempotency key, and a lease that ends gives the row to somebody else.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from portal.domain.catalogue.actions import publish
from portal.domain.deliveries import payload
from portal.domain.deliveries.actions import (
    Claim,
    Recorded,
    begin_attempt,
    claim_due,
    hasten_target,
    record_answer,
    release_claims,
)
from portal.domain.deliveries.actions.claim import BATCH, LEASE
from portal.domain.deliveries.actions.hold import held_targets, keep_held
from portal.domain.deliveries.parcels import Answer, Parcel
from portal.domain.sheets.models import Revision, Sheet
from portal.extensions import db
from portal.jobs.breaker import Breaker
from portal.jobs.outlets import OUTLETS, Outlet
from portal.jobs.outlets.addresses import address_of
from portal.jobs.queue import DELIVERIES
from portal.jobs.setup import Jobs, jobs_of
from portal.tenancy.registry import UnknownTenantError, registry
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant

log = logging.getLogger(__name__)

BUDGET = 25.0  # seconds a job may go on before it lets others pass
SLOWEST = timedelta(seconds=40)  # longest a sending may last (outlets/http.py), with a margin


def now() -> datetime:
    """The time, for whoever is given none."""
    return datetime.now(UTC)


def deliver_due(tenant: str, target: str) -> int:
    """Drain what is due to a target; returns how many deliveries were settled. Loads, or logs and leaves."""
    jobs, owed = jobs_of(current_app), (DELIVERIES, tenant, target)
    jobs.queue.started(owed)
    try:
        region = registry.get(tenant)
    except UnknownTenantError:
        log.warning("deliveries of an unknown region: %s", tenant)
        return 0
    with tenant_scope(tenant):
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
class Drain:
    """The draining of one target, within a tenant's scope. Commits by itself: what left must be known at once."""

    session: Session
    tenant: Tenant
    target: str
    outlet: Outlet
    breaker: Breaker
    clock: Callable[[], datetime] = now
    budget: float = BUDGET
    unfinished: bool = False
    _versions: dict[int, Tenant] = field(default_factory=dict)

    def run(self) -> int:
        """Send batch after batch until nothing is due, the breaker opens, or the time is up; how many were settled."""
        held, started, settled = held_targets(self.session).get(self.target), time.monotonic(), 0
        if held is not None:
            keep_held(self.session, self.target, held)
            self.session.commit()
            return 0
        while self.breaker.allows(self.tenant.slug, self.target):
            if time.monotonic() - started > self.budget:
                self.unfinished = True
                break
            probing = self.breaker.is_probing(self.tenant.slug, self.target)
            claims = claim_due(self.session, self.target, now=self.clock(), limit=1 if probing else BATCH)
            self.session.commit()
            if not claims:
                break
            settled += self._send_batch(claims)
        return settled

    def _send_batch(self, claims: list[Claim]) -> int:
        settled = 0
        for i, claim in enumerate(claims):
            lease_is_short = self.clock() - claim.claimed_at > LEASE - SLOWEST
            if lease_is_short or not self.breaker.allows(self.tenant.slug, self.target):
                release_claims(self.session, claims[i:])
                break
            settled += self._deliver(claim)
        self.session.commit()
        return settled

    def _deliver(self, claim: Claim) -> bool:
        """One delivery, from its document to its record. Whatever goes wrong here concerns this one only."""
        try:
            parcel = self._parcel(claim)
            digest = payload.digest_of(parcel.body)
        except Exception:
            log.exception("%s/%s: the document of %s cannot be made", self.tenant.slug, self.target, claim.id)
            self.session.commit()  # and not a rollback: the record of the delivery before is in this transaction
            return self._fail(claim)
        begun = begin_attempt(self.session, claim, at=self.clock(), digest=digest)
        self.session.commit()  # the try, and the record of the delivery before: nothing leaves before both are kept
        if begun is None:
            return False
        answer = self.outlet.send(parcel)
        self._tell_breaker(answer)
        return self._record(begun, answer)

    def _parcel(self, claim: Claim) -> Parcel:
        revision = self.session.get(Revision, claim.revision_id) if claim.revision_id else None
        if revision is None:
            raise LookupError("no revision")
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

    def _fail(self, claim: Claim) -> bool:
        """Count a try that could not even be made, so that it waits its turn like any other."""
        begun = begin_attempt(self.session, claim, at=self.clock(), digest="")
        if begun is not None:
            self._record(begun, Answer("failed", error="the document cannot be made: see the log"))
        self.session.commit()
        return False

    def _record(self, claim: Claim, answer: Answer) -> bool:
        """Record an answer; should that raise, record a failure: the same key will bring the same receipt again."""
        try:
            recorded = record_answer(self.session, self.tenant, claim, answer, at=self.clock())
            self._tell_catalogue(recorded)
        except Exception:
            log.exception("%s/%s: the answer to %s cannot be recorded", self.tenant.slug, self.target, claim.id)
            self.session.rollback()
            failed = Answer("failed", answer.http_status, error="received, but its receipt could not be recorded")
            record_answer(self.session, self.tenant, claim, failed, at=self.clock())
            self.session.commit()
            return False
        if recorded is None:
            log.warning("%s/%s: %s was taken over meanwhile", self.tenant.slug, self.target, claim.id)
        return recorded is not None and answer.settled

    def _tell_catalogue(self, recorded: Recorded | None) -> None:
        """Codes that came back reach the public page: the one place where a delivery touches the catalogue."""
        if recorded is None or recorded.amended is None:
            return
        unit = self.session.get(Sheet, recorded.amended.unit_id)
        if unit is not None:
            publish(self.session, self.tenant, unit, recorded.amended, self.clock())

    def _tell_breaker(self, answer: Answer) -> None:
        if not answer.settled:
            self.breaker.failed(self.tenant.slug, self.target)
        elif self.breaker.succeeded(self.tenant.slug, self.target):
            hasten_target(self.session, self.target, now=self.clock())
