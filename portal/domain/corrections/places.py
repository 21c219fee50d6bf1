"""Where a remark bears: a sheet of the unit, a step, a field, a row, a cell; in words, and with what stands there."""

import uuid
from dataclasses import dataclass
from typing import Any

from portal.domain.corrections.errors import CorrectionRefused
from portal.domain.fields import ID, KINDS
from portal.domain.sheets.effective import EffectiveField
from portal.domain.sheets.options import row_name
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField

NOWHERE = "Cet endroit de la fiche n'existe pas, ou plus."
WHOLE = "Toute la fiche"
SIGN = " › "


@dataclass(frozen=True)
class Place:
    """Somewhere in a unit. `words` say it whole: « Prescription › Nom contact »."""

    sheet_id: uuid.UUID
    level: str
    step: str
    path: str
    words: str


def find_place(unit: View, sheet_id: uuid.UUID, path: str = "", step: str = "") -> Place:
    """The place of a unit that a path names; without one, a step or the sheet. Raises CorrectionRefused when there is
    no such place.
    """
    view = _sheet(unit, sheet_id)
    if view is None:
        raise CorrectionRefused(NOWHERE)
    field_id, _, inside = path.partition(".")
    shown = view.form.fields.get(field_id) if path else None
    if path and shown is None:
        raise CorrectionRefused(NOWHERE)
    own = view.form.step(shown.step if shown else step) if shown or step else None
    if step and own is None:
        raise CorrectionRefused(NOWHERE)
    parts = [] if view.node.id == unit.node.id else [view.node.title or view.node.code]
    parts += [own.step.label] if own else []
    parts += _inside(view, shown, inside) if shown else []
    words = SIGN.join(parts) if path or step else SIGN.join([*parts, WHOLE])
    return Place(view.node.id, view.node.level, own.id if own else "", path, words)


def shown_at(unit: View, sheet_id: uuid.UUID, path: str) -> str | None:
    """What stands at a place, in French words; None when the place is a step or a sheet, or is no more."""
    view = _sheet(unit, sheet_id) if path else None
    field_id, _, inside = path.partition(".")
    definition = view.tenant.field(view.node.level, field_id) if view else None
    if view is None or definition is None:
        return None
    if not inside:
        return view.show_field(definition)
    row_id, _, cell_id = inside.partition(".")
    row = _row(view, definition, row_id)
    if row is None:
        return ""
    context = view.context.inside(definition.id)
    cells = [c for c in definition.fields if cell_id in ("", c.id)]
    return ", ".join(words for c in cells if (words := KINDS[c.kind].show(row[0].get(c.id), c, context)))


def _sheet(unit: View, sheet_id: uuid.UUID) -> View | None:
    nodes = [*unit.node.down(), *(node for node in unit.node.up() if node is not unit.node)]
    node = next((one for one in nodes if one.id == sheet_id), None)
    return unit.of(node) if node is not None else None


def _inside(view: View, shown: EffectiveField, inside: str) -> list[str]:
    definition = shown.field
    label = definition.short or definition.words
    if not inside:
        return [label]
    row_id, _, cell_id = inside.partition(".")
    row = _row(view, definition, row_id)
    cell = next((c for c in definition.fields if c.id == cell_id), None)
    if row is None or (cell_id and cell is None):
        raise CorrectionRefused(NOWHERE)
    return [label, row_name(*row, definition), *([cell.words] if cell else [])]


def _row(view: View, definition: FormField, row_id: str) -> tuple[dict[str, Any], int] | None:
    """A row and its place among the others, from 1."""
    held = view.stored(definition.id) if definition.kind == "rows" else None
    rows = [row for row in held or [] if isinstance(row, dict)]
    return next(((row, i) for i, row in enumerate(rows, 1) if row.get(ID) == row_id), None)
