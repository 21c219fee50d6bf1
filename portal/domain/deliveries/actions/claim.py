"""Taking deliveries to send them: claimed under a lease, each try under a number.

A row is claimed once (`FOR UPDATE SKIP LOCKED`). A worker that dies leaves a lease that ends; the row is then claimed
again and sent under the same key. Whoever comes back too late finds that the row is no longer his, and records nothing.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from portal.domain.deliveries.models import Delivery, DeliveryAttempt
from portal.ids import uuid7

LEASE = timedelta(seconds=60)  # longer than the slowest sending (see jobs/outlets), shorter than people's patience
BATCH = 20
LOST = "the worker stopped before it could record the answer"


@dataclass(frozen=True)
class Claim:
    """A delivery that is ours for the time of a lease. `attempts` and `claimed_at` prove that it still is."""

    id: uuid.UUID
    target: str
    sheet_id: uuid.UUID
    revision_id: uuid.UUID | None
    verb: str
    attempts: int
    claimed_at: datetime
    batch_id: uuid.UUID | None = None

    def holds(self, row: Delivery) -> bool:
        """Whether the row is still ours."""
        return row.state == "sending" and (row.attempts, row.claimed_at) == (self.attempts, self.claimed_at)


CLAIMED = (
    Delivery.id,
    Delivery.target,
    Delivery.sheet_id,
    Delivery.revision_id,
    Delivery.verb,
    Delivery.attempts,
    Delivery.claimed_at,
    Delivery.batch_id,
)


def claim_due(session: Session, target: str, *, now: datetime, limit: int = BATCH) -> list[Claim]:
    """Claim what is due to a target, oldest first, and what a dead worker left; each gets the number of its try.

    The caller commits before anything leaves. A row waits while an older one of the same sheet and target is due or
    being sent: a target never goes back in time.
    """
    free = (
        select(Delivery.id)
        .where(Delivery.target == target, _ready(now), ~_blocked())
        .order_by(Delivery.due_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("free")
    )
    taken = (
        update(Delivery)
        .where(Delivery.id.in_(select(free.c.id)))
        .values(state="sending", claimed_at=now, attempts=Delivery.attempts + 1)
        .returning(*CLAIMED)
        .execution_options(synchronize_session=False)
    )
    claims = sorted((Claim(**row._mapping) for row in session.execute(taken)), key=lambda claim: claim.id)
    _open_attempts(session, claims, now)
    return claims


def _ready(now: datetime) -> ColumnElement[bool]:
    due = and_(Delivery.state == "due", Delivery.due_at <= now)
    return or_(due, and_(Delivery.state == "sending", Delivery.claimed_at < now - LEASE))


def _blocked() -> ColumnElement[bool]:
    older = aliased(Delivery)
    same = and_(older.tenant == Delivery.tenant, older.target == Delivery.target, older.sheet_id == Delivery.sheet_id)
    return select(older.id).where(same, older.id < Delivery.id, older.state.in_(("due", "sending"))).exists()


def _open_attempts(session: Session, claims: list[Claim], now: datetime) -> None:
    """A row for each try; a try that never ended is told as lost."""
    again = [claim.id for claim in claims if claim.attempts > 1]
    if again:
        open_ones = (DeliveryAttempt.delivery_id.in_(again), DeliveryAttempt.ended_at.is_(None))
        lost = update(DeliveryAttempt).where(*open_ones).values(ended_at=now, outcome="lost", error=LOST)
        session.execute(lost.execution_options(synchronize_session=False))
    if claims:
        rows = [{"id": uuid7(), "delivery_id": c.id, "n": c.attempts, "started_at": now} for c in claims]
        session.execute(insert(DeliveryAttempt), rows)


def release_claims(session: Session, claims: list[Claim]) -> None:
    """Give back what was claimed and not tried, as if it had not been."""
    ids = [claim.id for claim in claims]
    ours = tuple_(Delivery.id, Delivery.attempts, Delivery.claimed_at)
    held = [(claim.id, claim.attempts, claim.claimed_at) for claim in claims]
    freed = (
        update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.state == "sending", ours.in_(held))
        .values(state="due", claimed_at=None, attempts=Delivery.attempts - 1)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    given_back = list(session.scalars(freed))
    untried = (DeliveryAttempt.delivery_id.in_(given_back), DeliveryAttempt.ended_at.is_(None))
    session.execute(delete(DeliveryAttempt).where(*untried).execution_options(synchronize_session=False))
