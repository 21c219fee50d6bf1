"""The published versions of each region's configuration, numbered and kept for ever."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import db
from portal.tenancy.scope import TenantOwned


class ConfigVersion(TenantOwned, db.Model):  # type: ignore[name-defined]
    """One published version: the text of every file of the folder, under a number."""

    __tablename__ = "config_version"
    __table_args__ = (UniqueConstraint("tenant", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    digest: Mapped[str]
    files: Mapped[dict[str, Any]] = mapped_column(JSONB)
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
