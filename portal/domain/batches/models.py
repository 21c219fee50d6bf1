"""A decision asked for many sheets at once, and what became of each."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.domain.columns import Instant, Json, Key, within_tenant
from portal.extensions import db
from portal.tenancy.scope import TenantOwned

WAITING, DONE, SKIPPED, REFUSED, FAILED = "waiting", "done", "skipped", "refused", "failed"


class Batch(TenantOwned, db.Model):  # type: ignore[name-defined]
    """One decision: a move, and the person in whose name it is performed. `waiting` → `working` → `done`.

    `parts` are the roles of that person when they decided; `changes` is the change decided of, in words; `beat_at` the
    last sign of life of whoever works on it.
    """

    __tablename__ = "batch"
    __table_args__ = (*within_tenant(), Index(None, "tenant", "state"))

    id: Mapped[Key]
    level: Mapped[str] = mapped_column(String(60))
    axis: Mapped[str] = mapped_column(String(60))
    move: Mapped[str] = mapped_column(String(60))
    signature: Mapped[str] = mapped_column(String(64))
    changes: Mapped[list[Any]] = mapped_column(JSONB)
    reason: Mapped[str | None]
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    made_by: Mapped[uuid.UUID | None]
    made_by_name: Mapped[str] = mapped_column(default="")
    on_behalf_of: Mapped[uuid.UUID | None]
    parts: Mapped[Json]
    at: Mapped[Instant]
    beat_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class BatchItem(TenantOwned, db.Model):  # type: ignore[name-defined]
    """One sheet of a batch: the version that was read, and what became of it, with the words that say why."""

    __tablename__ = "batch_item"
    __table_args__ = (
        *within_tenant(("batch_id", "batch"), ("sheet_id", "sheet"), ("revision_id", "revision")),
        UniqueConstraint("tenant", "batch_id", "sheet_id"),
    )

    id: Mapped[Key]
    batch_id: Mapped[uuid.UUID]
    rank: Mapped[int]
    sheet_id: Mapped[uuid.UUID]
    revision_id: Mapped[uuid.UUID]
    title: Mapped[str]
    outcome: Mapped[str] = mapped_column(String(10), default=WAITING)  # waiting | done | skipped | refused | failed
    message: Mapped[str | None]
    at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
