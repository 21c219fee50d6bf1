"""Working days: neither a Saturday, nor a Sunday, nor a public holiday of the zone.

Public holidays are known between two years (docs/reference.md): outside them, only weekends are off.
"""

from datetime import date, timedelta

from sqlalchemy import select

from portal.domain.conditions.closures import Closures
from portal.domain.reference.errors import UnknownZoneError
from portal.domain.reference.models import HOLIDAY_ZONES, Holiday, SchoolHoliday
from portal.extensions import db

METROPOLE = "metropole"
MOST_WORKING_DAYS = 2600  # ten years: beyond, it is a mistake and not a delay
SATURDAY = 5

ZONE_OF_DEPARTMENT = {
    **dict.fromkeys(("57", "67", "68"), "alsace-moselle"),
    "971": "guadeloupe",
    "972": "martinique",
    "973": "guyane",
    "974": "la-reunion",
    "975": "saint-pierre-et-miquelon",
    "976": "mayotte",
    "977": "saint-barthelemy",
    "978": "saint-martin",
    "986": "wallis-et-futuna",
    "987": "polynesie-francaise",
    "988": "nouvelle-caledonie",
}


def holiday_zone_of(department: str) -> str:
    """The public-holiday zone of a département's code; the metropolitan one unless it has its own."""
    return ZONE_OF_DEPARTMENT.get(department.strip(), METROPOLE)


def is_working_day(day: date, zone: str = METROPOLE) -> bool:
    """Whether people work on that day in that zone; raises UnknownZoneError."""
    day = _plain(day)
    return day.weekday() < SATURDAY and day not in holidays_between(zone, day, day)


def working_days_after(day: date, n: int, zone: str = METROPOLE) -> date:
    """The n-th working day strictly after `day` (before it when n is negative; `day` itself when n is 0).

    Raises UnknownZoneError, and ValueError beyond ten years of working days.
    """
    if abs(n) > MOST_WORKING_DAYS:
        raise ValueError(f"working_days_after counts up to {MOST_WORKING_DAYS} days, not {n}")
    day, step = _plain(day), timedelta(days=1 if n > 0 else -1)
    span = timedelta(days=2 * abs(n) + 14)  # longer than n working days can take, holidays included
    off = holidays_between(zone, day - span, day + span)
    left = abs(n)
    while left:
        day += step
        left -= day.weekday() < SATURDAY and day not in off
    return day


def holidays_between(zone: str, first: date, last: date) -> set[date]:
    """The public holidays of a zone from one day to another, both included; raises UnknownZoneError."""
    if zone not in HOLIDAY_ZONES:
        raise UnknownZoneError(f"Zone de jours fériés inconnue : « {zone} ». Zones : {', '.join(HOLIDAY_ZONES)}.")
    days = select(Holiday.day).where(Holiday.zone == zone, Holiday.day.between(first, last))
    return set(db.session.scalars(days))


def closures_of(zone: str = METROPOLE, school_zone: str | None = None) -> Closures:
    """All the days off known of a zone, and of a zone of school holidays if one is named; raises UnknownZoneError.

    Two queries, once per database session: lists ask for them sheet by sheet.
    """
    known = db.session().info.setdefault("closures", {})
    if (zone, school_zone) not in known:
        periods = select(SchoolHoliday.first_day, SchoolHoliday.last_day).where(SchoolHoliday.zone == school_zone)
        rows = db.session.execute(periods).all() if school_zone else []
        school = {first + timedelta(days=n) for first, last in rows for n in range((last - first).days + 1)}
        known[zone, school_zone] = Closures(frozenset(holidays_between(zone, date.min, date.max)), frozenset(school))
    found: Closures = known[zone, school_zone]
    return found


def _plain(day: date) -> date:
    """A date without time: a datetime is a date too, but equals none."""
    return date(day.year, day.month, day.day)
