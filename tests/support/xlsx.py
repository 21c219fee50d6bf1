"""A workbook as texts: what a person reads in the first sheet of the file they downloaded."""

import io
from datetime import date
from typing import Any

from openpyxl import load_workbook


def rows_of(data: bytes) -> list[list[str]]:
    """The rows of the first sheet, days as they are shown, nothing as an empty text: as wide as the widest, since a
    file does not write the empty cells that end a row.
    """
    book = load_workbook(io.BytesIO(data), read_only=True)
    rows = [[_told(value) for value in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def _told(value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return "" if value is None else str(value)
