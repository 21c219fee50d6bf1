"""Columns of the reference tables. They belong to no tenant and everyone may read them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime, Index, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import db

SPLIT_CITIES = frozenset({"75056", "69123", "13055"})  # Paris, Lyon, Marseille: one postal code per arrondissement

HOLIDAY_ZONES = {
    "metropole": "Métropole",
    "alsace-moselle": "Alsace-Moselle",
    "guadeloupe": "Guadeloupe",
    "guyane": "Guyane",
    "martinique": "Martinique",
    "mayotte": "Mayotte",
    "nouvelle-caledonie": "Nouvelle-Calédonie",
    "la-reunion": "La Réunion",
    "polynesie-francaise": "Polynésie française",
    "saint-barthelemy": "Saint-Barthélemy",
    "saint-martin": "Saint-Martin",
    "saint-pierre-et-miquelon": "Saint-Pierre-et-Miquelon",
    "wallis-et-futuna": "Wallis-et-Futuna",
}


# Entries waiting to be sorted into the index slow every search down: keep few, for the table is hardly ever written.
GIN: dict[str, Any] = {"postgresql_using": "gin", "postgresql_with": {"gin_pending_list_limit": "256"}}


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


class Holiday(db.Model):  # type: ignore[name-defined]
    """A public holiday of one zone (a key of HOLIDAY_ZONES). Two holidays may fall on the same day."""

    __tablename__ = "ref_holiday"

    zone: Mapped[str] = mapped_column(String(30), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)


class SchoolHoliday(db.Model):  # type: ignore[name-defined]
    """School holidays of zone A, B or C, first and last day included."""

    __tablename__ = "ref_school_holiday"

    zone: Mapped[str] = mapped_column(String(1), primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    last_day: Mapped[date]
    name: Mapped[str] = mapped_column(Text)


class LoadedDataset(db.Model):  # type: ignore[name-defined]
    """Which file each table was last filled from, so that a set-up never undoes an operator's newer file."""

    __tablename__ = "ref_dataset"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    file: Mapped[str] = mapped_column(Text)
    carried: Mapped[bool]
    rows: Mapped[int]
    loaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
