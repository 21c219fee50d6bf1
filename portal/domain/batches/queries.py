"""Reading decisions on many sheets: what waits for a worker, how far one is, what became of each sheet."""

import uuid
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from portal.domain.batches.actions import LEASE
from portal.domain.batches.models import WAITING, Batch, BatchItem
from portal.domain.people import Actor


def batches_due(session: Session, now: datetime) -> list[uuid.UUID]:
    """The batches that wait, and those left by a worker that gives no sign of life; oldest first."""
    forsaken = and_(Batch.state == "working", or_(Batch.beat_at.is_(None), Batch.beat_at < now - LEASE))
    return list(session.scalars(select(Batch.id).where(or_(Batch.state == WAITING, forsaken)).order_by(Batch.id)))


def batch_of(session: Session, actor: Actor, batch_id: uuid.UUID) -> Batch | None:
    """A batch, for those who decide in the region."""
    return session.get(Batch, batch_id) if actor.side == "validator" else None


def items_of(session: Session, batch: Batch) -> list[BatchItem]:
    """The sheets of a batch, in order."""
    query = select(BatchItem).where(BatchItem.batch_id == batch.id)
    return list(session.scalars(query.order_by(BatchItem.rank)))


def latest_batches(session: Session, actor: Actor, limit: int = 10) -> list[tuple[Batch, int]]:
    """The last decisions that somebody took on many sheets, each with how many there were. One query."""
    count = select(func.count()).where(BatchItem.batch_id == Batch.id).scalar_subquery()
    query = select(Batch, count).where(Batch.made_by == actor.user_id).order_by(Batch.id.desc()).limit(limit)
    return [(row[0], row[1]) for row in session.execute(query)]
