"""Certifications and the blocks of skills they are made of."""

from datetime import date

from sqlalchemy import Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.domain.reference.models.indexes import GIN
from portal.extensions import db

LEVELS = {3: "CAP, BEP", 4: "Bac", 5: "Bac + 2", 6: "Bac + 3 ou 4", 7: "Bac + 5", 8: "Bac + 8"}
"""The levels of qualification, and what each meant in years of study."""

STATUSES = {"active": "En vigueur", "archived": "Archivée"}


class Certification(db.Model):  # type: ignore[name-defined]
    """A certification, by its Certif Info number. Several may share one RNCP sheet: the options of a diploma.

    What the source does not say is None, and never means no: `certifier`, `status` (a key of STATUSES),
    `valid_until`, `replaced_by` (a Certif Info number), `last_session_year`. `certifying` is False for a year of
    study that leads to no certification by itself.
    """

    __tablename__ = "ref_certification"
    __table_args__ = (
        Index("ix_ref_certification_words", "words", postgresql_ops={"words": "gin_trgm_ops"}, **GIN),
        Index("ix_ref_certification_rncp", "rncp"),
    )

    certif_info: Mapped[str] = mapped_column(String(10), primary_key=True)
    rncp: Mapped[str | None] = mapped_column(String(6))
    level: Mapped[int | None] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    rncp_title: Mapped[str | None] = mapped_column(Text)
    certifying: Mapped[bool]
    certifier: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str | None] = mapped_column(String(10))
    valid_until: Mapped[date | None]
    replaced_by: Mapped[str | None] = mapped_column(String(10))
    last_session_year: Mapped[int | None] = mapped_column(SmallInteger)
    search: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)

    @property
    def level_label(self) -> str | None:
        """« Niveau 5 (Bac + 2) », or None when the level is not known."""
        return f"Niveau {self.level} ({LEVELS[self.level]})" if self.level in LEVELS else None

    @property
    def usable_until(self) -> date | None:
        """The last day on which it may be used: `valid_until`, else the end of the year of its last session."""
        if self.valid_until or not self.last_session_year:
            return self.valid_until
        return date(self.last_session_year, 12, 31)


class CertificationBlock(db.Model):  # type: ignore[name-defined]
    """A block of skills of an RNCP sheet, which may be earned by itself."""

    __tablename__ = "ref_certification_block"
    __table_args__ = (Index("ix_ref_certification_block_rncp", "rncp"),)

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    rncp: Mapped[str] = mapped_column(String(6))
    title: Mapped[str] = mapped_column(Text)
