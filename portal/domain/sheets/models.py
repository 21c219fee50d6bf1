"""Sheets, their states, their links, the sittings in which they are typed, and their frozen revisions."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.columns import CreatedAt, Instant, Json, Key, within_tenant
from portal.extensions import db
from portal.tenancy.scope import TenantOwned


class Sheet(TenantOwned, db.Model):  # type: ignore[name-defined]
    """One object of the offer, at one level.

    `data` holds typed values by field id; `raw` what was typed and is not valid yet; `field_versions` the version of
    the
    sheet at which each field last changed. `starts_on`, `ends_on`, `seats`, `insee` mirror the fields tied to those
    terms.
    """

    __tablename__ = "sheet"
    __table_args__ = (
        *within_tenant(("parent_id", "sheet"), ("organisation_id", "organisation")),
        UniqueConstraint("tenant", "level", "scope_id", "code", postgresql_nulls_not_distinct=True),
        Index("uq_sheet_reference", "tenant", "reference", unique=True, postgresql_where=text("reference is not null")),
        Index(None, "tenant", "parent_id"),
        Index(None, "tenant", "level", "organisation_id", "created_at"),
        Index(None, "tenant", "level", "starts_on"),
    )

    id: Mapped[Key]
    level: Mapped[str] = mapped_column(String(60))
    parent_id: Mapped[uuid.UUID | None]
    scope_id: Mapped[uuid.UUID | None]  # the parent under which `code` is unique; null where it is unique in the region
    code: Mapped[str]
    reference: Mapped[str | None]
    title: Mapped[str] = mapped_column(default="")
    organisation_id: Mapped[uuid.UUID | None]
    programme: Mapped[str | None]
    data: Mapped[Json]
    raw: Mapped[Json]
    field_versions: Mapped[Json]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    config_version: Mapped[int] = mapped_column(default=0, server_default="0")
    approved_revision_id: Mapped[uuid.UUID | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    seats: Mapped[int | None]
    insee: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    changed_at: Mapped[CreatedAt]
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    parent: Mapped["Sheet | None"] = relationship(
        primaryjoin="foreign(Sheet.parent_id) == remote(Sheet.id)", viewonly=True, lazy="select"
    )
    states: Mapped[list["SheetState"]] = relationship(
        primaryjoin="Sheet.id == foreign(SheetState.sheet_id)",
        lazy="selectin",
        order_by="SheetState.axis",
        viewonly=True,
    )

    def state(self, axis: str) -> str | None:
        """The state on a stored axis, or None."""
        return next((s.state for s in self.states if s.axis == axis), None)


class SheetState(TenantOwned, db.Model):  # type: ignore[name-defined]
    """Where a sheet stands on one axis. Written by `domain/moves` and by creation, and nowhere else."""

    __tablename__ = "sheet_state"
    __table_args__ = (
        *within_tenant(("sheet_id", "sheet")),
        UniqueConstraint("tenant", "sheet_id", "axis"),
        Index(None, "tenant", "axis", "state"),
        Index("ix_sheet_state_due", "tenant", "due_at", postgresql_where=text("due_at is not null")),
    )

    id: Mapped[Key]
    sheet_id: Mapped[uuid.UUID]
    axis: Mapped[str]
    state: Mapped[str]
    since: Mapped[Instant]
    due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    due_move: Mapped[str | None]
    due_problem: Mapped[str | None]


class SheetLink(TenantOwned, db.Model):  # type: ignore[name-defined]
    """A side hierarchy: one sheet points to another under a declared name."""

    __tablename__ = "sheet_link"
    __table_args__ = (
        *within_tenant(("from_id", "sheet"), ("to_id", "sheet")),
        UniqueConstraint("tenant", "link", "from_id", "to_id"),
    )

    id: Mapped[Key]
    link: Mapped[str]
    from_id: Mapped[uuid.UUID]
    to_id: Mapped[uuid.UUID]


class Sitting(TenantOwned, db.Model):  # type: ignore[name-defined]
    """What one person is typing on one step, until it becomes one entry of the journal.

    The journal cannot be rewritten, and a draft is saved every few seconds: this row gathers the saves of a sitting.
    """

    __tablename__ = "sitting"
    __table_args__ = (*within_tenant(("sheet_id", "sheet")), UniqueConstraint("tenant", "sheet_id", "user_id", "step"))

    id: Mapped[Key]
    sheet_id: Mapped[uuid.UUID]
    user_id: Mapped[uuid.UUID]
    user_name: Mapped[str] = mapped_column(default="")
    step: Mapped[str]
    opened_at: Mapped[Instant]
    touched_at: Mapped[Instant]
    before: Mapped[Json]


class Revision(TenantOwned, db.Model):  # type: ignore[name-defined]
    """A frozen copy of a unit: itself, what is below it, the ancestors named, the states of its axes. Never changed."""

    __tablename__ = "revision"
    __table_args__ = (*within_tenant(("unit_id", "sheet")), UniqueConstraint("tenant", "unit_id", "number"))

    id: Mapped[Key]
    unit_id: Mapped[uuid.UUID]
    number: Mapped[int]
    kind: Mapped[str]  # submitted | amendment
    axis: Mapped[str]
    base_id: Mapped[uuid.UUID | None]
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSONB)
    digest: Mapped[str]
    config_version: Mapped[int]
    made_by: Mapped[uuid.UUID | None]
    made_by_name: Mapped[str] = mapped_column(default="")
    made_at: Mapped[Instant]


class Decision(TenantOwned, db.Model):  # type: ignore[name-defined]
    """What was decided of a submitted revision."""

    __tablename__ = "decision"
    __table_args__ = (
        *within_tenant(("revision_id", "revision"), ("journal_entry_id", "journal_entry")),
        UniqueConstraint("tenant", "revision_id"),
    )

    id: Mapped[Key]
    revision_id: Mapped[uuid.UUID]
    outcome: Mapped[str]  # approved | returned | superseded
    by: Mapped[uuid.UUID | None]
    by_name: Mapped[str] = mapped_column(default="")
    at: Mapped[Instant]
    reason: Mapped[str | None]
    journal_entry_id: Mapped[uuid.UUID]
