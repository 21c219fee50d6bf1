"""The remarks put on submissions. Their words are never erased: what becomes of one is written beside them."""

import uuid
from datetime import datetime

from sqlalchemy import DateTime, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.domain.columns import Instant, Key, within_tenant
from portal.extensions import db
from portal.tenancy.scope import TenantOwned

OPEN, CLOSED, WAIVED, WITHDRAWN = "open", "closed", "waived", "withdrawn"


class Correction(TenantOwned, db.Model):  # type: ignore[name-defined]
    """One remark on a submission: on a sheet of it, one of its steps, a field, a row or a cell of a row.

    `path` is the field's id, `evenements.<row>` or `evenements.<row>.<cell>`, empty for a step or a whole sheet;
    `place` is what it was called then. `sent_at` is the return that carried it: until then the organisation knows
    nothing of it.
    """

    __tablename__ = "correction"
    __table_args__ = (
        *within_tenant(("unit_id", "sheet"), ("sheet_id", "sheet"), ("revision_id", "revision")),
        Index(None, "tenant", "unit_id", "state"),
    )

    id: Mapped[Key]
    unit_id: Mapped[uuid.UUID]
    revision_id: Mapped[uuid.UUID]
    sheet_id: Mapped[uuid.UUID]
    level: Mapped[str] = mapped_column(String(60))
    step: Mapped[str] = mapped_column(String(60), default="")
    path: Mapped[str] = mapped_column(default="")
    place: Mapped[str]
    text: Mapped[str]
    state: Mapped[str] = mapped_column(String(10), default=OPEN)  # open | closed | waived | withdrawn
    by: Mapped[uuid.UUID | None]
    by_name: Mapped[str] = mapped_column(default="")
    at: Mapped[Instant]
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answer: Mapped[str | None]
    answered_by_name: Mapped[str | None]
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    settled_by_name: Mapped[str | None]
    settled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    settled_reason: Mapped[str | None]

    @property
    def field(self) -> str:
        """The id of the field it is about; empty for a step or a whole sheet."""
        return self.path.partition(".")[0]

    @property
    def is_open(self) -> bool:
        """Whether it still prevents approval."""
        return self.state == OPEN
