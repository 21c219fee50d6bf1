"""Communes and départements."""

from sqlalchemy import Index, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.domain.reference.models.indexes import GIN
from portal.extensions import db

SPLIT_CITIES = frozenset({"75056", "69123", "13055"})  # Paris, Lyon, Marseille: one postal code per arrondissement


class Commune(db.Model):  # type: ignore[name-defined]
    """A commune, a municipal arrondissement, or a former commune that lives on inside another one.

    A former commune keeps its row and points to the commune of today with `merged_into`; when both carry the same
    code, one row holds both and the former name stays in `former_name`.

    Three columns serve the search: `search` is the name in its normal form; `core` is the same without « saint »,
    « sur », « la »…, where typing mistakes are looked for; `words` holds every name of the row and its postal codes,
    each after a space, so that « a word starts with » is a plain `LIKE '% word%'`.
    """

    __tablename__ = "ref_commune"
    __table_args__ = (
        Index("ix_ref_commune_search", "search", postgresql_ops={"search": "text_pattern_ops"}),
        Index("ix_ref_commune_core", "core", postgresql_ops={"core": "gin_trgm_ops"}, **GIN),
        Index("ix_ref_commune_words", "words", postgresql_ops={"words": "gin_trgm_ops"}, **GIN),
        Index("ix_ref_commune_postal_codes", "postal_codes", **GIN),
        Index("ix_ref_commune_lat_lon", "lat", "lon"),
    )

    insee: Mapped[str] = mapped_column(String(5), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    former_name: Mapped[str | None] = mapped_column(Text)
    search: Mapped[str] = mapped_column(Text)
    core: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    postal_codes: Mapped[list[str]] = mapped_column(ARRAY(String(5)))
    department: Mapped[str] = mapped_column(String(3))
    region: Mapped[str] = mapped_column(String(3))
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    population: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(20))
    merged_into: Mapped[str | None] = mapped_column(String(5))


class Department(db.Model):  # type: ignore[name-defined]
    """A département, or a territory overseas that stands for one. `holiday_zone` is that of school holidays."""

    __tablename__ = "ref_department"

    code: Mapped[str] = mapped_column(String(3), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    region: Mapped[str] = mapped_column(String(3))
    region_name: Mapped[str] = mapped_column(Text)
    academy_code: Mapped[str] = mapped_column(String(2))
    academy_name: Mapped[str] = mapped_column(Text)
    holiday_zone: Mapped[str | None] = mapped_column(String(1))
    chef_lieu: Mapped[str] = mapped_column(String(5))
