"""The values that a sheet is to hold beyond what people type in it: forced by an override as soon as its condition
holds, or first values where nobody has typed.
"""

from collections.abc import Collection, Iterator
from typing import Any

from portal.domain.fields import KINDS, Context, Fault
from portal.domain.fields.words import blank
from portal.domain.sheets.certified import filled
from portal.domain.sheets.effective import EffectiveField
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField

MOST_ROUNDS = 4  # a value may make another condition hold; a region that goes round in circles is left there


def cleaned(view: View, field: FormField, raw: Any) -> Any:
    """A value that the region's files write, as the sheet stores it; None when it no longer suits what is offered."""
    try:
        return KINDS[field.kind].clean(raw, field, view.context)
    except Fault:
        return None


def first_cells(view: View, rows: FormField) -> dict[str, Any]:
    """What a new row of a field starts with, by cell, as it is stored."""
    inside = view.context.inside(rows.id)
    given = {cell.id: _initial(cell, inside) for cell in rows.fields if cell.default is not None}
    return {name: value for name, value in given.items() if value is not None}


def _initial(field: FormField, context: Context) -> Any:
    try:
        return KINDS[field.kind].initial(field, context)
    except Fault:  # a default that does not suit what is offered here
        return None


def afresh(view: View) -> None:
    """Forget what a view worked out from values that have changed since."""
    view.forget()


def settle_values(view: View, sheet: Sheet, typed: Collection[str] = ()) -> dict[str, Any]:
    """Write the values due in a sheet and in its view; what each field held before, by id. `typed`: by people, now."""
    before: dict[str, Any] = {}
    view.node.data, view.node.raw = dict(sheet.data), dict(sheet.raw)
    known = {*sheet.field_versions, *typed}
    for _ in range(MOST_ROUNDS):
        afresh(view)
        due = dict(values_due(view, known))
        if not due:
            break
        for name, value in due.items():
            before.setdefault(name, sheet.data.get(name))
            _put(view, name, value)
    if before:
        sheet.data, sheet.raw = dict(view.node.data), dict(view.node.raw)
    return before


def lay_forced(view: View) -> None:
    """See in a view, and write nowhere, what is forced there."""
    for _ in range(MOST_ROUNDS):
        afresh(view)
        due = {n: v for n, shown in view.form.fields.items() for v in _forced(view, n, shown)}
        if not due:
            break
        for name, value in due.items():
            _put(view, name, value)


def _put(view: View, name: str, value: Any) -> None:
    view.node.raw.pop(name, None)
    view.node.data.pop(name, None)
    if value is not None:
        view.node.data[name] = value


def values_due(view: View, known: Collection[str]) -> Iterator[tuple[str, Any]]:
    """The values that the sheet does not hold and should. `known`: the fields where somebody has typed once."""
    visible = view.form.visible
    for name, shown in view.form.fields.items():
        yield from ((name, value) for value in _forced(view, name, shown))
        free = name in visible and name not in known and name not in view.node.raw
        if free and shown.forced is None and blank(view.node.data.get(name)):
            value = first_value(view, shown)
            if not blank(value):
                yield name, value


def first_value(view: View, shown: EffectiveField) -> Any:
    """What comes from elsewhere into a field that people may change; else what an override offers there."""
    fill = shown.field.fill
    if fill is not None and not fill.locked and view.holds(fill.when):
        return filled(view, fill)
    base = view.tenant.field(view.node.level, shown.id)
    offered = shown.field.default if base is not None and base.default != shown.field.default else None
    return cleaned(view, shown.field, offered) if offered is not None else None


def _forced(view: View, name: str, shown: EffectiveField) -> Iterator[Any]:
    """The value forced in a field, or in cells of its rows, where it holds another one."""
    kind, field, held = KINDS[shown.field.kind], shown.field, view.node.data.get(name)
    if shown.forced is not None:
        value = cleaned(view, field, shown.forced)
        if value is not None and (name in view.node.raw or not kind.same(value, held, field)):
            yield value
        return
    cells = {n: _cell(view, name, cell) for n, cell in shown.cells.items() if cell.forced is not None}
    rows = view.stored(name) if cells else None
    if isinstance(rows, list) and rows:
        value = [{**row, **{n: v for n, v in cells.items() if v is not None}} for row in rows]
        if value != held:
            yield value


def _cell(view: View, rows: str, cell: EffectiveField) -> Any:
    try:
        return KINDS[cell.field.kind].clean(cell.forced, cell.field, view.context.inside(rows))
    except Fault:
        return None
