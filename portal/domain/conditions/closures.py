"""Delays counted on the days that count: pure arithmetic over days off, given by whoever knows them.

Weeks are counted in days, seven to a week: a public holiday, or a day of school holidays, is not one of them. Both ends
fall on a day on which people work. Counting back from a day and counting on from today agree: today is early enough for
a day on which people work when, and only when, that day is not before what `weeks_after` gives.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta

SATURDAY = 5
MOST_WEEKS = 104
MOST_WORKING_DAYS = 520
LONGEST_CLOSURE = 366  # days in a row without one that counts: beyond, the calendar itself is wrong

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Closures:
    """The days of a region on which nothing advances: its public holidays, and its school holidays when it has any."""

    public: Collection[date] = frozenset()
    school: Collection[date] = frozenset()

    def counts(self, day: date) -> bool:
        """Whether a day is one of those that make the weeks of a delay."""
        return day not in self.public and day not in self.school

    def works(self, day: date) -> bool:
        """Whether people work on a day that counts."""
        return day.weekday() < SATURDAY and self.counts(day)

    def weeks_before(self, day: date, weeks: int) -> date | None:
        """The last working day that leaves so many weeks until `day`; None beyond the limits."""
        return _within_calendar(lambda: self._before(day, weeks)) if 0 <= weeks <= MOST_WEEKS else None

    def weeks_after(self, day: date, weeks: int) -> date | None:
        """The first working day that so many weeks separate from `day`; None beyond the limits."""
        return _within_calendar(lambda: self._after(day, weeks)) if 0 <= weeks <= MOST_WEEKS else None

    def working_days_before(self, day: date, count: int) -> date | None:
        """The count-th working day before `day`; `day` itself for none."""
        return self._working_days(day, count, -_DAY)

    def working_days_after(self, day: date, count: int) -> date | None:
        """The count-th working day after `day`; `day` itself for none."""
        return self._working_days(day, count, _DAY)

    def _before(self, day: date, weeks: int) -> date:
        return self._nearest(self._stepped(day, 7 * weeks, -_DAY), -_DAY)

    def _after(self, day: date, weeks: int) -> date:
        return self._nearest(self._stepped(self._nearest(day, _DAY), 7 * weeks, _DAY), _DAY)

    def _stepped(self, day: date, left: int, step: timedelta) -> date:
        """The day once `left` days that count have been passed; the day one leaves counts on the way on, and the day
        one comes to on the way back.
        """
        idle = 0
        while left and idle < LONGEST_CLOSURE:
            passed = day if step == _DAY else day - _DAY
            counts = self.counts(passed)
            left, idle = left - counts, 0 if counts else idle + 1
            day += step
        return day

    def _nearest(self, day: date, step: timedelta) -> date:
        for _ in range(LONGEST_CLOSURE):
            if self.works(day):
                break
            day += step
        return day

    def _working_days(self, day: date, count: int, step: timedelta) -> date | None:
        def walk() -> date:
            found = day
            for _ in range(count):
                found = found + step
                while found.weekday() >= SATURDAY or found in self.public:
                    found += step
            return found

        return _within_calendar(walk) if 0 <= count <= MOST_WORKING_DAYS else None


def _within_calendar(walk: Callable[[], date]) -> date | None:
    try:
        return walk()
    except OverflowError:  # the years 1 and 9999
        return None


NO_CLOSURES = Closures()


@dataclass(frozen=True)
class Now:
    """What an evaluation knows beside values: the day it is, and the days off, read only if something counts them."""

    today: date
    closures: Callable[[], Closures] = lambda: NO_CLOSURES
