"""Working days, on the real public holidays."""

from datetime import date, datetime, timedelta

import pytest

from portal.domain.reference.errors import UnknownZoneError
from portal.domain.reference.models import HOLIDAY_ZONES, Holiday
from portal.domain.reference.queries import holiday_zone_of, is_working_day, working_days_after
from portal.extensions import db


@pytest.mark.parametrize(
    ("day", "zone", "works"),
    [
        (date(2026, 3, 2), "metropole", True),  # a plain Monday
        (date(2026, 3, 7), "metropole", False),  # a Saturday
        (date(2026, 3, 8), "metropole", False),  # a Sunday
        (date(2026, 5, 14), "metropole", False),  # Ascension
        (date(2026, 4, 3), "metropole", True),  # Good Friday: worked, but not in Alsace-Moselle
        (date(2026, 4, 3), "alsace-moselle", False),
        (date(2026, 6, 10), "guyane", False),  # abolition of slavery
        (date(2026, 6, 10), "martinique", True),
        (date(2050, 1, 1), "metropole", False),  # a Saturday, beyond the years known
        (date(2050, 7, 14), "metropole", True),  # a Thursday there: holidays are not known, weekends are
    ],
)
def test_is_working_day(day: date, zone: str, works: bool) -> None:
    assert is_working_day(day, zone) is works


def test_the_zone_is_metropolitan_unless_said() -> None:
    assert is_working_day(date(2026, 4, 3))
    assert working_days_after(date(2026, 4, 2), 1) == date(2026, 4, 3)


@pytest.mark.parametrize(
    ("day", "n", "zone", "expected"),
    [
        (date(2026, 3, 2), 1, "metropole", date(2026, 3, 3)),
        (date(2026, 3, 6), 1, "metropole", date(2026, 3, 9)),  # from Friday to Monday
        (date(2026, 3, 7), 1, "metropole", date(2026, 3, 9)),  # from Saturday to Monday
        (date(2026, 5, 13), 1, "metropole", date(2026, 5, 15)),  # over Ascension
        (date(2026, 4, 2), 1, "alsace-moselle", date(2026, 4, 7)),  # over Good Friday, a weekend and Easter Monday
        (date(2026, 12, 24), 1, "alsace-moselle", date(2026, 12, 28)),
        (date(2026, 12, 31), 2, "metropole", date(2027, 1, 5)),  # over New Year
        (date(2026, 3, 7), 0, "metropole", date(2026, 3, 7)),
        (date(2026, 3, 9), -1, "metropole", date(2026, 3, 6)),
        (date(2026, 5, 15), -1, "metropole", date(2026, 5, 13)),
    ],
)
def test_working_days_after(day: date, n: int, zone: str, expected: date) -> None:
    assert working_days_after(day, n, zone) == expected


def test_counting_agrees_with_walking_day_by_day() -> None:
    start = date(2027, 4, 20)
    worked = [day for day in (start + timedelta(days=i) for i in range(1, 130)) if is_working_day(day, "la-reunion")]
    assert [working_days_after(start, n, "la-reunion") for n in range(1, 81)] == worked[:80]


def test_a_moment_counts_as_its_day() -> None:
    assert not is_working_day(datetime(2026, 5, 14, 9, 30))
    assert working_days_after(datetime(2026, 5, 13, 23, 59), 1) == date(2026, 5, 15)


@pytest.mark.parametrize("zone", ["", "Métropole", "atlantide", "a" * 10_000, "' or 1=1", "😀"])
def test_an_unknown_zone_is_refused_rather_than_read_as_no_holiday(zone: str) -> None:
    with pytest.raises(UnknownZoneError, match="Zone de jours fériés inconnue"):
        is_working_day(date(2026, 3, 2), zone)
    with pytest.raises(UnknownZoneError):
        working_days_after(date(2026, 3, 2), 3, zone)


@pytest.mark.parametrize("n", [2601, -2601, 10**12])
def test_an_absurd_delay_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match="2600"):
        working_days_after(date(2026, 3, 2), n)


def test_every_zone_has_holidays_over_the_years_known() -> None:
    known = set(db.session.query(Holiday.zone, db.func.extract("year", Holiday.day)).distinct().all())
    assert known == {(zone, year) for zone in HOLIDAY_ZONES for year in range(2020, 2036)}


@pytest.mark.parametrize(
    ("department", "zone"),
    [("42", "metropole"), ("67", "alsace-moselle"), ("974", "la-reunion"), ("2A", "metropole"), ("", "metropole")],
)
def test_holiday_zone_of_a_department(department: str, zone: str) -> None:
    assert holiday_zone_of(department) == zone
