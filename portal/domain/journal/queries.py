"""Reading the journal."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.journal.models import JournalEntry


def entries_of_sheets(session: Session, sheet_ids: Iterable[uuid.UUID], limit: int = 200) -> list[JournalEntry]:
    """What happened to some sheets, latest first."""
    query = select(JournalEntry).where(JournalEntry.sheet_id.in_(list(sheet_ids)))
    return list(session.scalars(query.order_by(JournalEntry.at.desc(), JournalEntry.id.desc()).limit(limit)))


def has_entry(session: Session, sheet_id: uuid.UUID, kinds: Iterable[str]) -> bool:
    """Whether something of these kinds happened to a sheet."""
    query = select(JournalEntry.id).where(JournalEntry.sheet_id == sheet_id, JournalEntry.kind.in_(list(kinds)))
    return session.scalar(query.limit(1)) is not None


def entries_since(session: Session, sheet_ids: Iterable[uuid.UUID], kind: str, at: datetime) -> list[JournalEntry]:
    """What of a kind happened to some sheets after a moment, oldest first."""
    query = select(JournalEntry).where(JournalEntry.sheet_id.in_(list(sheet_ids)), JournalEntry.kind == kind)
    return list(session.scalars(query.where(JournalEntry.at > at).order_by(JournalEntry.at, JournalEntry.id)))
