"""/imports/<import>: bringing a file, its empty model, those already brought, what the source no longer says."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Response, abort, g, request, send_file, url_for

from portal.domain.fields import french
from portal.domain.imports.actions import LONGEST, submit
from portal.domain.imports.errors import ImportRefused, NotATable, OneOpen, TooHeavy
from portal.domain.imports.queries import runs, vanished
from portal.domain.imports.templates import blank_file
from portal.extensions import db, limiter
from portal.tenancy.schema import Import
from portal.web.access import member
from portal.web.answers import answer, redirect_to
from portal.web.imports.blueprint import BRINGERS, blueprint, mine
from portal.web.imports.told import TYPES, gone, told
from portal.web.paging import Pages, page_wanted
from portal.web.prose import prose

SIZE = 20  # files a page
MOST = f"{LONGEST // 2**20}{french.NBSP}Mo"
TOO_HEAVY = f"Ce fichier est trop lourd : {MOST} au plus."
STATUS: Mapping[type[ImportRefused], int] = {TooHeavy: 413, NotATable: 415, OneOpen: 409}
"""What refuses a file → status of the answer; 422 for the rest."""


def wanted(import_id: str) -> Import:
    """An import this person may bring; a page that does not exist otherwise."""
    return mine().get(import_id) or abort(404)


@blueprint.get("/<import_id>")
@member(side=BRINGERS)
def one(import_id: str) -> Response:
    """The page; under htmx, the files already brought."""
    return _page(import_id, wanted(import_id))


@blueprint.post("/<import_id>")
@limiter.limit("60 per hour", key_func=lambda: str(g.actor.user_id))
@member(side=BRINGERS)
def bring(import_id: str) -> Response:
    """Take a file in: it is kept as it is, and checked by a job."""
    declared, sent = wanted(import_id), request.files.get("fichier")
    content = sent.read() if sent else b""
    if sent is None or not sent.filename or not content:
        words = "Ce fichier est vide." if sent and sent.filename else "Choisissez un fichier."
        return _page(import_id, declared, 422, words)
    told_by = {"actor": g.actor, "at": datetime.now(UTC)}
    try:
        run = submit(db.session(), g.tenant, import_id, file_name=sent.filename, content=content, **told_by)
        db.session.commit()
    except ImportRefused as refusal:
        db.session.rollback()
        return _page(import_id, declared, STATUS.get(type(refusal), 422), refusal.message)
    return redirect_to(url_for("imports.show", run_id=run.id))


@blueprint.get("/<import_id>/modele.<any(csv, xlsx):form>")
@member(side=BRINGERS)
def blank(import_id: str, form: str) -> Response:
    """An empty file with its headings."""
    declared = wanted(import_id)
    if form not in declared.formats:
        abort(404)
    name = f"{import_id.replace('_', '-')}.{form}"
    return send_file(io.BytesIO(blank_file(declared, form)), TYPES[form], as_attachment=True, download_name=name)


def _page(import_id: str, declared: Import, status: int = 200, fault: str | None = None) -> Response:
    session, number = db.session(), page_wanted()
    found = runs(session, g.tenant, import_id, number, size=SIZE)
    shown, more = gone(g.tenant, vanished(session, import_id))
    text = g.tenant.help.get(declared.help) if declared.help else None
    return answer(
        "imports/one.html",
        "imports/_runs.html",
        status,
        import_id=import_id,
        declared=declared,
        forms=declared.formats,
        help=prose(text) if text else None,
        most=LONGEST,
        too_heavy=TOO_HEAVY,
        accepted=f"{' ou '.join(form.upper() for form in declared.formats)}, {MOST} au plus.",
        fault=fault,
        vanished=shown,
        more=more,
        breadcrumbs=[("Imports", url_for("imports.home")), (declared.label, None)],
        runs=[told(run, found.lines[run.id]) for run in found.rows],
        pages=Pages(found.page, SIZE, found.count),
    )
