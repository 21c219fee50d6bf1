"""Invitations and requests belong to a region; a reset belongs to a person, who may be of several regions or none.

No table holds a secret that opens anything: of a key, only a digest is kept (`keys.py`).
"""

import uuid
from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.domain.columns import Instant, Key, within_tenant
from portal.extensions import db
from portal.tenancy.scope import TenantOwned


class Invitation(TenantOwned, db.Model):  # type: ignore[name-defined]
    """A part offered to whoever reads a mailbox; it becomes a membership when accepted, or one for each sheet of
    `sheet_ids`.
    """

    __tablename__ = "invitation"
    __table_args__ = (*within_tenant(("organisation_id", "organisation")), Index(None, "tenant", "email"))

    id: Mapped[Key]
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    organisation_id: Mapped[uuid.UUID | None]
    organisation_name: Mapped[str] = mapped_column(default="")
    sheet_ids: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    digest: Mapped[bytes]
    at: Mapped[Instant]
    expires_at: Mapped[Instant]
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("app_user.id", ondelete="SET NULL"))


class AccessRequest(TenantOwned, db.Model):  # type: ignore[name-defined]
    """Somebody asks a region to be let in; one waits at a time for an address."""

    __tablename__ = "access_request"
    __table_args__ = (
        *within_tenant(),
        Index("uq_access_request_waiting", "tenant", "email", unique=True, postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[Key]
    email: Mapped[str]
    name: Mapped[str]
    organisation: Mapped[str]
    siret: Mapped[str] = mapped_column(String(14))
    message: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(String(12), default="waiting")  # waiting | accepted | refused
    at: Mapped[Instant]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("app_user.id", ondelete="SET NULL"))
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class PasswordReset(db.Model):  # type: ignore[name-defined]
    """A person lost their password and may choose another, once, within the hour."""

    __tablename__ = "password_reset"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    digest: Mapped[bytes]
    at: Mapped[Instant]
    expires_at: Mapped[Instant]
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
