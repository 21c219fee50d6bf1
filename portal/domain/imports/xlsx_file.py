"""Reading XLSX: values as text, formulas and merged cells refused, a bounded archive."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from openpyxl import DEFUSEDXML, LXML, load_workbook
from openpyxl.workbook import Workbook

from portal.domain.imports.csv_file import TOO_MANY
from portal.domain.imports.table import WIDEST, Line, Table, letters, tidy
from portal.tenancy.faults import nearest

MOST_BYTES = 250_000_000  # once unzipped: some five million cells
MOST_PARTS = 2_000
LOOKED = 100  # lines in which the headings are looked for
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
_BLOCK = 1 << 20

UNREADABLE = "Ce classeur ne se lit pas : ouvrez-le dans votre tableur et enregistrez-le de nouveau en .xlsx."
TOO_LARGE = "Ce classeur est beaucoup trop grand une fois décompressé."
FORMULA = "Cette cellule contient une formule : copiez les valeurs (collage spécial, « Valeurs »)."
ERROR = "Cette cellule contient une erreur du tableur."
MERGED = "Des cellules sont fusionnées ({where}) : annulez la fusion et écrivez la valeur dans chaque cellule."
NO_SHEET = "Ce classeur n'a pas de feuille « {name} »{near}."

if LXML or not DEFUSEDXML:  # openpyxl was imported before portal/__init__.py could choose its reader
    raise ImportError("openpyxl must read workbooks with defusedxml, not lxml")


def read_xlsx(content: bytes, most: int, worksheet: str | None) -> Table:
    """The lines of one sheet of a workbook, its first filled one being the headings. Faults are in the table."""
    table = Table("xlsx")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells what it leaves out: styles, validations
            _read(content, table, most, worksheet)
    except Exception:  # a workbook may be damaged in any way: what is read of it then means nothing
        table.headings, table.lines = [], []
        table.faults.add(UNREADABLE)
    return table


def _read(content: bytes, table: Table, most: int, worksheet: str | None) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
            table.faults.add(TOO_LARGE)
            return
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            page = _page(book, table, worksheet)
            if page is None:
                return
            with archive.open(page._worksheet_path) as stream:
                for where in _merged(stream):
                    table.faults.add(MERGED.format(where=where), line=_row_of(where), cell=where)
            _fill(page, table, most)
        finally:
            book.close()


def _page(book: Workbook, table: Table, worksheet: str | None) -> Any:
    pages = {page.title: page for page in book.worksheets}
    name = worksheet if worksheet is not None else next(iter(pages), "")
    if name not in pages:
        table.faults.add(NO_SHEET.format(name=name, near=nearest(name, pages)))
        return None
    table.worksheet = name
    pages[name].reset_dimensions()  # what a file says of its own size may be wrong
    return pages[name]


def _merged(stream: Any) -> Iterator[str]:
    """The merged ranges, read as the text goes by: they stand after the cells, which are not kept."""
    kept = b""
    while block := stream.read(_BLOCK):
        kept += block
        end = 0
        for found in _MERGED.finditer(kept):
            end = found.end()
            yield found[1].decode()
        kept = kept[max(end, len(kept) - 500) :]


def _row_of(where: str) -> int:
    return int(re.sub(r"[A-Z]+", "", where.partition(":")[0]))


def _fill(page: Any, table: Table, most: int) -> None:
    for number, row in enumerate(page.iter_rows(max_row=LOOKED, max_col=WIDEST), 1):
        texts = [_text(cell.value) for cell in row]
        if any(texts):
            while not texts[-1]:
                texts.pop()
            table.headings, table.heading_line = texts, number
            break
    if not table.headings:
        return
    width = len(table.headings)
    for number, row in enumerate(page.iter_rows(min_row=table.heading_line + 1, max_col=width), table.heading_line + 1):
        cells = [_read_cell(table, number, place, cell) for place, cell in enumerate(row)]
        if not any(cells):
            continue
        if len(table.lines) >= most:
            table.faults.add(TOO_MANY.format(most=most))
            return
        table.lines.append(Line(number, cells))


def _read_cell(table: Table, number: int, place: int, cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str) and cell.data_type != "f" and cell.data_type != "e":
        return tidy(value)
    problem = {"f": FORMULA, "e": ERROR}.get(cell.data_type)
    if problem is not None:
        table.faults.add(problem, number, table.headings[place], f"{letters(place)}{number}", value)
        return ""
    return _text(value)


def _text(value: Any) -> str:
    """A typed value as people would have written it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f").removesuffix(".0").replace(".", ",")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    return tidy(str(value))
