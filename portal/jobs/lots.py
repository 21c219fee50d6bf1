"""Draining a target that takes several documents together: a file in its folder, a message with attachments.

As for one document: the batch and its tries are committed before anything leaves, and a batch that was interrupted is
made again, whole, under its number.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from portal.domain.deliveries import payload
from portal.domain.deliveries.actions import Claim, ClaimedBatch, Tried, claim_batches
from portal.domain.deliveries.actions.hold import held_targets, keep_held
from portal.domain.deliveries.parcels import Answer, Lot, Parcel
from portal.domain.moves.receiving import record_tries
from portal.jobs.breaker import Breaker
from portal.jobs.documents import Documents
from portal.jobs.outlets import LotOutlet
from portal.tenancy.tenant import Tenant

log = logging.getLogger(__name__)

BUDGET = 25.0  # seconds, as for documents sent one by one
UNMAKEABLE = "the document cannot be made: see the log"


@dataclass
class LotDrain:
    """The draining of one target by batches, within a tenant's scope. Commits by itself."""

    session: Session
    tenant: Tenant
    target: str
    outlet: LotOutlet
    breaker: Breaker
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    unfinished: bool = False

    def run(self) -> int:
        """Send batch after batch until nothing is due or one fails; how many deliveries were settled."""
        held, started, settled = held_targets(self.session).get(self.target), time.monotonic(), 0
        if held is not None:
            keep_held(self.session, self.target, held)
            self.session.commit()
            return 0
        while self.breaker.allows(self.tenant.slug, self.target):
            if time.monotonic() - started > BUDGET:
                self.unfinished = True
                break
            batches = claim_batches(self.session, self.target, now=self.clock())
            self.session.commit()  # numbered, and its members known: nothing leaves before that is kept
            if not batches:
                break
            settled += sum(self._send(batch) for batch in batches)
        return settled

    def _send(self, batch: ClaimedBatch) -> int:
        started, documents = self.clock(), Documents(self.session, self.tenant, self.target)
        revisions = documents.revisions(batch.members)
        made: dict[Claim, Parcel] = {}
        for claim in batch.members:
            try:
                made[claim] = documents.parcel(claim, revisions[claim.revision_id])  # type: ignore[index]
            except Exception:  # concerns this delivery only
                log.exception("%s/%s: the document of %s cannot be made", self.tenant.slug, self.target, claim.id)
        lot = Lot(self.tenant.slug, self.target, batch.number, batch.made_at, list(made.values()))
        answer = self.outlet.send_lot(lot) if made else Answer("failed", error=UNMAKEABLE)
        self._tell_breaker(answer, bool(made))
        bodies = {parcel.delivery_id: parcel.body for parcel in made.values()}
        tried = [self._tried(claim, answer, bodies.get(claim.id), started) for claim in batch.claims]
        recorded = record_tries(self.session, self.tenant, tried, at=self.clock())
        for row in recorded:
            if row.id not in bodies:
                row.batch_id = None  # it left without this one, which will leave with another
        settled = sum(row.state in ("acknowledged", "sent", "rejected") for row in recorded)
        self.session.commit()
        return settled

    def _tried(self, claim: Claim, answer: Answer, body: bytes | None, started: datetime) -> Tried:
        if body is None:
            return Tried(claim, Answer("failed", error=UNMAKEABLE), started, self.clock())
        return Tried(claim, answer, started, self.clock(), payload.digest_of(body))

    def _tell_breaker(self, answer: Answer, left: bool) -> None:
        if not left:
            return
        tell = self.breaker.succeeded if answer.settled else self.breaker.failed
        tell(self.tenant.slug, self.target)
