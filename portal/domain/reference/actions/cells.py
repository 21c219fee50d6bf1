"""Reading one cell of a reference file. A fault is a ValueError whose French message the operator reads as it is."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

Row = Mapping[str, str]
Values = dict[str, Any]


def text(row: Row, column: str) -> str:
    """What a cell says; raises ValueError when it says nothing."""
    value = row[column].strip()
    if not value:
        raise ValueError(f"{column} est vide")
    return value


def code(row: Row, column: str, form: re.Pattern[str]) -> str:
    """A code of that form; raises ValueError on any other."""
    value = row[column].strip()
    if not form.fullmatch(value):
        raise ValueError(f"{column} : code incorrect « {value} »")
    return value


def one_of(row: Row, column: str, allowed: Iterable[str]) -> str:
    """One of the values allowed; raises ValueError on any other."""
    value = row[column].strip()
    if value not in allowed:
        raise ValueError(f"{column} : « {value} » n'est pas l'une des valeurs attendues ({', '.join(allowed)})")
    return value


def number(row: Row, column: str, lowest: float, highest: float) -> float | None:
    """A number between two bounds, None for an empty cell; raises ValueError on anything else."""
    value = row[column].strip()
    if not value:
        return None
    try:
        found = float(value)
    except ValueError:
        raise ValueError(f"{column} : « {value} » n'est pas un nombre") from None
    if not lowest <= found <= highest:
        raise ValueError(f"{column} : {value} est hors limites")
    return found


def day(row: Row, column: str) -> date:
    """A day written 2026-01-31; raises ValueError on anything else."""
    try:
        return date.fromisoformat(row[column].strip())
    except ValueError:
        raise ValueError(f"{column} : date attendue sous la forme 2026-01-31, lu « {row[column]} »") from None


def optional(row: Row, column: str) -> str | None:
    """What a cell says, None when it says nothing."""
    return row[column].strip() or None


def code_or_none(row: Row, column: str, form: re.Pattern[str]) -> str | None:
    """A code of that form, None for an empty cell; raises ValueError on any other."""
    return code(row, column, form) if row[column].strip() else None
