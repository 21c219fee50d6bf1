"""Filters kept, absences with who covers them, and how often each address wants each message."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.domain.columns import CreatedAt, Json, Key, within_tenant
from portal.extensions import db
from portal.tenancy.scope import TenantOwned


class SavedFilter(TenantOwned, db.Model):  # type: ignore[name-defined]
    """One way of narrowing the queue, under a name; those of `role` see it too when there is one."""

    __tablename__ = "saved_filter"
    __table_args__ = (*within_tenant(), UniqueConstraint("tenant", "user_id", "name"))

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str | None] = mapped_column(String(60))
    params: Mapped[Json]  # the words of the address, as the queue reads them
    created_at: Mapped[CreatedAt]


class Absence(TenantOwned, db.Model):  # type: ignore[name-defined]
    """Somebody away, both days included, and the colleague who is written to and may act in their name meanwhile."""

    __tablename__ = "absence"
    __table_args__ = (
        *within_tenant(),
        CheckConstraint("starts_on <= ends_on", name="days_in_order"),
        Index(None, "tenant", "ends_on"),
    )

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    cover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    made_by_name: Mapped[str] = mapped_column(default="")
    created_at: Mapped[CreatedAt]


class MailPace(TenantOwned, db.Model):  # type: ignore[name-defined]
    """How often an address wants one message of the region; where there is no row, as the region proposes."""

    __tablename__ = "mail_pace"
    __table_args__ = (*within_tenant(), UniqueConstraint("tenant", "address", "mail"))

    id: Mapped[Key]
    address: Mapped[str] = mapped_column(String(254))  # in the form under which addresses are compared
    mail: Mapped[str] = mapped_column(String(60))  # the id in mails.yaml
    pace: Mapped[str] = mapped_column(String(10))
    changed_at: Mapped[CreatedAt]
