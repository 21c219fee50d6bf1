"""The values offered by fields whose choices come from the offer itself (`among: action.couples_proposes`) or from the
directory of the organisations.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from portal.domain.fields import ID, KINDS
from portal.domain.fields.rows import row_name as named_by_place
from portal.domain.organisations.directory import TABLES, Entry, identifiers, pattern_of
from portal.domain.sheets.chosen import picks
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant

if TYPE_CHECKING:
    from portal.domain.sheets.view import View

Offered = list[tuple[str, str]]


class Options(Mapping[str, Offered]):
    """The values offered, by field id, or `rows.cell` inside rows: each worked out when somebody asks for it."""

    def __init__(self, view: "View") -> None:
        self._view = view
        self._known = _sources(view.tenant, view.node.level)
        self._found: dict[str, Offered | None] = {}

    def __getitem__(self, name: str) -> Offered:
        if name not in self._known:
            raise KeyError(name)
        if name not in self._found:
            self._found[name] = _offered(self._view, name, self._known[name])
        found = self._found[name]
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._known and self.get(str(name)) is not None

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._known if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def inside(self, rows: str) -> Mapping[str, Offered]:
        """The same in a row of a field, where `rows.cell` is called `cell`."""
        own = {name.partition(".")[2]: name for name in self._known if name.startswith(f"{rows}.")}
        return _Inside(self, own) if own else self


class _Inside(Mapping[str, Offered]):
    def __init__(self, options: Options, own: Mapping[str, str]) -> None:
        self._options, self._own = options, own

    def __getitem__(self, name: str) -> Offered:
        cell = self._options.get(self._own.get(name, ""))
        return cell if cell is not None else self._options[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in dict.fromkeys((*self._own, *self._options)) if self.get(name) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _sources(tenant: Tenant, level: str) -> dict[str, FormField]:
    """The fields and cells of a level whose values come from the offer or from the directory, by dotted name."""
    key = ("options", level)
    if key not in tenant.compiled:
        fields = tenant.fields(level).values()
        found = dict(picks(fields))
        found |= {field.id: field for field in fields if field.among}
        found |= {f"{field.id}.{cell.id}": cell for field in fields for cell in field.fields if cell.among}
        tenant.compiled[key] = found
    known: dict[str, FormField] = tenant.compiled[key]
    return known


def _offered(view: "View", name: str, field: FormField) -> Offered | None:
    """What one of them offers; None where the directory has nothing, and people cannot choose."""
    if field.among:
        return offered_by(view, field.among)
    return from_directory(view, field, view.stored(name.partition(".")[0])) or None


def from_directory(view: "View", field: FormField, held: Any) -> Offered:
    """The entries that may be chosen, those who have the field's duty first, or alone; then those chosen that are no
    longer offered: what was chosen keeps its name.
    """
    table, directory = TABLES[field.kind], view.node.directory
    card = next((node.organisation for node in view.node.up() if node.organisation), None)
    owner = card.id if card else None
    key = ("offered", id(directory), table, owner, field.duty, field.duty_only)
    if key not in view.shared:
        entries = _by_duty(field, directory.offered(table, owner))
        view.shared[key] = {
            str(entry.id): entry.called(pattern_of(view.tenant.who.directory, table)) for entry in entries
        }
    found: dict[str, str] = view.shared[key]
    besides = {}
    for one in identifiers(held):
        if str(one) not in found and (entry := directory.find(table, str(one))) is not None:
            besides[str(entry.id)] = entry.called(pattern_of(view.tenant.who.directory, table))
    return [*found.items(), *besides.items()]


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


def row_name(row: Mapping[str, Any], place: int, rows: FormField) -> str:
    """What a row is called: the label of its key, the region's own pattern, or its place among the others, from 1."""
    shape = rows.rows
    keyed = (shape.keys or {}).get(str(row.get(ID))) if shape else None
    if keyed:
        return keyed
    return named_by_place(shape.legend if shape and shape.legend else "Ligne", place) or legend(dict(row), rows)
