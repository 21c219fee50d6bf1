"""Reading CSV: which characters, which separator, which lines. Nothing is guessed without being said."""

import csv
import io
import re

from portal.domain.imports.table import WIDEST, Line, Table, tidy

BOMS = ((b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"), (b"\xff\xfe", "utf-16", "UTF-16"), (b"\xfe\xff", "utf-16", "UTF-16"))
SEPARATORS = ";\t,"
_BROKEN_UTF8 = re.compile(rb"\xc3[\x80-\xbf]")  # « Ã© »: a file in UTF-8 with a damaged sign, not one in Windows-1252
_QUOTED = re.compile(r'"[^"]*"')
_SAID = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # Excel's own way of saying the separator

UNREADABLE = "Un caractère de cette ligne ne se lit pas : enregistrez le fichier en « CSV UTF-8 »."
TOO_LONG = "Une cellule de cette ligne est beaucoup trop longue : un guillemet n'est sans doute pas refermé."
TOO_WIDE = f"Cette ligne a plus de {WIDEST} colonnes."
TOO_MANY = "Ce fichier a plus de {most} lignes : partagez-le en plusieurs."


def read_csv(content: bytes, most: int) -> Table:
    """The lines of a CSV file, its first one being the headings. Faults are in the table; raises nothing."""
    table = Table("csv")
    text = _decoded(content, table)
    if text is None:
        return table
    skipped = 0
    if said := _SAID.fullmatch(text.partition("\n")[0]):
        table.separator, skipped = said[1], 1
        text = text.partition("\n")[2]
    else:
        table.separator = _separator(text)
    try:
        _fill(table, csv.reader(io.StringIO(text, newline=""), delimiter=table.separator), most, skipped)
    except (csv.Error, TypeError, ValueError):  # the separator said may be no separator at all
        table.faults.add(TOO_LONG, line=(table.lines[-1].number if table.lines else table.heading_line) + 1)
    return table


def _decoded(content: bytes, table: Table) -> str | None:
    codec, table.encoding = next(((c, name) for bom, c, name in BOMS if content.startswith(bom)), ("utf-8", "UTF-8"))
    try:
        return content.decode(codec)
    except UnicodeDecodeError as error:
        at = error
    if codec == "utf-8" and not _BROKEN_UTF8.search(content):
        try:
            table.encoding = "Windows-1252"
            return content.decode("cp1252")
        except UnicodeDecodeError as error:
            at = error
    newline = b"\n\x00" if content.startswith(b"\xff\xfe") else b"\x00\n" if codec == "utf-16" else b"\n"
    table.faults.add(UNREADABLE, line=content.count(newline, 0, at.start) + 1)
    return None


def _separator(text: str) -> str:
    first = next((line for line in text[:100_000].splitlines() if line.strip()), "")
    outside = _QUOTED.sub("", first)
    return max(SEPARATORS, key=outside.count)  # the first of them when none is there


def _fill(table: Table, rows: "csv._reader", most: int, skipped: int) -> None:  # type: ignore[name-defined]
    before = 0
    for row in rows:
        number, before = before + 1 + skipped, rows.line_num
        cells = [tidy(cell) for cell in row]
        if not any(cells):
            continue
        if len(cells) > WIDEST and any(cells[WIDEST:]):
            table.faults.add(TOO_WIDE, line=number)
            if not table.headings:
                return
        if not table.headings:
            table.headings, table.heading_line = cells[:WIDEST], number
        elif len(table.lines) >= most:
            table.faults.add(TOO_MANY.format(most=most))
            return
        else:
            table.lines.append(Line(number, cells[:WIDEST]))
