"""Several lists in one .zip, a file each: the list one looks at, then those that the region puts beside it."""

import tempfile
import zipfile
from typing import IO

from flask import Response, abort, g, request, send_file

from portal.domain.desk.lists import Asked, every_id, lists_for
from portal.extensions import db
from portal.tenancy.schema import Export, ListView
from portal.web.access import member
from portal.web.org.blueprint import blueprint
from portal.web.org.exports import columns_of, export_named, lines_of
from portal.web.org.lists import asked, today, wanted_list
from portal.web.spreadsheets import write_csv

ZIP = "application/zip"


@blueprint.get("/<level_id>/<list_id>.zip")
@member()
def export_bundle(level_id: str, list_id: str) -> Response:
    """The list as it is filtered on the screen, the others whole; those that one may not open are left out."""
    named, view = wanted_list(level_id, list_id if list_id in g.tenant.desk.lists else None)
    export = export_named(view, request.args.get("export"))
    if named != list_id or not export.together:
        abort(404)
    mine = lists_for(g.tenant, g.actor)
    others = [(mine[name], export_named(mine[name], None)) for name in export.together if name in mine]
    file = tempfile.TemporaryFile()  # noqa: SIM115 — closed with the response
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        _add(bundle, view, export, asked())
        for other, own in others:
            _add(bundle, other, own, Asked())
    file.seek(0)
    name = f"{export.file}-{today():%Y-%m-%d}.zip"
    return send_file(file, mimetype=ZIP, as_attachment=True, download_name=name)


def _add(bundle: zipfile.ZipFile, view: ListView, export: Export, wanted: Asked) -> None:
    """One list as a file of its own, written line by line."""
    ids = every_id(db.session(), g.tenant, g.actor, view, wanted, today=today())
    columns = columns_of(view, export)
    lines = ([cell.value for cell in line] for line in lines_of(view, export, columns, ids))
    inside: IO[bytes]
    with bundle.open(f"{export.file}.csv", "w") as inside:
        write_csv(inside, [column.label for column in columns], lines)
