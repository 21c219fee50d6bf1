"""Tables as files that a French spreadsheet opens: CSV and XLSX, written line by line so that memory stays flat."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import IO, Any

import xlsxwriter

Value = str | int | Decimal | date | datetime | None
Line = Sequence[Value]

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # what makes a spreadsheet take a text for a formula
CHUNK = 200  # lines written at once
WIDEST = 60  # characters of a column
LONGEST = 32_767  # characters a cell of XLSX may hold


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
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return f"'{value}"
    return "" if value is None else str(value)


def write_csv(file: IO[bytes], heads: Sequence[str], lines: Iterator[Line]) -> None:
    """Write the table into a file."""
    for chunk in csv_chunks(heads, lines):
        file.write(chunk.encode())


def write_xlsx(file: IO[bytes], heads: Sequence[str], lines: Iterator[Line]) -> None:
    """Write the table into a file. Texts stay texts, whatever they begin with."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    for place, head in enumerate(heads):
        sheet.set_column(place, place, min(max(len(head), 12), WIDEST))
        sheet.write_string(0, place, head, bold)
    sheet.freeze_panes(1, 0)
    last = 0
    for last, line in enumerate(lines, 1):
        for place, value in enumerate(line):
            _write(sheet, last, place, value)
    sheet.autofilter(0, 0, last, len(heads) - 1)
    book.close()


def _write(sheet: Any, line: int, place: int, value: Value) -> None:
    if value is None or value == "":
        return
    if isinstance(value, int | Decimal):
        sheet.write_number(line, place, float(value))
    elif isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
        sheet.write_datetime(line, place, moment.replace(tzinfo=None))
    else:
        sheet.write_string(line, place, str(value)[:LONGEST])
