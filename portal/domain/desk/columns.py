"""The columns of a list: what each cell says on a screen, and the value it gives to a spreadsheet."""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from portal.domain.conditions import Type
from portal.domain.fields import KINDS
from portal.domain.language import condition
from portal.domain.sheets.special import SPECIAL
from portal.domain.sheets.values import canonical
from portal.domain.sheets.view import View
from portal.tenancy.schema import Column, FormField
from portal.tenancy.tenant import Tenant

Value = str | int | Decimal | date | datetime | None
DOTTED = re.compile(r"[a-z]\w*(\.\w+)*")
COMPUTED = FormField(id="computed", kind="computed")
NUMBERS = ("integer", "decimal", "money")


@dataclass(frozen=True)
class Cell:
    """One cell: its words, the value behind them, the tone of a state, the words in bold among its own."""

    text: str = ""
    value: Value = None
    tone: str | None = None
    strong: str = ""


@dataclass(frozen=True)
class Head:
    """The head of a column. `sort` is the key that sorts by it, or None where PostgreSQL cannot."""

    id: str
    label: str
    help: str | None
    numeric: bool
    sort: str | None = None


@dataclass(frozen=True)
class Facts:
    """What cells say beyond their sheet: errors of the last transmission, by sheet; absent when never sent."""

    errors: Mapping[uuid.UUID, int]


def head_of(tenant: Tenant, level: str, column: Column) -> Head:
    """The head of a column, before one knows whether it sorts."""
    return Head(column.id, column.label, column.help, column.deliveries or _is_number(tenant, level, column))


def _is_number(tenant: Tenant, level: str, column: Column) -> bool:
    if column.state or column.since:
        return False
    said = column.value or column.id
    field = tenant.field(level, said)
    if field is not None and field.value is None:
        return field.kind in NUMBERS
    return condition(tenant, level, said, want=Type.ANY).type is Type.NUMBER


def cell_of(view: View, column: Column, facts: Facts) -> Cell:
    """What a column says of a sheet."""
    if column.state:
        return _state(view, column.state)
    if column.since:
        return _formatted(_day_cell(_since(view, column.since)), column)
    if column.deliveries:
        errors = facts.errors.get(view.node.id)
        return Cell() if errors is None else Cell(str(errors), errors)
    cell = _formatted(_said(view, column), column)
    return replace(cell, strong=view.fill(column.strong)) if column.strong else cell


def cell_of_row(view: View, rows: FormField, row: Mapping[str, Any], column: Column) -> Cell:
    """What a column says of one row of a field: the row's own cell, or an expression over its cells."""
    said = column.value or column.id
    head, _, rest = said.partition(".")
    cell = next((c for c in rows.fields if c.id == head), None)
    if cell is None:
        cells = {c.id: KINDS[c.kind].python(row.get(c.id), c) for c in rows.fields}
        value = canonical(view.evaluate(said, row=rows, cells=cells))
        return _formatted(Cell(KINDS["computed"].show(value, COMPUTED), _plain(value)), column)
    stored = row.get(head)
    if rest:
        part = stored.get(rest) if isinstance(stored, dict) else None
        return _formatted(Cell(str(part or ""), part), column)
    return _formatted(_field_cell(stored, cell, view.context.inside(rows.id)), column)


def _state(view: View, axis: str) -> Cell:
    label = view.state_label(axis)
    known = view.tenant.axis(axis).states.get(view.node.states.get(axis, ""))
    return Cell(label, label or None, known.tone if known and label else None)


def _since(view: View, axis: str) -> date | None:
    at = view.node.since.get(axis)
    return at.astimezone(ZoneInfo(view.tenant.who.time_zone)).date() if at else None


def _said(view: View, column: Column) -> Cell:
    said = column.value or column.id
    if said == "programme" and column.format == "short":
        said = "programme.short"
    level, _, own = said.partition(".")
    if said in SPECIAL or (own in SPECIAL and level in view.tenant.ancestors(view.node.level)):
        return _words(view.show(said))
    if DOTTED.fullmatch(said) and (found := view.field_at(said)) is not None:
        holder, field = found
        rest = said.removeprefix(f"{holder.node.level}.") if holder is not view else said
        return _field_of(holder, field, rest.partition(".")[2])
    if DOTTED.fullmatch(said) and (words := view.show(said)):
        return _words(words)
    value = view.evaluate(said)
    return Cell(KINDS["computed"].show(value, COMPUTED), _plain(canonical(value)))


def _field_of(view: View, field: FormField, inside: str) -> Cell:
    shown = view.form.fields.get(field.id)
    if shown is not None and shown.hidden:
        return Cell()
    stored = view.stored(f"{field.id}.{inside}" if inside else field.id)
    definition = shown.field if shown is not None else field
    if not inside:
        return _field_cell(stored, definition, view.context)
    cell = next((c for c in field.fields if c.id == inside.rpartition(".")[2]), None)
    if cell is not None:
        return _field_cell(stored, cell, view.context.inside(field.id))
    return _words("" if stored is None else str(stored))


def _field_cell(stored: Any, field: FormField, context: Any) -> Cell:
    kind, bare = KINDS[field.kind], field.model_copy(update={"unit": None})
    words = kind.show(stored, bare, context) if stored is not None else ""
    numeric = field.kind in NUMBERS or field.kind in ("date", "datetime")
    value = kind.python(stored, field) if numeric else kind.text(stored, bare, context) if words else None
    return Cell(words, value)


def _words(text: str) -> Cell:
    return Cell(text, text or None)


def _day_cell(day: date | None) -> Cell:
    return Cell(f"{day:%d/%m/%Y}", day) if day else Cell()


def _plain(value: Any) -> Value:
    """A computed value as a spreadsheet takes it."""
    if isinstance(value, bool):
        return "Oui" if value else "Non"
    if isinstance(value, str) and re.fullmatch(r"-?\d+\.\d+", value):
        return Decimal(value)
    return value if value is None or isinstance(value, int | str) else str(value)


def _short_date(cell: Cell) -> Cell:
    return replace(cell, text=f"{cell.value:%d/%m/%y}") if isinstance(cell.value, date) else cell


def _upper(cell: Cell) -> Cell:
    value = cell.value.upper() if isinstance(cell.value, str) else cell.value
    return Cell(cell.text.upper(), value, cell.tone)


def _as_is(cell: Cell) -> Cell:
    return cell


def _join(cell: Cell) -> Cell:
    """« a ; b », and a dash where there is nothing: how lists of values are exported."""
    text = cell.text.replace(", ", " ; ") or "-"
    return replace(cell, text=text, value=text)


FORMATS: Mapping[str, Callable[[Cell], Cell]] = {
    "auto": _as_is, "short": _as_is, "short_date": _short_date, "upper": _upper, "join": _join,
}  # fmt: skip


def _formatted(cell: Cell, column: Column) -> Cell:
    return FORMATS[column.format](cell)
