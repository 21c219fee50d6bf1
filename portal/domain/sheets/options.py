"""The values offered by fields whose choices come from the offer itself: `among: action.couples_proposes`."""

from typing import TYPE_CHECKING, Any

from portal.domain.fields import KINDS
from portal.tenancy.schema import FormField

if TYPE_CHECKING:
    from portal.domain.sheets.view import View

Offered = list[tuple[str, str]]


def options_of(view: "View") -> dict[str, Offered]:
    """The values offered, by field id, or `rows.cell` inside rows."""
    offered: dict[str, Offered] = {}
    for field in view.tenant.fields(view.node.level).values():
        if field.among:
            offered[field.id] = offered_by(view, field.among)
        for cell in field.fields:
            if cell.among:
                offered[f"{field.id}.{cell.id}"] = offered_by(view, cell.among)
    return offered


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
