"""What each table was last filled from."""

from datetime import datetime

from sqlalchemy import DateTime, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import db


class LoadedDataset(db.Model):  # type: ignore[name-defined]
    """Which file each table was last filled from, so that a set-up never undoes an operator's newer file."""

    __tablename__ = "ref_dataset"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    file: Mapped[str] = mapped_column(Text)
    carried: Mapped[bool]
    rows: Mapped[int]
    loaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
