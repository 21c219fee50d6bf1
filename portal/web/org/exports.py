"""Lists as files, CSV and XLSX: the same sheets, columns and order as on the screen."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response, abort, g, request, stream_with_context

from portal.domain.desk.below import Descent, lines_below
from portal.domain.desk.cells import Cell
from portal.domain.desk.columns import cell_of_row, teller
from portal.domain.desk.lists import every_id, seen
from portal.extensions import db
from portal.tenancy.schema import Column, Export, ListView
from portal.tenancy.scope import tenant_scope
from portal.web.access import member
from portal.web.org.blueprint import blueprint
from portal.web.org.lists import asked, today, wanted_list
from portal.web.spreadsheets import CSV, XLSX, csv_chunks, xlsx_chunks


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
    heads = [column.label for column in columns]
    lines = ([cell.value for cell in line] for line in _lines(view, export, columns, ids))
    name = f"{export.file}-{today():%Y-%m-%d}.{form}"
    if form == "csv":
        return _streamed(csv_chunks(heads, lines), CSV, name)
    return _streamed(xlsx_chunks(heads, lines), XLSX, name)


def _export(view: ListView, wanted: str | None) -> Export:
    known = {export.id: export for export in view.exports} or {"liste": Export(id="liste", label=view.label)}
    export = known.get(wanted) if wanted else next(iter(known.values()))
    if export is None:
        abort(404)
    return export


def _columns(view: ListView, export: Export) -> list[Column]:
    return [c for c in view.columns if not export.columns or c.id in export.columns] + list(export.extra)


def _lines(view: ListView, export: Export, columns: Sequence[Column], ids: list[uuid.UUID]) -> Iterator[list[Cell]]:
    """One line per sheet, one per row of the field the export names, or one per sheet of a level below."""
    own = [c for c in columns if c not in export.extra]
    tenant, day = g.tenant, today()
    if export.below is not None:
        yield from lines_below(
            db.session(), tenant, g.actor, Descent(view.level, export.below), own, export.extra, ids, day
        )
        return
    tells = [teller(tenant, view.level, column) for column in own]
    for sheet, facts in seen(db.session(), tenant, view.level, own, ids, day):
        cells = [tell(sheet, facts) for tell in tells]
        if export.rows is None:
            yield cells
            continue
        rows = tenant.field(view.level, export.rows)
        for row in (sheet.stored(export.rows) if rows is not None else None) or []:
            yield [*cells, *(cell_of_row(sheet, rows, row, column) for column in export.extra)]


def _streamed(chunks: Iterator[Any], kind: str, name: str) -> Response:
    """Sent as it is read, each chunk in the scope of its region."""
    slug = g.tenant.slug

    def write() -> Iterator[Any]:  # texts, or bytes
        while True:
            with tenant_scope(slug):
                chunk = next(chunks, None)
            if chunk is None:
                return
            if chunk:
                yield chunk

    response = Response(stream_with_context(write()), mimetype=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
