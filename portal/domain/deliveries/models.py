"""Deliveries and their attempts."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.columns import CreatedAt, Instant, Key, within_tenant
from portal.extensions import db
from portal.tenancy.scope import TenantOwned


class Delivery(TenantOwned, db.Model):  # type: ignore[name-defined]
    """One revision owed to one target for one sheet. Opened in the transaction of the decision that owes it.

    States: held → due → sending → sent → acknowledged | rejected | failed; also relayed, superseded, cancelled.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        *within_tenant(("sheet_id", "sheet"), ("revision_id", "revision"), ("journal_entry_id", "journal_entry")),
        UniqueConstraint("tenant", "journal_entry_id", "target", "sheet_id"),
        Index("ix_delivery_owed", "tenant", "due_at", postgresql_where=text("state in ('due', 'sending', 'held')")),
        Index(None, "tenant", "sheet_id", "created_at"),
    )

    id: Mapped[Key]
    target: Mapped[str]
    sheet_id: Mapped[uuid.UUID]
    revision_id: Mapped[uuid.UUID | None]
    journal_entry_id: Mapped[uuid.UUID]
    verb: Mapped[str] = mapped_column(default="put")  # put | withdraw
    state: Mapped[str] = mapped_column(default="due")
    due_at: Mapped[Instant]
    expected_by: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    claimed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    attempts: Mapped[int] = mapped_column(default=0)
    payload_digest: Mapped[str | None]
    receipt: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    held_because: Mapped[str | None]
    problem: Mapped[str | None]
    superseded_by: Mapped[uuid.UUID | None]
    created_at: Mapped[CreatedAt]
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    tries: Mapped[list["DeliveryAttempt"]] = relationship(
        primaryjoin="Delivery.id == foreign(DeliveryAttempt.delivery_id)", order_by="DeliveryAttempt.n", viewonly=True
    )


class DeliveryAttempt(TenantOwned, db.Model):  # type: ignore[name-defined]
    """One try."""

    __tablename__ = "delivery_attempt"
    __table_args__ = (*within_tenant(("delivery_id", "delivery")), UniqueConstraint("tenant", "delivery_id", "n"))

    id: Mapped[Key]
    delivery_id: Mapped[uuid.UUID]
    n: Mapped[int]
    started_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str | None]  # acknowledged | accepted | rejected | failed | lost
    http_status: Mapped[int | None]
    error: Mapped[str | None]
