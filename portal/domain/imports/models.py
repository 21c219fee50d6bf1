"""What an import keeps: the runs of files, what remains to be applied of one, and what the source last said."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.domain.columns import Instant, Json, Key, within_tenant
from portal.extensions import db
from portal.tenancy.scope import TenantOwned

IMPORTED = "sheet.imported"
"""Kind of the entries of the journal that say what an import changed in a sheet."""

OPEN = ("waiting", "checking", "checked", "accepted", "applying")
"""States of a run that is not over: there is one at a time for an import."""


class ImportRun(TenantOwned, db.Model):  # type: ignore[name-defined]
    """One file, from its upload to its end.

    `waiting` → `checking` → `refused` (faults) | `checked` → `accepted` → `applying` → `done`; `dropped` by a person;
    `failed` for what nobody expected: it may be tried again. `beat_at` is the last sign of life of whoever works on it.
    """

    __tablename__ = "import_run"
    __table_args__ = (
        *within_tenant(),
        Index(
            "uq_import_run_open", "tenant", "import_id", unique=True,
            postgresql_where=text("state in ('waiting', 'checking', 'checked', 'accepted', 'applying')"),
        ),
        Index(None, "tenant", "import_id", "at"),
    )  # fmt: skip

    id: Mapped[Key]
    import_id: Mapped[str] = mapped_column(String(60))
    file_name: Mapped[str]
    form: Mapped[str] = mapped_column(String(4))  # csv | xlsx
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    report: Mapped[Json]
    annotated: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    made_by: Mapped[uuid.UUID | None]
    made_by_name: Mapped[str] = mapped_column(default="")
    at: Mapped[Instant]
    checked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    accepted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    accepted_by: Mapped[uuid.UUID | None]
    accepted_by_name: Mapped[str] = mapped_column(default="")
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    beat_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    problem: Mapped[str | None]


class ImportTask(TenantOwned, db.Model):  # type: ignore[name-defined]
    """One thing that an accepted file still has to do; deleted in the transaction that does it.

    `kind` is `organisation`, `sheet`, `person`, `part`, `link`, `unlink`, `contact`, `gone`, `vanished` or `back`;
    `rank` puts parents before children.
    """

    __tablename__ = "import_task"
    __table_args__ = (
        *within_tenant(("run_id", "import_run")),
        UniqueConstraint("tenant", "run_id", "rank"),
    )

    id: Mapped[Key]
    run_id: Mapped[uuid.UUID]
    rank: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    level: Mapped[str | None] = mapped_column(String(60))
    line: Mapped[int]
    said: Mapped[dict[str, Any]] = mapped_column(JSONB)


class ImportedRow(TenantOwned, db.Model):  # type: ignore[name-defined]
    """A sheet as its source names it, and what the source last said of its imported fields."""

    __tablename__ = "imported_row"
    __table_args__ = (
        *within_tenant(("sheet_id", "sheet"), ("run_id", "import_run")),
        UniqueConstraint("tenant", "import_id", "level", "key"),
        Index(None, "tenant", "sheet_id"),
    )

    id: Mapped[Key]
    import_id: Mapped[str] = mapped_column(String(60))
    level: Mapped[str] = mapped_column(String(60))
    key: Mapped[str]
    sheet_id: Mapped[uuid.UUID]
    values: Mapped[Json]
    run_id: Mapped[uuid.UUID]
    vanished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
