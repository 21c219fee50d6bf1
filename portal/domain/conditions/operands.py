"""Compiled parts of an expression, and how the kinds of two of them are made to meet."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from portal.domain.conditions import values
from portal.domain.conditions.types import ORDERED, TEMPORAL, ConditionError, Type, quoted, suggestion

# At run: (the day and its calendar, values of the sheet, row, row of the row…). A name knows at load which holds it.
Environment = tuple[Any, ...]
Run = Callable[[Environment], Any]
Convert = Callable[[Any], Any]

_SHOWN = 8  # beyond, a list of choices is not help
_WRITTEN = {Type.DATE: "AAAA-MM-JJ", Type.TIME: "HH:MM", Type.DATETIME: "AAAA-MM-JJTHH:MM"}
_CALENDAR = {
    "+": " ; pour ajouter des jours, écrivez add_days(date, jours)",
    "-": " ; pour compter des jours, écrivez days(début, fin)",
}


@dataclass(frozen=True)
class Operand:
    """A part already compiled: its kind, how it is run, where it stands, and what is known of it before any run."""

    type: Type
    run: Run
    at: int
    literal: str | None = None  # the text written, when it is one: it may stand for a date
    items: tuple["Operand", ...] | None = None  # the elements of a list written in the expression
    choices: Collection[str] | None = None  # the texts it may hold, when they are known


def fit(operand: Operand, want: Type, who: str = "") -> Run:
    """How to run the operand as the kind wanted by `who`, a sign or a function.

    Raises ConditionError when it is of another kind.
    """
    run = operand.run
    if want is Type.ANY or operand.type is want:
        return run
    if operand.type is Type.ANY or (operand.type, want) == (Type.DATETIME, Type.DATE):
        return lambda env: values.coerced(run(env), want)
    if operand.literal is not None and want in TEMPORAL:
        constant = _dated(operand, want)[1]
        return lambda env: constant
    hint = _CALENDAR.get(who, "") if operand.type in TEMPORAL else ""
    subject = f"{quoted(who)} attend" if who else "il faut ici"
    raise ConditionError(f"{subject} {want.phrase}, pas {operand.type.phrase}{hint}", operand.at)


def _dated(operand: Operand, want: Type) -> tuple[Type, Any]:
    """The date, time or moment a written text stands for; a day will do where a moment is wanted."""
    written = operand.literal or ""
    if not written:
        return want, None
    for kind in (want, Type.DATE) if want is Type.DATETIME else (want,):
        value = values.parsed(written, kind)
        if value is not None:
            return kind, value
    raise ConditionError(f"{quoted(written)} n’est pas {want.phrase} : écrivez {_WRITTEN[want]}", operand.at)


def _beside(operand: Operand, kind: Type) -> tuple[Type, Convert | None]:
    """The kind the operand takes beside another kind, and how its value is then read."""
    if operand.literal is not None and kind in TEMPORAL:
        found, constant = _dated(operand, kind)
        return found, lambda _: constant
    if (operand.type, kind) == (Type.DATETIME, Type.DATE):
        return kind, lambda value: values.coerced(value, Type.DATE)
    return operand.type, None


def comparison(left: Operand, sign: str, right: Operand) -> Callable[[Any, Any], bool]:
    """How the values of two operands are compared. Raises ConditionError when their kinds cannot be."""
    _check_choice(left, right)
    left_kind, read_left = _beside(left, right.type)
    right_kind, read_right = _beside(right, left_kind)
    if read_left is None:
        left_kind, read_left = _beside(left, right_kind)
    loose = Type.ANY in (left_kind, right_kind)
    if not loose and left_kind is not right_kind:
        raise ConditionError(f"on ne compare pas {left_kind.phrase} avec {right_kind.phrase}", right.at)
    if sign not in ("==", "!="):
        for operand, kind in ((left, left_kind), (right, right_kind)):
            if kind not in ORDERED:
                raise ConditionError(f"« {sign} » ne s’applique pas à {kind.phrase}", operand.at)
    compare = (values.LOOSE if loose or left_kind is Type.LIST else values.STRICT)[sign]
    if read_left is None and read_right is None:
        return compare
    first, second = read_left or _same, read_right or _same
    return lambda a, b: compare(first(a), second(b))


def _same(value: Any) -> Any:
    return value


def _check_choice(left: Operand, right: Operand) -> None:
    """A text compared with a closed choice must be one of its values."""
    for one, other in ((left, right), (right, left)):
        if one.choices is not None and other.literal and other.literal not in one.choices:
            hint = suggestion(other.literal, one.choices) or _possible(one.choices)
            raise ConditionError(f"valeur inconnue {quoted(other.literal)}{hint}", other.at)


def _possible(choices: Collection[str]) -> str:
    return f" ; possibles : {', '.join(sorted(choices))}" if 0 < len(choices) <= _SHOWN else ""


def membership(left: Operand, right: Operand) -> Callable[[Any, Environment], bool]:
    """How to tell that a value is in a list. An empty value is in none."""
    if left.type is Type.LIST:
        raise ConditionError("« in » cherche une valeur dans une liste, pas une liste", left.at)
    if right.type not in (Type.LIST, Type.ANY):
        raise ConditionError(f"« in » attend une liste, pas {right.type.phrase}", right.at)
    if right.items is not None:
        return _among(left, right.items)
    _check_choice(left, right)
    listed, same = fit(right, Type.LIST, "in"), values.same
    return lambda value, env: value is not None and any(same(value, item) for item in listed(env) or ())


def _among(left: Operand, items: tuple[Operand, ...]) -> Callable[[Any, Environment], bool]:
    """The same over the elements of a list written in the expression, each checked against what is looked for."""
    tests = [(comparison(left, "==", item), item.run) for item in items]
    if left.type is Type.TEXT and all(item.literal is not None for item in items):
        words = {item.literal for item in items}
        return lambda value, env: value is not None and value in words
    return lambda value, env: value is not None and any(test(value, run(env)) for test, run in tests)


def meeting(one: Operand, other: Operand) -> tuple[Type, Run, Run]:
    """The one kind of two outcomes, and how each is run. Raises ConditionError when they have none in common."""
    for want in (one.type, other.type):
        if want is Type.ANY:
            return want, one.run, other.run
    if one.type is not other.type and one.literal is not None:
        return other.type, fit(one, other.type, "if"), other.run
    if one.type is not other.type and other.literal is None:
        raise ConditionError(f"« if » donne {one.type.phrase} ou {other.type.phrase} : il en faut un seul", other.at)
    return one.type, one.run, fit(other, one.type, "if")
