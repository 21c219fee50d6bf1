"""Conditions of a tenant as SQL, so that lists are filtered, sorted and paged by PostgreSQL.

The same language as `portal/domain/conditions`, and the same answers: an empty value is never greater nor smaller, and
makes a calculation empty. What SQL cannot say (a function of rows but `any`, a declared function) raises Unsayable.
"""

import operator
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    cast,
    column,
    exists,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from portal.domain.conditions import Type, parser, syntax
from portal.domain.conditions.types import TEMPORAL
from portal.domain.conditions.values import parsed
from portal.domain.desk.reach import Reach
from portal.domain.desk.said import Said, Unsayable, cell_said, day, name_of
from portal.tenancy.schema import FormField

__all__ = ["Said", "Speech", "Unsayable"]

_ORDERS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_CALCULATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": lambda a, b: a / func.nullif(b, 0),
}  # fmt: skip


class Speech:
    """Says expressions on the sheets of a level, on a given day."""

    def __init__(self, reach: Reach, today: date) -> None:
        self.reach = reach
        self.today = today

    def said(self, expression: str) -> Said:
        """An expression of the level's own names. Raises Unsayable."""
        return self.on(self.reach.level, expression)

    def on(self, level: str, expression: str) -> Said:
        """The same on the level or on an ancestor."""
        return self._node(level, parser.parse(expression))

    def holds(self, expression: str | None) -> ColumnElement[bool] | None:
        """A condition, for WHERE; None when there is none. Raises Unsayable."""
        return self._true(self.said(expression)) if expression is not None else None

    def _node(self, level: str, node: syntax.Node) -> Said:
        return _SAY[type(node)](self, level, node)

    def _true(self, said: Said) -> ColumnElement[bool]:
        if said.type is not Type.BOOL:
            raise Unsayable("oui/non")
        return func.coalesce(said.sql, false())

    def literal(self, level: str, node: syntax.Literal) -> Said:
        """A number, a text, a yes/no written in the expression; an empty text is the empty value."""
        types = {bool: Type.BOOL, Decimal: Type.NUMBER, str: Type.TEXT}
        value = None if node.value == "" else node.value
        return Said(null() if value is None else literal(value), types[type(node.value)], constant=value)

    def name(self, level: str, node: syntax.Name) -> Said:
        """A dotted name."""
        try:
            return name_of(self, level, node.path)
        except LookupError:
            raise Unsayable(node.text) from None

    def prefixed(self, level: str, node: syntax.Prefixed) -> Said:
        """`not`, or a minus sign."""
        operand = self._node(level, node.operand)
        if node.sign == "not":
            return Said(not_(self._true(operand)), Type.BOOL)
        return Said(-operand.sql, Type.NUMBER, constant=-operand.constant if operand.constant is not None else None)

    def logic(self, level: str, node: syntax.Logic) -> Said:
        """`and`, `or`."""
        tests = [self._true(self._node(level, part)) for part in node.operands]
        return Said(and_(*tests) if node.sign == "and" else or_(*tests), Type.BOOL)

    def arithmetic(self, level: str, node: syntax.Arithmetic) -> Said:
        """A calculation."""
        first, *others = [self._node(level, part) for part in node.operands]
        if any(part.type is not Type.NUMBER for part in (first, *others)):
            raise Unsayable("nombre")
        total = first.sql
        for sign, part in zip(node.signs, others, strict=True):
            total = _CALCULATIONS[sign](total, part.sql)
        return Said(total, Type.NUMBER)

    def comparison(self, level: str, node: syntax.Comparison) -> Said:
        """A chain of comparisons, or `in`."""
        if node.signs[0] in ("in", "not in"):
            return self._membership(level, node)
        parts = [self._node(level, part) for part in node.operands]
        pairs = zip(parts, node.signs, parts[1:], strict=False)
        return Said(and_(*(_compared(one, sign, other) for one, sign, other in pairs)), Type.BOOL)

    def _membership(self, level: str, node: syntax.Comparison) -> Said:
        value, among = node.operands
        if not isinstance(among, syntax.Items):
            raise Unsayable("in")
        left = self._node(level, value)
        tests = [_compared(left, "==", self._node(level, item)) for item in among.items]
        found = and_(left.sql.is_not(None), or_(false(), *tests))
        return Said(found if node.signs[0] == "in" else not_(found), Type.BOOL)

    def choice(self, level: str, node: syntax.Choice) -> Said:
        """`then if test else otherwise`."""
        then, otherwise = self._node(level, node.then), self._node(level, node.otherwise)
        if then.type is not otherwise.type:
            raise Unsayable("if")
        return Said(case((self._true(self._node(level, node.test)), then.sql), else_=otherwise.sql), then.type)

    def call(self, level: str, node: syntax.Call) -> Said:
        """The functions SQL can say as well."""
        if node.function == "any" and len(node.arguments) == 2:
            return _any(self, level, *node.arguments)
        if node.function not in _CALLS:
            raise Unsayable(node.function)
        return _CALLS[node.function](self, [self._node(level, part) for part in node.arguments])


