"""What one term is worth on a sheet, in the neutral form of offers: words where LHÉO wants a text, codes for tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.fields import KINDS
from portal.domain.fields.words import blank
from portal.domain.lheo.structure import ELEMENTS
from portal.domain.organisations.directory import TABLES, Entry
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.values import inside
from portal.domain.sheets.view import View
from portal.domain.vocabulary import TERMS
from portal.tenancy.schema import FormField

OFFERED = "block.offered"
PEOPLE = frozenset(("contact", "person"))
PARTS: Mapping[str, tuple[str, ...]] = {
    "contact": ("name", "phone", "mail"),
    "person": ("name", "phone", "mail"),
    "organisation": ("name", "siret", "activity_number"),
}


@dataclass(frozen=True)
class Found:
    """A value, and the sheet that says it."""

    value: Any
    holder: Node


def say(view: View, term: str) -> Found | None:
    """What the field tied to a term says, here or above; None when nothing, or when the sheet does not ask it."""
    at = view.term_at(term)
    if at is None:
        return None
    holder, field = at
    shown = holder.form.visible.get(field.id)
    stored = holder.stored(field.id)
    if blank(stored) or shown is None:
        return None
    value = _value(holder, shown.field, term, stored)
    return None if value in (None, "", [], {}) else Found(value, holder.node)


def _value(view: View, field: FormField, term: str, stored: Any) -> Any:
    if field.kind == "rows":
        return [row for given in stored if isinstance(given, dict) and (row := _row(view, field, given))]
    if field.kind in TABLES or field.among:
        return _chosen(view, field, term, stored)
    return _in_its_place(view, field, term, stored)


def _in_its_place(view: View, field: FormField, term: str, stored: Any) -> Any:
    """Words where LHÉO wants a text, the value as it is stored where it wants a code, a number, a day."""
    path = TERMS[term].lheo
    place = ELEMENTS.get(path.rpartition("/")[2]) if path else None
    if field.kind in ("choice", "choices") and place is not None and place.kind == "text" and not _coded(term):
        return KINDS[field.kind].show(stored, field, view.context)
    if place is not None and place.name == "adresse" and not isinstance(stored, dict):
        return {"insee": stored, "commune": view.show_field(field)} if field.kind == "commune" else None
    return stored


def _coded(term: str) -> bool:
    path = TERMS[term].lheo or ""
    return path.rpartition("/")[2].startswith("code-")


def _row(view: View, field: FormField, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row by the terms of its cells; nothing of a block that is not offered."""
    cells = {cell.term: cell for cell in field.fields if cell.term}
    if OFFERED in cells and row.get(cells[OFFERED].id) is False:
        return {}
    said = {term: _value(view, cell, term, row[cell.id]) for term, cell in cells.items() if not blank(row.get(cell.id))}
    return {term: value for term, value in said.items() if value not in (None, "", [], {}) and term != OFFERED}


def _chosen(view: View, field: FormField, term: str, stored: Any) -> Any:
    """What was chosen, by its parts: an entry of the directory, or a row proposed elsewhere."""
    if field.kind in TABLES and not field.among:
        entry = view.node.directory.find(TABLES[field.kind], stored) if isinstance(stored, str) else None
        return _entry(entry, field.kind, term) if entry is not None else None
    if field.kind not in TABLES:
        return stored
    address = _address_among(view, field, stored)
    return address if _is_address(term) else None


def _entry(entry: Entry, kind: str, term: str) -> Any:
    values = entry.values
    if kind == "site":
        return values.get("address") if _is_address(term) else _site(values)
    if kind in PEOPLE and term.endswith((".name", ".phone", ".mail")):
        return values.get(term.rpartition(".")[2])
    return {part: values[part] for part in PARTS[kind] if values.get(part)}


def _is_address(term: str) -> bool:
    return (TERMS[term].lheo or "").endswith("/adresse")


def _site(values: Mapping[str, Any]) -> dict[str, Any]:
    """A place of teaching: the SIRET of its organisation when it has none of its own."""
    own = {"siret": values.get("siret") or values.get("organisation_siret"), "uai": values.get("uai")}
    return {part: value for part, value in (own | {"name": values.get("organisation")}).items() if value}


def _address_among(view: View, field: FormField, stored: Any) -> dict[str, Any] | None:
    row = inside(view.stored(field.among or ""), str(stored))
    cells = row.values() if isinstance(row, dict) else ()
    return next((cell for cell in cells if isinstance(cell, dict)), None)
