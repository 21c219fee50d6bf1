"""The published versions of a region's configuration, without opening their files."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.tenancy.models import ConfigVersion


@dataclass(frozen=True)
class Published:
    """One published version."""

    number: int
    digest: str
    at: datetime


def published_versions(session: Session, limit: int = 50, offset: int = 0) -> tuple[list[Published], int]:
    """A page of the versions of the region in scope, latest first, and how many there are. Two queries."""
    total = session.scalar(select(func.count(ConfigVersion.id))) or 0
    query = select(ConfigVersion.number, ConfigVersion.digest, ConfigVersion.published_at)
    rows = session.execute(query.order_by(ConfigVersion.number.desc()).limit(limit).offset(offset))
    return [Published(*row) for row in rows], total
