"""Lists as files, CSV and XLSX: the same sheets, columns and order as on the screen."""

import csv
import io
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from flask import Response, abort, g, request, send_file, stream_with_context

from portal.domain.desk.columns import Cell, Value, cell_of, cell_of_row
from portal.domain.desk.lists import every_id, seen
from portal.extensions import db
from portal.tenancy.schema import Column, Export, ListView
from portal.tenancy.scope import tenant_scope
from portal.web.access import member
from portal.web.org.blueprint import blueprint
from portal.web.org.lists import asked, today, wanted_list

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # what makes a spreadsheet take a text for a formula
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 200  # lines written at once
WIDEST = 60  # characters of a column


@blueprint.get("/<level_id>/<list_id>.<any(csv, xlsx):form>")
@member()
def export_list(level_id: str, list_id: str, form: str) -> Response:
    """A list as a file."""
    named, view = wanted_list(level_id, list_id if list_id in g.tenant.desk.lists else None)
    if named != list_id:
        abort(404)
    export = _export(view, request.args.get("export"))
    if form not in export.formats:
        abort(404)
    ids = every_id(db.session(), g.tenant, g.actor, view, asked(), today=today())
    columns = _columns(view, export)
    lines = _lines(view, export, columns, ids)
    name = f"{export.file}-{today():%Y-%m-%d}.{form}"
    return _csv(columns, lines, name) if form == "csv" else _xlsx(columns, lines, name)


def _export(view: ListView, wanted: str | None) -> Export:
    known = {export.id: export for export in view.exports} or {"liste": Export(id="liste", label=view.label)}
    export = known.get(wanted) if wanted else next(iter(known.values()))
    if export is None:
        abort(404)
    return export


def _columns(view: ListView, export: Export) -> list[Column]:
    return [c for c in view.columns if not export.columns or c.id in export.columns] + list(export.extra)


def _lines(view: ListView, export: Export, columns: Sequence[Column], ids: list[uuid.UUID]) -> Iterator[list[Cell]]:
    """One line per sheet, or one per row of the field the export names."""
    own = [c for c in columns if c not in export.extra]
    tenant, day = g.tenant, today()
    for sheet, facts in seen(db.session(), tenant, view.level, own, ids, day):
        cells = [cell_of(sheet, column, facts) for column in own]
        if export.rows is None:
            yield cells
            continue
        rows = tenant.field(view.level, export.rows)
        for row in (sheet.stored(export.rows) if rows is not None else None) or []:
            yield [*cells, *(cell_of_row(sheet, rows, row, column) for column in export.extra)]


def _csv(columns: Sequence[Column], lines: Iterator[list[Cell]], name: str) -> Response:
    """Streamed: UTF-8 with its mark and semicolons, which is what a French spreadsheet expects."""
    slug = g.tenant.slug

    def write() -> Iterator[str]:
        yield "\ufeff" + _csv_lines([[column.label for column in columns]])
        while True:
            with tenant_scope(slug):
                chunk = [line for _, line in zip(range(CHUNK), lines, strict=False)]
            if not chunk:
                return
            yield _csv_lines([[_written(cell.value) for cell in line] for line in chunk])

    response = Response(stream_with_context(write()), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _csv_lines(lines: Sequence[Sequence[str]]) -> str:
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


def _xlsx(columns: Sequence[Column], lines: Iterator[list[Cell]], name: str) -> Response:
    """Written line by line to a temporary file: memory stays flat. Texts stay texts, whatever they begin with."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 — closed with the response
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    for place, column in enumerate(columns):
        sheet.set_column(place, place, min(max(len(column.label), 12), WIDEST))
        sheet.write_string(0, place, column.label, bold)
    sheet.freeze_panes(1, 0)
    last = 0
    for last, line in enumerate(lines, 1):
        for place, cell in enumerate(line):
            _write(sheet, last, place, cell.value)
    sheet.autofilter(0, 0, last, len(columns) - 1)
    book.close()
    file.seek(0)
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)


def _write(sheet: Any, line: int, place: int, value: Value) -> None:
    if value is None or value == "":
        return
    if isinstance(value, int | Decimal):
        sheet.write_number(line, place, float(value))
    elif isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
        sheet.write_datetime(line, place, moment.replace(tzinfo=None))
    else:
        sheet.write_string(line, place, str(value))
