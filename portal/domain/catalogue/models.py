"""The public's copy: everything a page shows, nothing that is not public, no join to the sheets."""

import uuid
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import DateTime, Float, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from portal.domain.columns import Json, Key
from portal.extensions import db
from portal.tenancy.scope import require_slug

VALID_CODE = "valid_code"
"""Among the facets: the Certif Info code without which a session is no longer listed."""
GROUP = "group"
"""Among the facets: the page it shares with others, by `reference` and `title`; what it is called there, `session`."""


class PublishedSession(db.Model):  # type: ignore[name-defined]
    """One session as the public sees it. Readable by all, written only within its region (row-level security).

    `page` holds the sections already worded; `status` is open, cancelled, withdrawn or off; `visible_until` ends its
    listing.
    """

    __tablename__ = "published_session"
    __table_args__ = (
        UniqueConstraint("tenant", "id"),
        UniqueConstraint("tenant", "reference"),
        Index(None, "tenant", "starts_on", "id"),
        Index("ix_published_session_words", "words", postgresql_using="gin"),
        Index("ix_published_session_insee", "insee"),
        Index("ix_published_session_listed", "tenant", "starts_on", "id", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[Key]
    tenant: Mapped[str] = mapped_column(default=require_slug)
    reference: Mapped[str]
    sheet_id: Mapped[uuid.UUID]
    revision_id: Mapped[uuid.UUID]
    status: Mapped[str] = mapped_column(default="open")
    title: Mapped[str]
    organisation: Mapped[str] = mapped_column(default="")
    programme: Mapped[str | None]
    programme_label: Mapped[str | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    seats: Mapped[int | None]
    insee: Mapped[str | None]
    postal_code: Mapped[str | None]
    town: Mapped[str | None]
    department: Mapped[str | None]
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    facets: Mapped[Json]
    page: Mapped[dict[str, Any]] = mapped_column(JSONB)
    words: Mapped[Any] = mapped_column(TSVECTOR)
    formacodes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    visible_until: Mapped[date | None]
    approved_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class PublishedEvent(db.Model):  # type: ignore[name-defined]
    """One event of a published session: an information meeting, a test."""

    __tablename__ = "published_event"
    __table_args__ = (
        UniqueConstraint("tenant", "session_id", "row_id"),
        Index(None, "tenant", "session_id"),
        Index(None, "tenant", "starts_on"),
    )

    id: Mapped[Key]
    tenant: Mapped[str] = mapped_column(default=require_slug)
    session_id: Mapped[uuid.UUID]
    row_id: Mapped[str]
    kind: Mapped[str | None]
    what: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date | None]
    starts_at: Mapped[time | None]
    ends_on: Mapped[date | None]
    ends_at: Mapped[time | None]
