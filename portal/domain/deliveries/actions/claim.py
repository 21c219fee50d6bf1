"""Taking deliveries to send them: claimed under a lease, tried under a number.

A row is claimed once (`FOR UPDATE SKIP LOCKED`). A worker that dies leaves a lease that ends; the row is then claimed
again and sent under the same key. Whoever comes back too late finds that the row is no longer his, and records nothing.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session, aliased

from portal.domain.deliveries.models import Delivery, DeliveryAttempt
from portal.ids import uuid7

LEASE = timedelta(seconds=60)  # longer than the slowest sending (see jobs/outlets), shorter than people's patience
BATCH = 10


@dataclass(frozen=True)
class Claim:
    """A delivery that is ours for the time of a lease. `attempts` and `claimed_at` prove that it still is."""

    id: uuid.UUID
    target: str
    sheet_id: uuid.UUID
    revision_id: uuid.UUID | None
    journal_entry_id: uuid.UUID
    verb: str
    attempts: int
    claimed_at: datetime


def claim_due(session: Session, target: str, *, now: datetime, limit: int = BATCH) -> list[Claim]:
    """Claim what is due to a target, oldest first, and what a dead worker left. The caller commits before sending.

    A row waits while an older one of the same sheet and target is due or being sent: a target never goes back in time.
    """
    older = aliased(Delivery)
    blocked = select(older.id).where(
        older.tenant == Delivery.tenant,
        older.target == Delivery.target,
        older.sheet_id == Delivery.sheet_id,
        older.id < Delivery.id,
        older.state.in_(("due", "sending")),
    )
    forsaken = and_(Delivery.state == "sending", Delivery.claimed_at < now - LEASE)
    free = (
        select(Delivery.id)
        .where(Delivery.target == target, or_(and_(Delivery.state == "due", Delivery.due_at <= now), forsaken))
        .where(~blocked.exists())
        .order_by(Delivery.due_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("free")
    )
    taken = (
        update(Delivery)
        .where(Delivery.id.in_(select(free.c.id)))
        .values(state="sending", claimed_at=now)
        .returning(*_COLUMNS)
        .execution_options(synchronize_session=False)
    )
    return sorted((Claim(**row._mapping) for row in session.execute(taken)), key=lambda claim: claim.id)


_COLUMNS = (
    Delivery.id,
    Delivery.target,
    Delivery.sheet_id,
    Delivery.revision_id,
    Delivery.journal_entry_id,
    Delivery.verb,
    Delivery.attempts,
    Delivery.claimed_at,
)


def still_ours(claim: Claim) -> tuple[object, ...]:
    """The conditions under which a claim holds."""
    return (
        Delivery.id == claim.id,
        Delivery.state == "sending",
        Delivery.attempts == claim.attempts,
        Delivery.claimed_at == claim.claimed_at,
    )


def begin_attempt(session: Session, claim: Claim, *, at: datetime, digest: str) -> Claim | None:
    """Number a try, before anything leaves; the caller commits it first. None when the claim no longer holds.

    The lease begins again, and a try that never ended is told as lost.
    """
    begun = replace(claim, attempts=claim.attempts + 1, claimed_at=at)
    taken = (
        update(Delivery)
        .where(*still_ours(claim))  # type: ignore[arg-type]
        .values(attempts=begun.attempts, claimed_at=at, payload_digest=digest)
        .execution_options(synchronize_session=False)
    )
    if not session.execute(taken).rowcount:  # type: ignore[attr-defined]
        return None
    if claim.attempts:
        _close_lost(session, claim, at)
    session.add(DeliveryAttempt(id=uuid7(), delivery_id=claim.id, n=begun.attempts, started_at=at))
    session.flush()
    return begun


def _close_lost(session: Session, claim: Claim, at: datetime) -> None:
    session.execute(
        update(DeliveryAttempt)
        .where(DeliveryAttempt.delivery_id == claim.id, DeliveryAttempt.ended_at.is_(None))
        .values(ended_at=at, outcome="lost", error="the worker stopped before it could record the answer")
        .execution_options(synchronize_session=False)
    )


def release_claims(session: Session, claims: list[Claim]) -> None:
    """Give back what was claimed and not tried."""
    for claim in claims:
        freed = update(Delivery).where(*still_ours(claim)).values(state="due", claimed_at=None)  # type: ignore[arg-type]
        session.execute(freed.execution_options(synchronize_session=False))
