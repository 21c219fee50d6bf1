"""What was sent and decided of a unit, version after version, without opening any of them."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.sheets.models import Decision, Revision, Sheet


@dataclass(frozen=True)
class Sent:
    """One version of a unit, and what was decided of it; `outcome` is None while it waits, or for an amendment."""

    id: uuid.UUID
    number: int
    kind: str
    made_at: datetime
    made_by_name: str
    outcome: str | None
    by_name: str | None
    at: datetime | None
    reason: str | None


def sent_versions(session: Session, sheet: Sheet, limit: int = 50) -> list[Sent]:
    """The versions of a unit, latest first. One query."""
    columns = (
        Revision.id, Revision.number, Revision.kind, Revision.made_at, Revision.made_by_name,
        Decision.outcome, Decision.by_name, Decision.at, Decision.reason,
    )  # fmt: skip
    query = select(*columns).outerjoin(Decision, Decision.revision_id == Revision.id)
    rows = session.execute(query.where(Revision.unit_id == sheet.id).order_by(Revision.number.desc()).limit(limit))
    return [Sent(**row._mapping) for row in rows]


def version_numbered(session: Session, sheet: Sheet, number: int) -> Revision | None:
    """One version of a unit, by its number."""
    return session.scalar(select(Revision).where(Revision.unit_id == sheet.id, Revision.number == number))
