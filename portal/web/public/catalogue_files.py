"""/<tenant>/catalogues/<name>.pdf, .csv, .xlsx: a whole catalogue as a file, kept until something in it changes."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from typing import IO

from flask import Response, g, make_response, render_template, send_file

from portal.domain.catalogue.catalogues import EMPTY, Catalogue, State, every_session, groups_of, state_of
from portal.extensions import db
from portal.web.access import public
from portal.web.public.blueprint import blueprint
from portal.web.public.booklet import write_booklet
from portal.web.public.caching import kept, known, release
from portal.web.public.made_files import BusyError, made_file
from portal.web.public.offered import declared, opened, unknown
from portal.web.spreadsheets import CSV, XLSX, Line, write_csv, write_xlsx

TYPES = {"pdf": "application/pdf", "csv": CSV, "xlsx": XLSX}


@blueprint.get("/<tenant>/catalogues/<name>.<any(pdf, csv, xlsx):form>")
@public
def catalogue_file(name: str, form: str) -> Response:
    """The file; 503 for some seconds while the same process makes another."""
    words = declared().get(name)
    if words is None or form not in words.formats:
        return unknown()
    catalogue = opened(name, words)
    state = state_of(db.session(), catalogue)
    if (unchanged := known(state, catalogue.today)) is not None:
        return unchanged
    made_from = _made_from(catalogue, state)
    try:
        file = made_file(g.tenant.slug, name, made_from, form, lambda out: WRITERS[form](out, catalogue))
    except BusyError:
        busy = make_response(render_template("public/busy.html", words=words), 503)
        busy.headers["Retry-After"] = "10"
        return busy
    title = f"{words.file or name.replace('_', '-')}-{catalogue.today:%Y-%m-%d}.{form}"
    answer = send_file(file, mimetype=TYPES[form], as_attachment=True, download_name=title)
    answer.content_length = os.fstat(file.fileno()).st_size
    return kept(answer, state, catalogue.today)


def _made_from(catalogue: Catalogue, state: State) -> str:
    """What a file was made from: sessions, day, the region's words, ours, and the address of the portal."""
    said = (str(state), catalogue.today.isoformat(), catalogue.tenant.digest, release(), catalogue.address("-"))
    return hashlib.sha256("\x00".join(said).encode()).hexdigest()[:24]


def _pdf(file: IO[bytes], catalogue: Catalogue) -> None:
    session = db.session()
    write_booklet(file, catalogue, groups_of(session, catalogue), every_session(session, catalogue))


def _csv(file: IO[bytes], catalogue: Catalogue) -> None:
    write_csv(file, *_table(catalogue, "csv"))


def _xlsx(file: IO[bytes], catalogue: Catalogue) -> None:
    write_xlsx(file, *_table(catalogue, "xlsx"))


WRITERS: Mapping[str, Callable[[IO[bytes], Catalogue], None]] = {"pdf": _pdf, "csv": _csv, "xlsx": _xlsx}


def _table(catalogue: Catalogue, form: str) -> tuple[list[str], Iterator[Line]]:
    """The heads and the lines of a catalogue as a table."""
    columns = [column for column in catalogue.words.columns if column.told_in(form)]
    sessions = every_session(db.session(), catalogue)
    lines: Iterator[Line] = ([one.cell(column.value) for column in columns] for _, one in sessions)
    return [column.label for column in columns], _or_none(lines)


def _or_none(lines: Iterator[Line]) -> Iterator[Line]:
    """The lines, or one that says that there is none."""
    first = next(lines, None)
    yield [EMPTY] if first is None else first
    yield from lines
