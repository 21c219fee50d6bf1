"""What was in force, and when: enough to write the catalogue again from the revisions alone."""

import uuid
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.domain.journal.models import JournalEntry
from portal.domain.sheets.models import Decision, Revision, Sheet
from portal.tenancy.tenant import Tenant


@dataclass(frozen=True)
class InForce:
    """A revision, the moment it came into force, and the last approval before it."""

    revision: Revision
    at: datetime
    approved_at: datetime


def units(session: Session, tenant: Tenant) -> Iterator[Sheet]:
    """The units that were approved once, deleted ones included."""
    levels = [level for level in tenant.who.levels if tenant.unit_axis(level)]
    query = select(Sheet).where(Sheet.level.in_(levels), Sheet.approved_revision_id.is_not(None)).order_by(Sheet.id)
    yield from session.scalars(query.execution_options(yield_per=200))


def in_force(session: Session, unit: Sheet) -> list[InForce]:
    """The revisions a unit had in force, in order; of two that came at one moment, the last alone was seen."""
    approved = (Decision.revision_id == Revision.id) & (Decision.outcome == "approved")
    query = select(Revision, Decision.at).outerjoin(Decision, approved).where(Revision.unit_id == unit.id)
    rows = session.execute(query.order_by(Revision.number)).all()
    approvals = sorted(at for _, at in rows if at is not None)
    seen: dict[datetime, Revision] = {}
    for revision, decided_at in rows:
        by_itself = revision.kind != "submitted" or revision.id == unit.approved_revision_id
        at = decided_at or (revision.made_at if by_itself else None)
        if at is not None:
            seen.pop(at, None)
            seen[at] = revision
    return [InForce(revision, at, _last(approvals, at)) for at, revision in seen.items()]


def _last(approvals: list[datetime], at: datetime) -> datetime:
    before = bisect_right(approvals, at)
    return approvals[before - 1] if before else at


def approved_at(session: Session, unit_id: uuid.UUID, at: datetime) -> datetime:
    """When a unit was last approved, at a moment; that moment when nobody ever decided of it (an import)."""
    query = select(func.max(Decision.at)).join(Revision, Revision.id == Decision.revision_id)
    found = session.scalar(query.where(Revision.unit_id == unit_id, Decision.outcome == "approved", Decision.at <= at))
    return found or at


def withdrawn_at(session: Session, tenant: Tenant, unit: Sheet) -> datetime | None:
    """Since when a unit is taken away from the public: it was deleted, or the last move that publishes or withdraws
    withdrew it; None while it is not.
    """
    if unit.deleted_at is not None:
        return unit.deleted_at
    moves = {f"{a}.{m}": move for a, axis in tenant.axes_of(unit.level).items() for m, move in axis.moves.items()}
    told = {
        name: "withdraw" in move.effects for name, move in moves.items() if {"withdraw", "publish"} & set(move.effects)
    }
    if not any(told.values()):
        return None
    query = select(JournalEntry.move, JournalEntry.at).where(
        JournalEntry.sheet_id == unit.id, JournalEntry.move.in_(told)
    )
    last = session.execute(query.order_by(JournalEntry.at.desc(), JournalEntry.id.desc()).limit(1)).first()
    return last.at if last is not None and told[last.move] else None
