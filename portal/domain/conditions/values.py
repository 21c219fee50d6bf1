"""Values at run: cleaned by kind, compared without ever raising. None is the empty value.

A value that is not of the kind declared counts as empty, so that old or odd data closes a condition instead of breaking
a page. Moments are read on the wall clock: a zone, if any, is dropped, and choosing it is the caller's business.
"""

import datetime as dt
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from portal.domain.conditions.types import Type

# Without traps an overflow gives an infinity, which `finite` turns into the empty value.
ARITHMETIC = Context(prec=28, rounding=ROUND_HALF_UP, Emin=-60, Emax=60, traps=[])
_MAX_BITS = 200
_LISTS = (list, tuple, set, frozenset)
_KINDS = (bool, Decimal, str, dt.datetime, dt.date, dt.time)  # datetime before date, which it extends
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")


def finite(value: Decimal) -> Decimal | None:
    """The number, or the empty value for an infinity or a NaN."""
    return value if value.is_finite() else None


def number(value: Any) -> Decimal | None:
    """A Decimal of bounded size, or empty; a yes/no is not a number."""
    if isinstance(value, Decimal):
        return finite(ARITHMETIC.plus(value))
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Decimal(int(value)) if value.bit_length() < _MAX_BITS else None
    return number(Decimal(float.__repr__(value))) if isinstance(value, float) else None


def text(value: Any) -> str | None:
    """A text that holds something, or empty."""
    return value if isinstance(value, str) and value else None


def day(value: Any) -> dt.date | None:
    """A date that is not a moment, or empty."""
    return value if isinstance(value, dt.date) and not isinstance(value, dt.datetime) else None


def clock(value: Any) -> dt.time | None:
    """A time of day, without its zone, or empty."""
    return value.replace(tzinfo=None) if isinstance(value, dt.time) else None


def moment(value: Any) -> dt.datetime | None:
    """A date and time, without its zone, or empty."""
    return value.replace(tzinfo=None) if isinstance(value, dt.datetime) else None


def truth(value: Any) -> bool | None:
    """A yes/no, or empty."""
    return value if isinstance(value, bool) else None


def items(value: Any) -> list[Any] | None:
    """The elements of a list that are not empty, or empty when none is left. One level only: data may nest for ever."""
    if not isinstance(value, _LISTS):
        return None
    return [item for item in map(_one, value) if item is not None] or None


def anything(value: Any) -> Any:
    """A value of a kind not known at load, cleaned for the kind it has."""
    return items(value) if isinstance(value, _LISTS) else _one(value)


def _one(value: Any) -> Any:
    for types, clean in _CLEAN_BY_CLASS:
        if isinstance(value, types):
            return clean(value)
    if isinstance(value, Mapping | Sequence) and not len(value):
        return None
    return value  # opaque: it may be filled or counted, never compared


CLEAN: dict[Type, Callable[[Any], Any]] = {
    Type.NUMBER: number,
    Type.TEXT: text,
    Type.DATE: day,
    Type.TIME: clock,
    Type.DATETIME: moment,
    Type.BOOL: truth,
    Type.LIST: items,
    Type.ANY: anything,
}
_CLEAN_BY_CLASS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (str, text),
    (bool, truth),
    ((int, float, Decimal), number),
    (dt.datetime, moment),
    (dt.date, day),
    (dt.time, clock),
)


def rows(value: Any) -> Iterator[Mapping[str, Any]]:
    """The rows of a sequence, or of a mapping of key → row; whatever is not a row is passed over."""
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, Sequence):
        return
    for row in value:
        if isinstance(row, Mapping):
            yield row


def parsed(written: str, kind: Type) -> Any:
    """The date, time or moment written in ISO form, or None when it is not one."""
    if kind is Type.DATETIME:
        on, _, at = written.replace(" ", "T", 1).partition("T")
        date, time = parsed(on, Type.DATE), parsed(at, Type.TIME)
        return None if date is None or time is None else dt.datetime.combine(date, time)
    pattern, read = (_DATE, dt.date.fromisoformat) if kind is Type.DATE else (_TIME, dt.time.fromisoformat)
    try:
        return read(written) if pattern.fullmatch(written) else None
    except ValueError:
        return None


def coerced(value: Any, kind: Type) -> Any:
    """A value of a kind not known at load, as the kind wanted: a moment gives its day, an ISO text its date."""
    if kind in _PYTHON and isinstance(value, str):
        return parsed(value, kind)
    if kind is Type.DATE and isinstance(value, dt.datetime):
        return value.date()
    return CLEAN[kind](value)


_PYTHON = {Type.DATE: dt.date, Type.TIME: dt.time, Type.DATETIME: dt.datetime}
_TYPES: dict[type, Type] = {python: kind for kind, python in _PYTHON.items()}


def _kind(value: Any) -> type | None:
    return next((kind for kind in _KINDS if isinstance(value, kind)), None)


def _reconciled(left: Any, right: Any) -> tuple[Any, Any] | None:
    """Both values as one kind, or None when they cannot be compared."""
    one, two = _kind(left), _kind(right)
    if one is None or two is None:
        return None
    if one is two:
        return left, right
    if one is str and two in _TYPES:
        read = parsed(left, _TYPES[two])
        read = parsed(left, Type.DATE) if read is None and two is dt.datetime else read
        return None if read is None else _reconciled(read, right)
    if two is str and one in _TYPES:
        swapped = _reconciled(right, left)
        return swapped and (swapped[1], swapped[0])
    if {one, two} == {dt.date, dt.datetime}:
        return coerced(left, Type.DATE), coerced(right, Type.DATE)
    return None


def same(left: Any, right: Any) -> bool:
    """Equality of two values of any kinds. Two empty values are equal; values of two kinds never are."""
    if left is None or right is None:
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same_element, left, right))
    return _same_element(left, right)


def _same_element(left: Any, right: Any) -> bool:
    pair = _reconciled(left, right)
    return pair is not None and bool(pair[0] == pair[1])


def _different(left: Any, right: Any) -> bool:
    return not same(left, right)


def _strict(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], bool]:
    """An order between values of one kind: an empty one is never greater or smaller."""
    return lambda left, right: left is not None and right is not None and compare(left, right)


def _loose(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], bool]:
    """An order between values of kinds not known at load."""

    def ordered(left: Any, right: Any) -> bool:
        pair = _reconciled(left, right)
        return pair is not None and not isinstance(pair[0], bool) and compare(*pair)

    return ordered


_ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
STRICT: dict[str, Callable[[Any, Any], bool]] = {"==": operator.eq, "!=": operator.ne}
STRICT |= {sign: _strict(compare) for sign, compare in _ORDERS.items()}
LOOSE: dict[str, Callable[[Any, Any], bool]] = {"==": same, "!=": _different}
LOOSE |= {sign: _loose(compare) for sign, compare in _ORDERS.items()}
