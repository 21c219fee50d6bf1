"""Workbooks (XLSX) of one sheet, written as they are read: the first bytes leave at once, and nothing is kept.

A workbook is a zip of XML parts. `zipfile` writes one without ever going back, and texts stand in their own cells
(`inlineStr`) rather than in a table that would have to be held until the end.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from xml.sax.saxutils import escape, quoteattr

Value = str | int | Decimal | date | datetime | None
Line = Sequence[Value]

CHUNK = 200  # lines written at once
WIDEST = 60  # characters of a column
LONGEST = 32_767  # characters a cell may hold
MOST = 1_048_576  # lines a sheet may hold
FIRST_DAY = date(1900, 3, 1)  # before it, spreadsheets do not count days alike
ZERO = datetime(1899, 12, 30)
PLAIN, BOLD, DAY, MINUTE = 0, 1, 2, 3  # ranks of the styles below

_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FONT = '<font>{}<sz val="11"/><name val="Calibri"/><family val="2"/></font>'
_AROUND = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>'
    '<numFmt numFmtId="165" formatCode="dd/mm/yyyy hh:mm"/></numFmts>'
    f'<fonts count="2">{_FONT.format("")}{_FONT.format("<b/>")}</fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


class _Outlet(io.RawIOBase):
    """Where the zip is written, and taken from at once; it cannot be gone back in."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        given = bytes(data)  # type: ignore[call-overload]
        self._held += given
        return len(given)

    def taken(self) -> bytes:
        """What has been written since last time."""
        held = bytes(self._held)
        self._held.clear()
        return held


def xlsx_chunks(heads: Sequence[str], lines: Iterator[Line], name: str | None = None) -> Iterator[bytes]:
    """The workbook, some lines at a time, its sheet so named. Texts stay texts, whatever they begin with."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as book:
        for place, part in _AROUND.items():
            book.writestr(place, _XML + part)
        book.writestr("xl/workbook.xml", _workbook(name or "Feuille 1"))
        yield outlet.taken()
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            letters = [_letters(place) for place in range(len(heads))]
            sheet.write((_top(heads) + _row(1, letters, heads, BOLD)).encode())
            last = 1
            numbered = enumerate(islice(lines, MOST - 1), 2)
            while chunk := list(islice(numbered, CHUNK)):
                last = chunk[-1][0]
                sheet.write("".join(_row(number, letters, line) for number, line in chunk).encode())
                yield outlet.taken()
            corner = letters[-1] if letters else "A"
            sheet.write(f'</sheetData><autoFilter ref="A1:{corner}{last}"/></worksheet>'.encode())
    yield outlet.taken()


def _workbook(name: str) -> str:
    sheet = f'<sheet name={quoteattr(name)} sheetId="1" r:id="rId1"/>'
    return f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheet}</sheets></workbook>'


def _top(heads: Sequence[str]) -> str:
    widths = (min(max(len(head), 12), WIDEST) for head in heads)
    columns = "".join(f'<col min="{n}" max="{n}" width="{w}" customWidth="1"/>' for n, w in enumerate(widths, 1))
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    views = f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
    return f'{_XML}<worksheet xmlns="{_MAIN}">{views}<cols>{columns}</cols><sheetData>'


def _letters(place: int) -> str:
    """0 → A, 26 → AA."""
    above, rest = divmod(place, 26)
    return (_letters(above - 1) if above else "") + chr(65 + rest)


def _row(number: int, letters: Sequence[str], line: Line, style: int = PLAIN) -> str:
    cells = "".join(
        [
            _cell(f"{letter}{number}", value, style)
            for letter, value in zip(letters, line, strict=False)
            if value is not None and value != ""
        ]
    )
    return f'<row r="{number}">{cells}</row>'


def _cell(place: str, value: Value, style: int) -> str:
    if isinstance(value, int | Decimal):
        return f'<c r="{place}"><v>{float(value):.16G}</v></c>'
    if isinstance(value, date):
        told = isinstance(value, datetime)
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
        if moment.date() >= FIRST_DAY:
            gone = moment.replace(tzinfo=None) - ZERO
            return f'<c r="{place}" s="{MINUTE if told else DAY}"><v>{gone.days + gone.seconds / 86_400:.16G}</v></c>'
        value = f"{value:%d/%m/%Y}"
    text = escape(_ILLEGAL.sub(_escaped, str(value)[:LONGEST]))
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _escaped(sign: re.Match[str]) -> str:
    return f"_x{ord(sign[0]):04X}_"
