"""What other fields take from the certification a sheet names: its title, its level, its blocks of skills.

`fill: {from: certification.intitule, locked: true}` and `rows: {from: certification.blocs}` read the reference table on
a live sheet. A revision holds a copy of the facts as they were when it was made, so that a table that changes
afterwards does not rewrite what was sent, decided and published.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from portal.domain.fields import ID
from portal.domain.fields.words import blank
from portal.tenancy.schema import Fill, FormField
from portal.tenancy.tenant import Tenant

if TYPE_CHECKING:
    from portal.domain.sheets.nodes import Node
    from portal.domain.sheets.view import View

KIND = "certification"
OF = "of"  # beside frozen facts, the code they were read for
FACTS: Mapping[str, str] = {
    "intitule": "title",
    "niveau": "level",
    "niveau_libelle": "level_label",
    "type": "type",
    "code_rncp": "rncp",
    "certificateur": "certifier",
    "annee_derniere_session": "last_session_year",
    "fin_validite": "valid_until",
    "blocs": "blocks",
}
"""What may be taken from a certification: the name in French and its English twin, as in `Lookups.certification`."""

BLOCK: Mapping[str, str] = {"code": "code", "intitule": "title"}
"""The cells that a block of skills fills, the same way."""

NAMES = frozenset(FACTS) | frozenset(FACTS.values())


def certification_fact(view: "View", field: FormField, code: Any, name: str) -> Any:
    """One fact of the certification a field names; None when the table, or the frozen copy, does not say it."""
    facts = _facts(view, field.id, code)
    value = facts.get(FACTS.get(name, name)) if name in NAMES else None
    return [_twins(block, BLOCK) for block in value] if isinstance(value, list) else value


def filled(view: "View", fill: Fill) -> Any:
    """What a fill takes: its source, or the other one where the first is empty."""
    value = view.stored(fill.origin)
    return view.stored(fill.otherwise) if blank(value) and fill.otherwise else value


def fetches(view: "View", fill: Fill) -> bool:
    """Whether a value comes from elsewhere here; what the table does not say of a certification, people type."""
    if not view.holds(fill.when):
        return False
    source = source_of(view.tenant, view.node.level, fill.origin)
    return source is None or source.kind != KIND or view.stored(fill.origin) is not None


def _facts(view: "View", field_id: str, code: Any) -> Mapping[str, Any]:
    if not isinstance(code, str):
        return {}
    frozen = (view.node.facts or {}).get(field_id, {})
    return frozen if frozen.get(OF) == code else view.lookups.certification(code) or {}


def _twins(block: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {**block, **{french: block.get(english) for french, english in names.items()}}


def followers(tenant: Tenant, level: str, name: str) -> set[str]:
    """The fields of a level that take what they say from a field of it: what was typed in them goes with its value."""
    if (source := tenant.field(level, name)) is None or source.kind != KIND:
        return set()
    fields = tenant.fields(level).values()
    origins = {f.id: o for f in fields if (o := _origin(f))}
    return {one for one, origin in origins.items() if origin.partition(".")[0] == name}


def _origin(field: FormField) -> str | None:
    return field.rows.origin if field.rows else field.fill.origin if field.fill and field.fill.locked else None


def taken_cells(tenant: Tenant, level: str, field: FormField) -> frozenset[str]:
    """The cells of a rows field that its source fills, by id; none when people add the rows."""
    origin = field.rows.origin if field.rows else None
    found = source_of(tenant, level, origin) if origin else None
    if found is None:
        return frozenset()
    names = {*BLOCK, *BLOCK.values()} if found.kind == KIND else {cell.id for cell in found.fields}
    return frozenset(cell.id for cell in field.fields) & names


def source_of(tenant: Tenant, level: str, dotted: str) -> FormField | None:
    """The field a source names, on the level or an ancestor: a certification by one of its facts, or rows."""
    key = ("source", level, dotted)
    if key not in tenant.compiled:
        tenant.compiled[key] = _source_of(tenant, level, dotted)
    found: FormField | None = tenant.compiled[key]
    return found


def _source_of(tenant: Tenant, level: str, dotted: str) -> FormField | None:
    head, _, rest = dotted.partition(".")
    if (field := tenant.field(level, head)) is not None:
        return field if (rest in NAMES if field.kind == KIND else not rest) else None
    return _source_of(tenant, head, rest) if rest and head in tenant.ancestors(level) else None


def given_cells(view: "View", field: FormField) -> frozenset[str] | None:
    """The cells that the source fills here; None where it gives no row and people add them."""
    return taken_cells(view.tenant, view.node.level, field) if taken_rows(view, field) is not None else None


def taken_rows(view: "View", field: FormField) -> list[dict[str, Any]] | None:
    """The rows a source gives, each with what was typed beside it; None when it gives none and people add them.

    A row never saved has the first values its cells declare.
    """
    origin = field.rows.origin if field.rows else None
    given = view.stored(origin) if origin else None
    if not isinstance(given, list) or not given:
        return None
    cells = taken_cells(view.tenant, view.node.level, field)
    held = {row.get(ID): row for row in view.node.data.get(field.id) or [] if isinstance(row, dict)}
    first = {cell.id: cell.default for cell in field.fields if cell.default and cell.id not in cells}
    return [_row(row, cells, held.get(row[ID]), first, field) for row in given if isinstance(row, dict) and ID in row]


def _row(
    given: Mapping[str, Any], cells: frozenset[str], held: Mapping[str, Any] | None, first: Mapping[str, Any],
    field: FormField,
) -> dict[str, Any]:  # fmt: skip
    taken = {name: given[name] for name in cells if given.get(name) is not None}
    if held is None:
        kinds = {cell.id: cell.kind for cell in field.fields}
        held = {name: value == "oui" if kinds[name] == "boolean" else value for name, value in first.items()}
    return {ID: given[ID], **{name: value for name, value in held.items() if name not in (ID, *cells)}, **taken}


def facts_to_freeze(view: "View", node: "Node") -> dict[str, Any]:
    """The facts of every certification a node names, by field, each with the code it was read for."""
    own = view.of(node)
    fields = view.tenant.fields(node.level).values()
    codes = {field.id: own.stored(field.id) for field in fields if field.kind == KIND}
    return {name: {**_facts(own, name, code), OF: code} for name, code in codes.items() if isinstance(code, str)}
