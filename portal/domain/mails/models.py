"""The messages owed and sent."""

import uuid
from datetime import datetime

from sqlalchemy import DateTime, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.domain.columns import CreatedAt, Instant, Key, within_tenant
from portal.extensions import db
from portal.tenancy.scope import TenantOwned


class Mail(TenantOwned, db.Model):  # type: ignore[name-defined]
    """One message to one person. `key` makes it unique: the same cause never writes twice to the same person."""

    __tablename__ = "mail"
    __table_args__ = (
        *within_tenant(("sheet_id", "sheet")),
        UniqueConstraint("tenant", "key", "recipient"),
        Index("ix_mail_owed", "tenant", "due_at", postgresql_where=text("state in ('due', 'sending')")),
        Index("ix_mail_kept", "tenant", "due_at", postgresql_where=text("state = 'kept'")),
    )

    id: Mapped[Key]
    key: Mapped[str]
    mail: Mapped[str]  # the id in mails.yaml
    sheet_id: Mapped[uuid.UUID | None]
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    state: Mapped[str] = mapped_column(default="due")  # due | sending | sent | failed | kept | grouped | dropped
    due_at: Mapped[Instant]  # of a message that is kept: when its digest leaves
    claimed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    created_at: Mapped[CreatedAt]
