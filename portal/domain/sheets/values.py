"""Stored values: what lies inside one, and how a computed one is stored."""

from datetime import date
from typing import Any

from portal.domain.fields import KINDS, PARTS
from portal.domain.fields.address import department_of
from portal.tenancy.schema import FormField

ADDRESS = FormField(id="address", kind="address")


def inside(value: Any, path: str) -> Any:
    """What a dotted path leads to in a value: a row by its id, a cell, a part of an address; None when nothing."""
    for part in path.split("."):
        if isinstance(value, list):
            value = next((row for row in value if isinstance(row, dict) and row.get("_id") == part), None)
        elif isinstance(value, dict):
            value = department_of(value) if part == "departement" else value.get(part)
        else:
            return None
    return value


def canonical(value: Any) -> Any:
    """A computed value in the form a sheet stores: decimals and dates as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    number = format(value.normalize(), "f") if hasattr(value, "normalize") else str(value)
    return int(number) if number.lstrip("-").isdigit() else number


def in_words(value: Any) -> str:
    """A part of a value for people to read: an address on one line, a list with commas, nothing as nothing."""
    if isinstance(value, dict) and value.keys() <= PARTS.keys():
        return KINDS["address"].show(value, ADDRESS)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return "" if value is None else str(value)
