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
    export = export_named(view, request.args.get("export"))
    if form not in export.formats:
        abort(404)
    ids = every_id(db.session(), g.tenant, g.actor, view, asked(), today=today())
    columns = columns_of(view, export)
    heads = [column.label for column in columns]
    lines = ([cell.value for cell in line] for line in lines_of(view, export, columns, ids))
    name = f"{export.file}-{today():%Y-%m-%d}.{form}"
    if form == "csv":
        return streamed(csv_chunks(heads, lines), CSV, name)
    return streamed(xlsx_chunks(heads, lines, export.sheet), XLSX, name)


def export_named(view: ListView, wanted: str | None) -> Export:
    """One of the files made from a list, the first when none is named; a page that does not exist otherwise."""
    known = {export.id: export for export in view.exports} or {"liste": Export(id="liste", label=view.label)}
    export = known.get(wanted) if wanted else next(iter(known.values()))
    if export is None:
        abort(404)
    return export


def columns_of(view: ListView, export: Export) -> list[Column]:
    """Those it names, in its order, then its own that it does not name; all of the list's when it names none."""
    own = {column.id: column for column in export.extra}
    known = {column.id: column for column in view.columns} | own
    named = export.columns or [column.id for column in view.columns if column.id not in own]
    return [known[name] for name in named] + [column for name, column in own.items() if name not in named]


def lines_of(view: ListView, export: Export, columns: Sequence[Column], ids: list[uuid.UUID]) -> Iterator[list[Cell]]:
    """One line per sheet, one per row of the field the export names, or one per sheet of a level below."""
    tenant, actor, day = g.tenant, g.actor, today()
    if export.below is not None:
        own, descent = [c for c in columns if c not in export.extra], Descent(view.level, export.below)
        places = [[*own, *export.extra].index(column) for column in columns]
        for line in lines_below(db.session(), tenant, actor, descent, own, export.extra, ids, day):
            yield [line[place] for place in places]
        return
    rows = tenant.field(view.level, export.rows) if export.rows is not None else None
    own = [c for c in columns if rows is None or c not in export.extra]
    tells = {column.id: teller(tenant, view.level, column) for column in own}
    for sheet, facts in seen(db.session(), tenant, actor, view.level, own, ids, day):
        cells = {name: tell(sheet, facts) for name, tell in tells.items()}
        if rows is None:
            yield [cells[column.id] for column in columns]
            continue
        for row in sheet.stored(rows.id) or []:
            yield [cells.get(c.id) or cell_of_row(sheet, rows, row, c) for c in columns]


def streamed(chunks: Iterator[Any], kind: str, name: str) -> Response:
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