class InRow(Speech):
    """Speech inside one row of a field: the row's cells come first, then the names of the sheet."""

    def __init__(self, outer: Speech, rows: FormField, row: ColumnElement[Any]) -> None:
        super().__init__(outer.reach, outer.today)
        self._outer = outer
        self._cells = {cell.id: cell for cell in rows.fields}
        self._row = row

    def name(self, level: str, node: syntax.Name) -> Said:
        """A cell of the row, or what the sheet says."""
        cell = self._cells.get(node.path[0])
        return cell_said(self._row, cell, node.path[1:]) if cell is not None else self._outer.name(level, node)


def _any(speech: Speech, level: str, rows: syntax.Node, test: syntax.Node) -> Said:
    """Whether a row of a field of the sheet answers a condition."""
    path = rows.path if isinstance(rows, syntax.Name) else ()
    field = speech.reach.tenant.field(level, path[0]) if len(path) == 1 else None
    if field is None or field.kind != "rows" or (field.rows and field.rows.origin):
        raise Unsayable("any")
    data = speech.reach.sheet(level).data[field.id]
    listed = case((func.jsonb_typeof(data) == "array", data), else_=cast(literal("[]"), JSONB))
    row = func.jsonb_array_elements(listed).table_valued(column("value", JSONB))
    inside = InRow(speech, field, row.c.value)
    holds = inside._true(inside._node(level, test))
    return Said(exists(select(literal(1)).select_from(row).where(holds)), Type.BOOL)


def _compared(one: Said, sign: str, other: Said) -> ColumnElement[bool]:
    left, right = _alike(one, other)
    if sign == "==":
        return left.is_not_distinct_from(right)
    if sign == "!=":
        return left.is_distinct_from(right)
    return func.coalesce(_ORDERS[sign](left, right), false())


def _alike(one: Said, other: Said) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Both sides in one kind: the typed columns where both have them, so that their indexes serve."""
    types = {one.type, other.type}
    if len(types) > 1 and not (types <= {Type.TEXT, *TEMPORAL} and len(types - {Type.TEXT}) == 1):
        raise Unsayable("comparaison")
    natives = [_native(side) for side in (one, other)]
    if natives[0] is not None and natives[1] is not None and (one.native is not None or other.native is not None):
        return natives[0], natives[1]
    return one.sql, other.sql


def _native(side: Said) -> ColumnElement[Any] | None:
    if side.native is not None:
        return side.native
    written = side.constant
    value = parsed(written, Type.DATE) if isinstance(written, str) else written
    return literal(value) if isinstance(value, date) else None


def _add_days(speech: Speech, given: list[Said]) -> Said:
    start, count = (side.constant for side in given)
    if not isinstance(start, date) or not isinstance(count, Decimal):
        raise Unsayable("add_days")
    return day(start + timedelta(days=int(count)))


def _starts_with(speech: Speech, given: list[Said]) -> Said:
    return Said(func.coalesce(func.starts_with(given[0].sql, given[1].sql), false()), Type.BOOL)


_CALLS: dict[str, Callable[[Speech, list[Said]], Said]] = {
    "filled": lambda speech, given: Said(given[0].sql.is_not(None), Type.BOOL),
    "today": lambda speech, given: day(speech.today),
    "add_days": _add_days,
    "lower": lambda speech, given: Said(func.lower(given[0].sql), Type.TEXT),
    "length": lambda speech, given: Said(func.coalesce(func.length(given[0].sql), 0), Type.NUMBER),
    "starts_with": _starts_with,
}
_SAY: dict[type[syntax.Node], Callable[[Any, str, Any], Said]] = {
    syntax.Literal: Speech.literal,
    syntax.Name: lambda speech, level, node: speech.name(level, node),  # a row says its own
    syntax.Prefixed: Speech.prefixed,
    syntax.Logic: Speech.logic,
    syntax.Arithmetic: Speech.arithmetic,
    syntax.Comparison: Speech.comparison,
    syntax.Choice: Speech.choice,
    syntax.Call: Speech.call,
}
