"""The values offered by fields whose choices come from the offer itself (`among: action.couples_proposes`) or from the
directory of the organisations.
"""

from typing import TYPE_CHECKING, Any

from portal.domain.fields import KINDS
from portal.domain.organisations.directory import TABLES, Entry, identifiers, pattern_of
from portal.domain.sheets.chosen import picks
from portal.tenancy.schema import FormField

if TYPE_CHECKING:
    from portal.domain.sheets.view import View

Offered = list[tuple[str, str]]


def options_of(view: "View") -> dict[str, Offered]:
    """The values offered, by field id, or `rows.cell` inside rows."""
    offered: dict[str, Offered] = {}
    fields = view.tenant.fields(view.node.level)
    for dotted, pick in picks(fields.values()):
        if found := from_directory(view, pick, view.stored(dotted.partition(".")[0])):
            offered[dotted] = found
    for field in fields.values():
        if field.among:
            offered[field.id] = offered_by(view, field.among)
        for cell in field.fields:
            if cell.among:
                offered[f"{field.id}.{cell.id}"] = offered_by(view, cell.among)
    return offered


def from_directory(view: "View", field: FormField, held: Any) -> Offered:
    """The entries that may be chosen, those who have the field's duty first, or alone; then those chosen that are no
    longer offered: what was chosen keeps its name.
    """
    table, directory = TABLES[field.kind], view.node.directory
    pattern = pattern_of(view.tenant.who.directory, table)
    card = next((node.organisation for node in view.node.up() if node.organisation), None)
    found = {entry.id: entry for entry in _by_duty(field, directory.offered(table, card.id if card else None))}
    for key in identifiers(held):
        if key not in found and (entry := directory.find(table, str(key))) is not None:
            found[key] = entry
    return [(str(entry.id), entry.called(pattern)) for entry in found.values()]


def _by_duty(field: FormField, entries: list[Entry]) -> list[Entry]:
    if field.duty is None:
        return entries
    having = [entry for entry in entries if field.duty in (entry.part("duties") or ())]
    return having if field.duty_only else [*having, *(entry for entry in entries if entry not in having)]


def offered_by(view: "View", dotted: str) -> Offered:
    """The choices another field makes: one per row of a rows field, or one per value of a multiple choice."""
    found = view.field_at(dotted)
    if found is None:
        return []
    holder, source = found
    value = holder.stored(source.id)
    if source.kind == "rows":
        return [(row["_id"], legend(row, source)) for row in value or [] if isinstance(row, dict) and "_id" in row]
    values = value if isinstance(value, list) else [value] if value else []
    return [(str(v), KINDS[source.kind].show([v] if isinstance(value, list) else v, source)) for v in values]


def legend(row: dict[str, Any], source: FormField) -> str:
    """The name of one row: the legend's pattern over its cells, or its first text."""
    cells = {c.id: KINDS[c.kind].show(row.get(c.id), c) for c in source.fields if c.kind in KINDS}
    pattern = source.rows.legend if source.rows else None
    if pattern is None:
        return next((shown for shown in cells.values() if shown), row.get("_id", ""))
    for name, shown in cells.items():
        pattern = pattern.replace("{" + name + "}", shown)
    return pattern
