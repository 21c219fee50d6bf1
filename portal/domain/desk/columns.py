"""The columns of a list: what each cell says on a screen, and the value it gives to a spreadsheet."""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from portal.domain.conditions import Type
from portal.domain.desk.cells import FORMATS, Cell, Value, as_is
from portal.domain.fields import KINDS, Context
from portal.domain.fields.rows import Rows
from portal.domain.language import condition
from portal.domain.sheets.effective import changed_fields
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.repeated import repeated_field
from portal.domain.sheets.special import SPECIAL
from portal.domain.sheets.values import canonical
from portal.domain.sheets.view import View
from portal.tenancy.schema import Column, FormField
from portal.tenancy.tenant import Tenant

DOTTED = re.compile(r"[a-z]\w*(\.\w+)*")
COMPUTED = FormField(id="computed", kind="computed")
NUMBERS = ("integer", "decimal", "money")


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
    """What cells say beyond their sheet: by sheet, the errors of the last transmission (absent when never sent); by
    link, the sheets tied to each.
    """

    errors: Mapping[uuid.UUID, int]
    linked: Mapping[str, Mapping[uuid.UUID, list[Node]]] = field(default_factory=dict)


Tell = Callable[[View, Facts], Cell]


def head_of(tenant: Tenant, level: str, column: Column) -> Head:
    """The head of a column, before one knows whether it sorts."""
    return Head(column.id, column.label, column.help, column.deliveries or _is_number(tenant, level, column))


def _is_number(tenant: Tenant, level: str, column: Column) -> bool:
    if column.state or column.since or column.link:
        return False
    said = column.value or column.id
    field = tenant.field(level, said)
    if field is not None and field.value is None:
        return field.kind in NUMBERS
    return condition(tenant, level, said, want=Type.ANY).type is Type.NUMBER


def cell_of(view: View, column: Column, facts: Facts) -> Cell:
    """What a column says of one sheet; `teller` says it of many."""
    return teller(view.tenant, view.node.level, column)(view, facts)


def teller(tenant: Tenant, level: str, column: Column) -> Tell:
    """What says a column of the sheets of a level: how each is read is found once, not once for each."""
    if column.deliveries:
        return _deliveries
    if column.state:
        return partial(_state, column.state)
    shape = FORMATS[column.format]
    if column.since:
        return _shaped(partial(_since, tenant, column.since), shape)
    if column.link:
        return _shaped(partial(_linked, column, column.link), shape)
    tell = _shaped(_said(tenant, level, column), shape)
    if (pattern := column.strong) is None:
        return tell
    return lambda view, facts: replace(tell(view, facts), strong=view.fill(pattern))


def _shaped(tell: Tell, shape: Callable[[Cell], Cell]) -> Tell:
    return tell if shape is as_is else lambda view, facts: shape(tell(view, facts))


def cell_of_row(view: View, rows: FormField, row: Mapping[str, Any], column: Column) -> Cell:
    """What a column says of one row of a field: the row's own cell, or an expression over its cells."""
    said = column.value or column.id
    head, _, rest = said.partition(".")
    cell = next((c for c in rows.fields if c.id == head), None)
    if cell is None:
        cells = {c.id: KINDS[c.kind].python(row.get(c.id), c) for c in rows.fields}
        return _formatted(_told(view.evaluate(said, row=rows, cells=cells)), column)
    stored = row.get(head)
    if rest:
        part = stored.get(rest) if isinstance(stored, dict) else None
        return _formatted(Cell(str(part or ""), part), column)
    return _formatted(_field_cell(stored, cell, view.context.inside(rows.id)), column)


def _deliveries(view: View, facts: Facts) -> Cell:
    errors = facts.errors.get(view.node.id)
    return Cell() if errors is None else Cell(str(errors), errors)


def _state(axis: str, view: View, facts: Facts) -> Cell:
    label = view.state_label(axis)
    known = view.tenant.axis(axis).states.get(view.node.states.get(axis, ""))
    return Cell(label, label or None, known.tone if known and label else None)


def _since(tenant: Tenant, axis: str, view: View, facts: Facts) -> Cell:
    at = view.node.since.get(axis)
    return _day_cell(at.astimezone(ZoneInfo(tenant.who.time_zone)).date()) if at else Cell()


