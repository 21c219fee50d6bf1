"""The user's own file, returned with what is to be corrected beside each line."""

import csv
import io
import warnings
from collections.abc import Mapping
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from portal.domain.imports.remarks import Remark
from portal.domain.imports.table import Table

HEADING = "À corriger"
LIGHT = 5_000  # lines past which a workbook is rewritten by its values alone: its styles would fill the memory
COLOUR = PatternFill("solid", fgColor="FFE08A")
Remarks = Mapping[int, list[Remark]]


def annotated(content: bytes, table: Table) -> bytes | None:
    """The file with a last column « À corriger »; None when nothing is told of a line, or when it cannot be read."""
    told = table.faults.by_line()
    if not told or not table.headings:
        return None
    if table.form == "csv":
        return _csv(table, told)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _styled(content, table, told) if len(table.lines) <= LIGHT else _bare(table, told)
    except Exception:  # openpyxl may read cells alone and fail on what surrounds them
        return _bare(table, told)


def words_of(remarks: list[Remark]) -> str:
    """What is to be corrected on a line, in one cell."""
    words = " / ".join(f"{r.column} : {r.message}" if r.column else r.message for r in remarks)
    return ILLEGAL_CHARACTERS_RE.sub(" ", words)


def _csv(table: Table, told: Remarks) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=table.separator)
    width = len(table.headings)
    first = [HEADING, *([words_of(told[table.heading_line])] if table.heading_line in told else [])]
    writer.writerow([*table.headings, *first])
    for line in table.lines:
        cells = [*line.cells[:width], *[""] * (width - len(line.cells))]
        writer.writerow([*cells, words_of(told[line.number])] if line.number in told else [*cells, ""])
    return ("\ufeff" + out.getvalue()).encode()


def _styled(content: bytes, table: Table, told: Remarks) -> bytes:
    book = load_workbook(io.BytesIO(content), keep_links=False)
    page: Any = book[table.worksheet]
    last = len(table.headings) + 1
    page.cell(table.heading_line, last, HEADING).font = Font(bold=True)
    for number, remarks in told.items():
        note = page.cell(number, last, words_of(remarks))
        note.fill, note.data_type = COLOUR, "s"  # words that begin like a formula are words
        for remark in remarks:
            if remark.cell and ":" not in remark.cell:
                cell = page[remark.cell]
                cell.fill, cell.comment = COLOUR, Comment(remark.message, "Guichet")
    return _bytes(book)


def _bare(table: Table, told: Remarks) -> bytes:
    book = Workbook(write_only=True)
    page: Any = book.create_sheet(table.worksheet)
    page.append([_as_text(page, text) for text in (*table.headings, HEADING)])
    width = len(table.headings)
    for line in table.lines:
        cells = [*line.cells[:width], *[""] * (width - len(line.cells))]
        page.append([_as_text(page, text) for text in (*cells, words_of(told.get(line.number, [])))])
    return _bytes(book)


def _as_text(page: Any, text: str) -> Any:
    """A cell that holds a text, even one that begins like a formula."""
    cell = WriteOnlyCell(page, ILLEGAL_CHARACTERS_RE.sub(" ", text)[:32_000])
    cell.data_type = "s"
    return cell


def _bytes(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
