"""Values as rules compare and say them."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from portal.domain.fields import french
from portal.domain.rules.base import RuleView, is_name

_EMPTY: tuple[Any, ...] = (None, "", [], {})
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")


def empty(value: Any) -> bool:
    """Whether there is nothing to compare."""
    return value in _EMPTY


def operand(written: str, view: RuleView) -> Any:
    """What an operand is worth: a field's value, today, or the fixed value written."""
    if written == "today":
        return view.today
    return view.value(written) if is_name(written) else literal(written)


def literal(written: str) -> Any:
    """A number, a day, an hour, or the text itself."""
    if _NUMBER.fullmatch(written):
        return Decimal(written)
    for read in (date.fromisoformat, time.fromisoformat):
        try:
            return read(written)
        except ValueError:
            continue
    return written


def aligned(one: Any, other: Any) -> tuple[Any, Any] | None:
    """Two values made comparable, or None when one is empty or they are of different kinds."""
    if empty(one) or empty(other):
        return None
    if isinstance(one, datetime) != isinstance(other, datetime):
        one, other = _day(one), _day(other)
    for kind in (Decimal, datetime, date, time, str):
        if isinstance(one, kind) and isinstance(other, kind):
            return one, other
    return None


def _day(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def order(one: Any, other: Any) -> int | None:
    """-1, 0 or 1 as the first is before, equal or after; None when they cannot be compared."""
    pair = aligned(one, other)
    if pair is None:
        return None
    return (pair[0] > pair[1]) - (pair[0] < pair[1])


def same(value: Any, written: str) -> bool:
    """Whether a value is the one written by a tenant. An hour is compared with the hour of a moment."""
    if isinstance(value, bool):
        return value == (written.lower() in ("true", "oui", "yes", "1"))
    wanted = literal(written)
    if isinstance(value, datetime) and isinstance(wanted, time):
        return value.time() == wanted
    pair = aligned(value, wanted)
    return str(value) == written if pair is None else bool(pair[0] == pair[1])


def total(values: Iterable[Any]) -> Decimal:
    """The sum of the numbers among values."""
    return sum((value for value in values if isinstance(value, Decimal)), Decimal(0))


def spelled(value: Any) -> str:
    """A value in French."""
    for kind, say in _WORDS:
        if isinstance(value, kind):
            return say(value)
    return str(value)


def _number(value: Decimal) -> str:
    return french.number(int(value) if value == value.to_integral_value() else value.normalize())


_WORDS: tuple[tuple[Any, Any], ...] = (
    (bool, lambda value: "oui" if value else "non"),
    (Decimal, _number),
    (datetime, lambda value: f"{french.day(value)} à {french.hour(value.time())}"),
    (date, french.day),
    (time, french.hour),
    ((list, tuple), lambda value: ", ".join(map(spelled, value))),
)


def words_of(written: str, view: RuleView) -> str:
    """An operand in a sentence: « Date fin » (27/04/2020), or the fixed value."""
    value = spelled(operand(written, view))
    return f"« {view.label(written)} » ({value})" if is_name(written) else value


def subject(written: str, view: RuleView) -> str:
    """An operand at the head of a sentence: « Date fin », « La date du jour », or the fixed value."""
    if written == "today":
        return "La date du jour"
    return f"« {view.label(written)} »" if is_name(written) else spelled(literal(written))


def nearest(*names: str | None) -> str | None:
    """The name people can act upon here: a field of the sheet or of the row rather than of an ancestor."""
    given = [name for name in names if name and is_name(name)]
    return next((name for name in given if "." not in name), given[0] if given else None)
