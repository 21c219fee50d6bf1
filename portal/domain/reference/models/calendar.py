"""Public and school holidays."""

from datetime import date

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import db

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
