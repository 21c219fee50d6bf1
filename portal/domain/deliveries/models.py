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

    States: held | waiting (for another target) → due → sending → sent → acknowledged | rejected | failed; also relayed,
    superseded, cancelled.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        *within_tenant(
            ("sheet_id", "sheet"),
            ("revision_id", "revision"),
            ("journal_entry_id", "journal_entry"),
            ("batch_id", "delivery_batch"),
        ),
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
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSONB)  # code, message, field, key: as the target said it
    proof: Mapped[str | None]  # fingerprint of the signed receipt: the same one again is a replay
    batch_id: Mapped[uuid.UUID | None]
    superseded_by: Mapped[uuid.UUID | None]
    created_at: Mapped[CreatedAt]
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    tries: Mapped[list["DeliveryAttempt"]] = relationship(
        primaryjoin="Delivery.id == foreign(DeliveryAttempt.delivery_id)", order_by="DeliveryAttempt.n", viewonly=True
    )


class DeliveryBatch(TenantOwned, db.Model):  # type: ignore[name-defined]
    """Deliveries that leave together under a number, kept before anything leaves: tried again, it is the same batch."""

    __tablename__ = "delivery_batch"
    __table_args__ = (*within_tenant(), UniqueConstraint("tenant", "target", "number"))

    id: Mapped[Key]
    target: Mapped[str]
    number: Mapped[int]
    made_at: Mapped[Instant]


class RefusalWording(TenantOwned, db.Model):  # type: ignore[name-defined]
    """What a refusal of a target means, once somebody has said it; before that, one that nobody has worded yet."""

    __tablename__ = "refusal_wording"
    __table_args__ = (*within_tenant(), UniqueConstraint("tenant", "target", "key"))

    id: Mapped[Key]
    target: Mapped[str]
    key: Mapped[str]  # the target's code, or its words without their figures
    code: Mapped[str | None]
    said: Mapped[str | None]  # the target's words, the last time
    field_name: Mapped[str | None]  # what they bore on, in the target's words
    seen: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[Instant]
    last_at: Mapped[Instant]
    message: Mapped[str | None]
    action: Mapped[str | None]
    field: Mapped[str | None]  # `level.field`
    worded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    worded_by: Mapped[str | None]


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
