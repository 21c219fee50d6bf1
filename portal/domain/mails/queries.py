"""Reading the messages."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.domain.mails.models import Mail


def mails_of(session: Session, sheet_ids: Iterable[uuid.UUID], limit: int = 100) -> list[Mail]:
    """The messages about some sheets, latest first."""
    query = select(Mail).where(Mail.sheet_id.in_(list(sheet_ids)))
    return list(session.scalars(query.order_by(Mail.created_at.desc(), Mail.id.desc()).limit(limit)))


def latest_mails(session: Session, limit: int = 100) -> list[Mail]:
    """The region's last messages, latest first."""
    return list(session.scalars(select(Mail).order_by(Mail.created_at.desc(), Mail.id.desc()).limit(limit)))


def mails_owed(session: Session, now: datetime) -> bool:
    """Whether a message waits to be sent."""
    return (
        session.scalar(select(Mail.id).where(Mail.state.in_(("due", "sending")), Mail.due_at <= now).limit(1))
        is not None
    )


def mail_counts(session: Session) -> dict[str, int]:
    """How many messages stand in each state."""
    rows = session.execute(select(Mail.state, func.count()).group_by(Mail.state))
    return {row[0]: row[1] for row in rows}


def listed_mails(
    session: Session, *, states: Iterable[str] = (), text: str = "", limit: int = 20, offset: int = 0
) -> tuple[list[Mail], int]:
    """A page of the region's messages, the last written first, and how many there are. Two queries."""
    query = select(Mail)
    if wanted := list(states):
        query = query.where(Mail.state.in_(wanted))
    for word in text.replace("\x00", "").split():
        query = query.where(func.concat_ws(" ", Mail.recipient, Mail.subject).icontains(word, autoescape=True))
    total = session.scalar(query.with_only_columns(func.count(Mail.id))) or 0
    rows = session.scalars(query.order_by(Mail.created_at.desc(), Mail.id.desc()).limit(limit).offset(offset))
    return list(rows), total
