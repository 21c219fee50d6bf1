"""Stored values: what lies inside one, and how a computed one is stored."""

from datetime import date
from typing import Any

from portal.domain.fields.address import department_of


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
