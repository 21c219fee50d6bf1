"""The functions of the language: a table. `docs/conditions.md` describes each; a test says that none is forgotten.

A function receives values already cleaned for its kinds. When one is empty it is not called: `empty` is answered.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.domain.conditions.closures import Closures, Now
from portal.domain.conditions.types import Type
from portal.domain.conditions.values import ARITHMETIC, LOOSE, finite

_MAX_DAYS = 1_000_000
_MAX_PLACES = 15


@dataclass(frozen=True)
class Function:
    """A function of values: how it is written, what it takes (the last `optional` may be left out) and gives."""

    usage: str
    takes: tuple[Type, ...]
    gives: Type
    run: Callable[..., Any]
    empty: Any = None
    optional: int = 0
    reads: Callable[[Now], Any] | None = None  # what it is first given, beside what is written


@dataclass(frozen=True)
class RowFunction:
    """A function of rows: the kinds a row may answer, how answers become one, the kind given (None: the one asked)."""

    usage: str
    asks: tuple[Type, ...]
    gives: Type | None
    fold: Callable[[Iterator[Any]], Any]
    starred: bool = False  # may be written f(rows.*.field)
    bare: bool = False  # may be written f(rows)


def _whole(value: Decimal, limit: int) -> int | None:
    """The whole number, or None when it has decimals or is beyond the limit."""
    return int(value) if value.copy_abs() <= limit and value == int(value) else None


def _add_days(start: dt.date, count: Decimal) -> dt.date | None:
    days = _whole(count, _MAX_DAYS)
    try:
        return None if days is None else start + dt.timedelta(days=days)
    except OverflowError:
        return None


def _by_weeks(count: Callable[[Closures, dt.date, int], dt.date | None]) -> Callable[..., dt.date | None]:
    """A function of days that asks the calendar; a count that is not whole, or beyond its limits, gives nothing."""

    def counted(closures: Closures, day: dt.date, number: Decimal) -> dt.date | None:
        whole = _whole(number, _MAX_DAYS)
        return None if whole is None else count(closures, day, whole)

    return counted


def _closures(now: Now) -> Closures:
    return now.closures()


def _hours(first: dt.time, last: dt.time) -> Decimal:
    minutes = (last.hour - first.hour) * 60 + last.minute - first.minute
    return ARITHMETIC.divide(Decimal(minutes), Decimal(60))


def _round(value: Decimal, places: Decimal = Decimal(0)) -> Decimal | None:
    kept = _whole(places, _MAX_PLACES)
    if kept is None:
        return None
    rounded = ARITHMETIC.quantize(value, Decimal((0, (1,), -kept)))
    if not rounded.is_finite():  # it already has fewer places than could be kept
        return value
    return ARITHMETIC.add(rounded, Decimal(0))  # so that hundreds are written 1200, not 1.2E+3


def _count(answers: Iterator[Any]) -> Decimal:
    return Decimal(sum(1 for answer in answers if answer))


def _sum(answers: Iterator[Any]) -> Decimal | None:
    total = Decimal(0)
    for answer in answers:
        total = total if answer is None else ARITHMETIC.add(total, answer)
    return finite(total)


def _join(answers: Iterator[Any]) -> str | None:
    """The texts answered, days as they are shown, each said once, in the order of the rows."""
    said = (f"{one:%d/%m/%Y}" if isinstance(one, dt.date) else one for one in answers)
    return ", ".join(dict.fromkeys(words for words in said if words)) or None


def _first_by(sign: str) -> Callable[[Iterator[Any]], Any]:
    """The answer that comes before all others in that order, the empty ones set aside."""
    before = LOOSE[sign]

    def best(answers: Iterator[Any]) -> Any:
        chosen = None
        for answer in answers:
            if chosen is None or before(answer, chosen):
                chosen = answer
        return chosen

    return best


_NUMBER, _TEXT, _DATE, _BOOL, _TIME = Type.NUMBER, Type.TEXT, Type.DATE, Type.BOOL, Type.TIME

FUNCTIONS: dict[str, Function] = {
    "filled": Function("filled(champ)", (Type.ANY,), _BOOL, lambda value: True, empty=False),
    "today": Function("today()", (), _DATE, lambda today: today, reads=lambda now: now.today),
    "days": Function("days(début, fin)", (_DATE, _DATE), _NUMBER, lambda first, last: Decimal((last - first).days)),
    "add_days": Function("add_days(date, jours)", (_DATE, _NUMBER), _DATE, _add_days),
    **{
        name: Function(f"{name}(date, {words})", (_DATE, _NUMBER), _DATE, _by_weeks(count), reads=_closures)
        for name, words, count in (
            ("weeks_before", "semaines", Closures.weeks_before),
            ("weeks_after", "semaines", Closures.weeks_after),
            ("working_days_before", "jours", Closures.working_days_before),
            ("working_days_after", "jours", Closures.working_days_after),
        )
    },
    "hours": Function("hours(début, fin)", (_TIME, _TIME), _NUMBER, _hours),
    "moment": Function("moment(date, heure)", (_DATE, _TIME), Type.DATETIME, dt.datetime.combine),
    "date": Function("date(moment)", (_DATE,), _DATE, lambda value: value),
    "year": Function("year(date)", (_DATE,), _NUMBER, lambda value: Decimal(value.year)),
    "round": Function("round(nombre, décimales)", (_NUMBER, _NUMBER), _NUMBER, _round, optional=1),
    "length": Function("length(texte)", (_TEXT,), _NUMBER, lambda value: Decimal(len(value)), empty=Decimal(0)),
    "lower": Function("lower(texte)", (_TEXT,), _TEXT, lambda value: value.lower()),
    "starts_with": Function(
        "starts_with(texte, début)", (_TEXT, _TEXT), _BOOL, lambda value, start: value.startswith(start), empty=False
    ),
}

_COMPARABLE = (_NUMBER, _DATE, Type.TIME, Type.DATETIME, Type.ANY)

ROW_FUNCTIONS: dict[str, RowFunction] = {
    "any": RowFunction("any(lignes, condition)", (_BOOL,), _BOOL, any),
    "all": RowFunction("all(lignes, condition)", (_BOOL,), _BOOL, all),
    "count": RowFunction("count(lignes, condition)", (_BOOL,), _NUMBER, _count, bare=True),
    "sum": RowFunction("sum(lignes, calcul)", (_NUMBER,), _NUMBER, _sum, starred=True),
    "join": RowFunction("join(lignes, texte)", (_TEXT, _DATE), _TEXT, _join),
    "min": RowFunction("min(lignes, calcul)", _COMPARABLE, None, _first_by("<"), starred=True),
    "max": RowFunction("max(lignes, calcul)", _COMPARABLE, None, _first_by(">"), starred=True),
}
