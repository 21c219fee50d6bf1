"""An empty file with the headings an import reads, for whoever prepares one."""

import io

from openpyxl import Workbook
from openpyxl.styles import Font

from portal.domain.imports.headings import headings_of
from portal.tenancy.schema import Import


def blank_file(definition: Import, form: str) -> bytes:
    """The file, as bytes: CSV in UTF-8 with semicolons, or XLSX with the worksheet that is read."""
    headings = headings_of(definition)
    if form == "csv":
        return ("\ufeff" + ";".join(map(_quoted, headings)) + "\r\n").encode()
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = definition.worksheet or "Import"
    for place, heading in enumerate(headings, 1):
        page.cell(1, place, heading).font = Font(bold=True)
    page.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ';"\n') else text
