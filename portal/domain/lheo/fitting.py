"""From a neutral value to what a region's field stores: by its kind, its codes, its words."""

from collections.abc import Mapping
from typing import Any

from portal.domain.fields import KINDS, Context, Fault
from portal.domain.fields.choice import offers
from portal.domain.lheo.values import OTHER
from portal.tenancy.schema import FormField

CHOICES = ("choice", "choices")
ENTRIES = ("site", "contact", "person", "organisation")
NO_CHOICE = "« {value} » ne fait pas partie des valeurs proposées."
OLDER = "« {value} » est un code d'une autre version du Formacode : à choisir de nouveau."
NO_ENTRY = "à choisir dans l'annuaire."
NO_ROWS = "ces lignes viennent d'ailleurs dans cette région."


def fit(field: FormField, value: Any, context: Context) -> Any:
    """The stored value of a field. Raises Fault, in the words of people, for what the field does not admit."""
    if field.kind in ENTRIES:
        raise Fault(NO_ENTRY)
    if field.kind == "rows":
        return _rows(field, value, context)
    return KINDS[field.kind].clean(_raw(field, value, context), field, context)


def _raw(field: FormField, value: Any, context: Context) -> Any:
    """The value as it would be typed."""
    if older := [one for one in _listed(value) if isinstance(one, str) and _is_older(one)]:
        raise Fault(OLDER.format(value=older[0]))
    if field.kind in CHOICES:
        found = [_offered(field, one, context) for one in _listed(value)]
        return found if field.kind == "choices" else found[0]
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dict) and field.kind in ("contact", "text"):
        return value.get("name")
    if isinstance(value, list) and field.kind != "formacode":
        return ", ".join(map(str, value))
    return value


def _is_older(code: str) -> bool:
    version, _, digits = code.partition(OTHER)
    return len(digits) == 5 and digits.isdigit() and version.startswith("V")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _offered(field: FormField, value: Any, context: Context) -> str:
    """The code that a value names, by itself or by its words."""
    offered = offers(field, context)
    known = dict(offered or ())
    if value in known or offered is None:
        return str(value)
    words = {label.casefold(): code for code, label in known.items()}
    found = words.get(str(value).strip().casefold())
    if found is None:
        raise Fault(NO_CHOICE.format(value=value))
    return found


def _rows(field: FormField, rows: list[Mapping[str, Any]], context: Context) -> Any:
    """Rows by their cells; what a cell does not admit is left out of its row."""
    if field.rows is not None and (field.rows.keys or field.rows.origin):
        raise Fault(NO_ROWS)
    return KINDS["rows"].clean([_row(field, row, context) for row in rows], field, context)


def _row(field: FormField, row: Mapping[str, Any], context: Context) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for cell in field.fields:
        if cell.term and cell.term in row and cell.kind not in (*ENTRIES, "rows"):
            try:
                made[cell.id] = _raw(cell, row[cell.term], context)
            except Fault:
                continue
    return made
