"""Deliveries that leave together, under a number that is kept before anything leaves.

A worker that dies leaves its batch; whoever claims its rows afterwards makes the same batch again, with all of its
members, so that a target sees one number with one content.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from portal.domain.deliveries.actions.claim import CLAIMED, Claim, claim_due
from portal.domain.deliveries.models import Delivery, DeliveryBatch
from portal.tenancy.scope import require_slug

MOST = 500  # deliveries a batch
LEFT = ("sent", "acknowledged", "rejected")


@dataclass(frozen=True)
class ClaimedBatch:
    """A batch, all that it holds, and those of its deliveries that are ours to settle."""

    number: int
    made_at: datetime
    members: list[Claim]
    claims: list[Claim]


def claim_batches(session: Session, target: str, *, now: datetime, limit: int = MOST) -> list[ClaimedBatch]:
    """Claim what is due to a target, in batches: those left by a dead worker, then one for what is new.

    The caller commits before anything leaves.
    """
    claims = claim_due(session, target, now=now, limit=limit)
    by_batch: dict[uuid.UUID, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.batch_id is not None:
            by_batch[claim.batch_id].append(claim)
    left = session.scalars(select(DeliveryBatch).where(DeliveryBatch.id.in_(by_batch)).order_by(DeliveryBatch.number))
    found = [ClaimedBatch(b.number, b.made_at, _members(session, b.id), by_batch[b.id]) for b in left]
    if fresh := [claim for claim in claims if claim.batch_id is None]:
        made = _new_batch(session, target, now)
        joined = update(Delivery).where(Delivery.id.in_([claim.id for claim in fresh])).values(batch_id=made.id)
        session.execute(joined.execution_options(synchronize_session=False))
        found.append(ClaimedBatch(made.number, made.made_at, fresh, fresh))
    return found


def _new_batch(session: Session, target: str, now: datetime) -> DeliveryBatch:
    """The next number of a target; one transaction at a time takes one."""
    name = f"batch:{require_slug()}:{target}"
    session.execute(text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
    last = session.scalar(select(func.max(DeliveryBatch.number)).where(DeliveryBatch.target == target)) or 0
    batch = DeliveryBatch(target=target, number=last + 1, made_at=now)
    session.add(batch)
    session.flush()
    return batch


def _members(session: Session, batch_id: uuid.UUID) -> list[Claim]:
    """All that a batch holds, but for what was given up before it left."""
    query = select(*CLAIMED).where(Delivery.batch_id == batch_id, Delivery.state.in_(("sending", *LEFT)))
    rows = session.execute(query.order_by(Delivery.id))
    return [Claim(**row._mapping) for row in rows]
