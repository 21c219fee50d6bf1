"""Tables as files that a French spreadsheet opens: CSV and XLSX, written line by line so that memory stays flat."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import IO

from portal.web.workbooks import CHUNK, LONGEST, Line, Value, xlsx_chunks

__all__ = ["CHUNK", "CSV", "LONGEST", "XLSX", "Line", "csv_chunks", "write_csv", "write_xlsx", "xlsx_chunks"]

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # what makes a spreadsheet take a text for a formula
NOTHING = "-"  # what a region writes where there is nothing: no formula


def csv_chunks(heads: Sequence[str], lines: Iterator[Line]) -> Iterator[str]:
    """The table, some lines at a time: UTF-8 with its mark and semicolons, as a French spreadsheet expects it."""
    yield "\ufeff" + _csv_lines([heads])
    while chunk := list(islice(lines, CHUNK)):
        yield _csv_lines([[_written(value) for value in line] for line in chunk])


def _csv_lines(lines: Iterable[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerows(lines)
    return buffer.getvalue()


def _written(value: Value) -> str:
    """A value as a French spreadsheet reads it; a text it would take for a formula is preceded by an apostrophe."""
    if isinstance(value, Decimal):
        return format(value, "f").replace(".", ",")
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, str) and value.startswith(DANGEROUS) and value != NOTHING:
        return f"'{value}"
    return "" if value is None else str(value)


def write_csv(file: IO[bytes], heads: Sequence[str], lines: Iterator[Line]) -> None:
    """Write the table into a file."""
    for chunk in csv_chunks(heads, lines):
        file.write(chunk.encode())


def write_xlsx(file: IO[bytes], heads: Sequence[str], lines: Iterator[Line], name: str | None = None) -> None:
    """Write the table into a file, as a workbook, on a sheet of this name. Texts stay texts, whatever they begin
    with.
    """
    for chunk in xlsx_chunks(heads, lines, name):
        file.write(chunk)
