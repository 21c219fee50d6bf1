"""Delays in weeks around days off: what does not count, and the two ways of counting agree."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from portal.domain.conditions import Closures, Scope, Type, compile_condition
from portal.domain.conditions.closures import NO_CLOSURES
from portal.domain.reference.queries import closures_of


@pytest.fixture
def normandie(app: Flask) -> Iterator[Closures]:
    with app.app_context():
        yield closures_of("metropole", "B")


@pytest.mark.parametrize(
    ("day", "weeks", "last"),
    [
        (date(2026, 12, 14), 2, date(2026, 11, 30)),  # no day off between: Monday to Monday
        (date(2027, 1, 4), 2, date(2026, 12, 4)),  # 19/12 to 03/01 are no weeks: Sunday 06/12 and so the Friday before
        (date(2027, 1, 11), 1, date(2027, 1, 4)),
        (date(2027, 1, 6), 1, date(2026, 12, 14)),  # two days of January, five of December
        (date(2026, 12, 28), 1, date(2026, 12, 11)),  # a day of the holidays itself: the Saturday before, so Friday
        (date(2026, 5, 4), 1, date(2026, 4, 10)),  # 01/05, then the spring holidays until 26/04
        (date(2024, 5, 13), 1, date(2024, 4, 18)),  # 09/05, 08/05, then holidays until 05/05
    ],
)
def test_weeks_before_leave_out_holidays(normandie: Closures, day: date, weeks: int, last: date) -> None:
    assert normandie.weeks_before(day, weeks) == last


@pytest.mark.parametrize(
    ("today", "weeks", "first"),
    [
        (date(2026, 11, 30), 2, date(2026, 12, 14)),
        (date(2026, 12, 7), 2, date(2027, 1, 6)),  # the 1st to 18 December give 12 days, January the 2 others
        (date(2026, 12, 22), 1, date(2027, 1, 11)),  # from inside the holidays
        (date(2026, 4, 30), 1, date(2026, 5, 11)),  # neither 01/05 nor 08/05
    ],
)
def test_weeks_after_leave_out_holidays(normandie: Closures, today: date, weeks: int, first: date) -> None:
    assert normandie.weeks_after(today, weeks) == first


def test_without_a_school_zone_only_public_holidays_are_left_out(app: Flask) -> None:
    with app.app_context():
        public = closures_of("metropole")
    assert public.weeks_before(date(2027, 1, 4), 2) == date(2026, 12, 18)  # 25/12 and 01/01: Saturday 19, so Friday
    assert public.weeks_before(date(2026, 5, 4), 1) == date(2026, 4, 24)  # 01/05: Sunday 26, so Friday


def test_without_any_day_off_a_week_is_a_week() -> None:
    assert NO_CLOSURES.weeks_before(date(2026, 6, 2), 8) == date(2026, 4, 7)
    assert NO_CLOSURES.weeks_after(date(2026, 4, 7), 8) == date(2026, 6, 2)


@pytest.mark.parametrize("weeks", [0, 1, 4, 6, 8])
def test_counting_back_and_counting_on_agree_on_every_pair_of_days(normandie: Closures, weeks: int) -> None:
    days = [date(2026, 11, 1) + timedelta(days=n) for n in range(240)]
    for today in days[::3]:
        first = normandie.weeks_after(today, weeks)
        assert first is not None and normandie.works(first)
        for day in filter(normandie.works, days):
            last = normandie.weeks_before(day, weeks)
            assert last is not None and normandie.works(last)
            assert (last >= today) == (day >= first)


def test_working_days_go_over_week_ends_and_public_holidays_only(normandie: Closures) -> None:
    assert normandie.working_days_before(date(2026, 5, 4), 1) == date(2026, 4, 30)
    assert normandie.working_days_after(date(2026, 4, 30), 1) == date(2026, 5, 4)
    assert normandie.working_days_after(date(2026, 12, 24), 1) == date(2026, 12, 28)  # holidays of schools alone
    assert normandie.working_days_before(date(2026, 5, 4), 0) == date(2026, 5, 4)


def test_what_is_beyond_the_limits_or_the_calendar_gives_nothing() -> None:
    assert NO_CLOSURES.weeks_before(date(2026, 1, 1), 105) is None
    assert NO_CLOSURES.weeks_before(date(2026, 1, 1), -1) is None
    assert NO_CLOSURES.working_days_after(date(2026, 1, 1), 521) is None
    assert NO_CLOSURES.weeks_before(date(1, 1, 5), 8) is None
    assert NO_CLOSURES.weeks_after(date(9999, 12, 30), 8) is None


SCOPE = Scope(values={"debut": Type.DATE, "semaines": Type.NUMBER})


@pytest.mark.parametrize(
    ("source", "values", "found"),
    [
        ("weeks_before(debut, 2)", {"debut": date(2027, 1, 4)}, date(2026, 12, 4)),
        ("weeks_after(debut, 1)", {"debut": date(2026, 4, 30)}, date(2026, 5, 11)),
        ("weeks_before(debut, 2)", {}, None),
        ("weeks_before(debut, semaines)", {"debut": date(2027, 1, 4)}, None),
        ("weeks_before(debut, 1.5)", {"debut": date(2027, 1, 4)}, None),
        ("working_days_before(debut, 1)", {"debut": date(2026, 5, 4)}, date(2026, 4, 30)),
    ],
)
def test_conditions_ask_the_calendar_of_the_region(
    normandie: Closures, source: str, values: dict[str, date], found: date | None
) -> None:
    compiled = compile_condition(source, SCOPE, want=Type.ANY)
    assert compiled(values, today=date(2026, 3, 2), closures=lambda: normandie) == found


def test_the_calendar_is_not_read_unless_something_counts() -> None:
    def never() -> Closures:
        raise AssertionError("nobody asked")

    assert compile_condition("debut >= today()", SCOPE)(
        {"debut": date(2026, 3, 2)}, today=date(2026, 3, 2), closures=never
    )
