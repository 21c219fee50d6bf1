"""Reading the remarks of a unit."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.corrections.models import OPEN, Correction


def corrections_of(session: Session, unit_id: uuid.UUID) -> list[Correction]:
    """Every remark put on a unit, oldest first. One query."""
    return list(session.scalars(select(Correction).where(Correction.unit_id == unit_id).order_by(Correction.id)))


def open_corrections(session: Session, unit_id: uuid.UUID) -> list[Correction]:
    """Those that still prevent approval."""
    query = select(Correction).where(Correction.unit_id == unit_id, Correction.state == OPEN)
    return list(session.scalars(query.order_by(Correction.id)))


def asked_of(session: Session, unit_id: uuid.UUID) -> list[Correction]:
    """Those the organisation is asked about: carried by a return, and still open."""
    query = select(Correction).where(Correction.unit_id == unit_id, Correction.state == OPEN)
    return list(session.scalars(query.where(Correction.sent_at.is_not(None)).order_by(Correction.id)))


def correction_of(session: Session, unit_id: uuid.UUID, correction_id: uuid.UUID) -> Correction | None:
    """One remark of a unit, kept from others until the end of the transaction."""
    query = select(Correction).where(Correction.unit_id == unit_id, Correction.id == correction_id)
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))
