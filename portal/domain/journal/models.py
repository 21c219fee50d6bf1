"""The journal's only table."""

import uuid
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.domain.columns import Instant, Key, within_tenant
from portal.extensions import db
from portal.tenancy.scope import TenantOwned


class JournalEntry(TenantOwned, db.Model):  # type: ignore[name-defined]
    """One fact of the past. `kind` is noun.past: `sheet.created`, `sheet.edited`, `state.changed`, `request.applied`.

    `before` and `after` hold what changed (values by field id, or the state by axis); `actor_name` is kept as it was.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (*within_tenant(), Index(None, "tenant", "sheet_id", "at"))

    id: Mapped[Key]
    at: Mapped[Instant]
    actor_id: Mapped[uuid.UUID | None]
    actor_name: Mapped[str] = mapped_column(default="")
    actor_role: Mapped[str] = mapped_column(default="")
    on_behalf_of: Mapped[uuid.UUID | None]
    sheet_id: Mapped[uuid.UUID | None]
    kind: Mapped[str]
    move: Mapped[str | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    reason: Mapped[str | None]
    config_version: Mapped[int] = mapped_column(default=0)
    request_id: Mapped[str | None]