def _linked(column: Column, link: str, view: View, facts: Facts) -> Cell:
    """The titles of the sheets tied to this one, or of those above them at the level that the column names."""
    level, nodes = column.value, facts.linked[link].get(view.node.id, [])
    named = [node.ancestor(level) if level else node for node in nodes]
    return _words(" ; ".join(dict.fromkeys(one.title or one.code for one in named if one is not None)))


def _said(tenant: Tenant, level: str, column: Column) -> Tell:
    """What reads a name or an expression: a field found now, on the sheet or above it, or else what is found there."""
    said = column.value or column.id
    if said == "programme" and column.format == "short":
        said = "programme.short"
    head, _, own = said.partition(".")
    if said in SPECIAL or (own in SPECIAL and head in tenant.ancestors(level)):
        return lambda view, facts: _words(view.show(said))
    if not DOTTED.fullmatch(said):
        return _computed(tenant, level, said)
    place = _place(tenant, level, said)
    if place is None:
        return lambda view, facts: _found(view, said)
    above, field, inside = place
    read = _reader(tenant, above, field, inside)
    if above == level:
        return lambda view, facts: read(view)
    return lambda view, facts: read(view.of(node)) if (node := view.node.ancestor(above)) else _found(view, said)


def _place(tenant: Tenant, level: str, dotted: str) -> tuple[str, FormField, str] | None:
    """The field that a name leads to whatever the sheet: its level, itself, and what is named inside it."""
    head, _, rest = dotted.partition(".")
    if (field := tenant.field(level, head)) is not None:
        return level, field, rest
    return _place(tenant, head, rest) if rest and head in tenant.ancestors(level) else None


def _found(view: View, said: str) -> Cell:
    """A name that leads nowhere certain: a term, a state, or an expression."""
    if (found := view.field_at(said)) is not None:
        holder, field = found
        rest = said.removeprefix(f"{holder.node.level}.") if holder is not view else said
        return _reader(view.tenant, holder.node.level, field, rest.partition(".")[2])(holder)
    if words := view.show(said):
        return _words(words)
    return _told(view.evaluate(said))


def _told(value: Any) -> Cell:
    """What an expression answers: days stay days."""
    shown = KINDS["computed"].show(value, COMPUTED)
    return Cell(shown, value if isinstance(value, date) else _plain(canonical(value)))


def _computed(tenant: Tenant, level: str, said: str) -> Tell:
    compiled = condition(tenant, level, said, want=Type.ANY)
    return lambda view, facts: _told(compiled(view, today=view.today, closures=view.closures))


def _reader(tenant: Tenant, level: str, field: FormField, inside: str) -> Callable[[View], Cell]:
    """What reads a field, or a part of it, on a sheet of its level. Overrides are asked where one may change it."""
    name = f"{field.id}.{inside}"
    last = inside.rpartition(".")[2]
    cell = next((c for c in field.fields if c.id == last), None) if inside else repeated_field(tenant, field) or field
    may_change = field.id in changed_fields(tenant, level)

    def read(view: View) -> Cell:
        asked = view.overridden.fields.get(field.id) if may_change else None
        if asked is not None and asked.hidden:
            return Cell()
        stored = view.stored(name) if inside else view.meant(field)
        if cell is None:
            return _words("" if stored is None else str(stored))
        if stored is None:
            return Cell()
        if inside:
            return _field_cell(stored, cell, view.context.inside(field.id))
        return _field_cell(stored, asked.field if asked is not None else cell, view.context)

    return read


def _field_cell(stored: Any, field: FormField, context: Context) -> Cell:
    kind = KINDS[field.kind]
    bare = field if field.unit is None else field.model_copy(update={"unit": None})
    words = kind.show(stored, bare, context) if stored is not None else ""
    if isinstance(kind, Rows) and field.rows is not None and field.rows.line:
        return Cell(words, words or None, lines=tuple(kind.lines(stored, field, context)))
    if field.kind in NUMBERS or field.kind in ("date", "datetime"):
        return Cell(words, kind.python(stored, field))
    value = kind.text(stored, bare, context) if words else None
    return Cell(words, value, icon=field.icons.get(stored, "") if isinstance(stored, str) else "")


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


def _formatted(cell: Cell, column: Column) -> Cell:
    return FORMATS[column.format](cell)
