"""/imports/fichiers/<run>: where a file stands, what it changes, its faults; the file itself, annotated."""

import io
import uuid
from collections.abc import Mapping
from typing import Any

from flask import Response, abort, g, make_response, render_template, request, send_file, url_for

from portal.domain.imports.models import ImportRun
from portal.domain.imports.queries import is_annotated
from portal.extensions import db
from portal.web.access import member
from portal.web.answers import answer, is_partial, stop_polling, tell
from portal.web.imports.blueprint import BRINGERS, RUN, blueprint, mine, opened
from portal.web.imports.told import (
    KINDS,
    STATES,
    TYPES,
    besides,
    counts_of,
    facts_of,
    gone,
    places_of,
    told,
)
from portal.web.paging import Pages, page_wanted

ROOT = "run"  # the element that asks for itself again
SIZE = 50  # faults a page
REMARKS = 50  # remarks shown


@blueprint.get(RUN)
@member(side=BRINGERS)
def show(run_id: uuid.UUID) -> Response:
    """The page; under htmx the part that changes, with the answer that stops asking once nothing is under way."""
    return page_of(opened(run_id))


def page_of(run: ImportRun, *, status: int = 200, refusal: str | None = None) -> Response:
    """A file's page; `refusal` says why what was asked was not done."""
    shown = told(run)
    declared = mine()[run.import_id]
    context: dict[str, Any] = {
        "run": shown,
        "declared": declared,
        "refusal": refusal,
        "facts": facts_of(run),
        "annotated": run.state == "refused" and is_annotated(db.session(), run.id),
        **_report(run.report or {}, run.state),
    }
    if is_partial() and not shown.moving and request.htmx.source == ROOT:  # type: ignore[attr-defined]
        words, tone, _ = STATES[run.state]
        response = stop_polling(render_template("imports/_run.html", **context))
        return tell(response, toast={"text": f"{run.file_name} : {words.lower()}.", "tone": tone})
    crumbs = [("Imports", url_for("imports.home")), (declared.label, shown.import_href), (run.file_name, None)]
    return answer("imports/run.html", "imports/_run.html", status, breadcrumbs=crumbs, **context)


def _report(report: Mapping[str, Any], state: str) -> dict[str, Any]:
    """What the check found, a page of it at a time."""
    faults, remarks = report.get("faults", []), report.get("warnings", [])
    pages = Pages(page_wanted(), SIZE, len(faults))
    vanished, more = gone(g.tenant, report.get("vanished", []), report.get("vanished_count"))
    return {
        "report": report,
        "counts": counts_of(g.tenant, report),
        "counts_title": "Ce que le fichier a changé" if state == "done" else "Ce que le fichier change",
        "kinds": KINDS.values(),
        "besides": besides(report),
        "faults": places_of(faults[pages.offset : pages.offset + SIZE]),
        "pages": pages,
        "unlisted": report.get("fault_count", 0) > len(faults),
        "warnings": places_of(remarks[:REMARKS]),
        "warning_count": report.get("warning_count", len(remarks)),
        "gone": vanished,
        "gone_more": more,
    }


@blueprint.get(f"{RUN}/annote")
@member(side=BRINGERS)
def annotated(run_id: uuid.UUID) -> Response:
    """The person's own file, with what is to be corrected written in it."""
    run = opened(run_id)
    if run.annotated is None:
        abort(404)
    stem, _, _ = run.file_name.rpartition(".")
    name = f"{stem or run.file_name}-annote.{run.form}"
    response = make_response(
        send_file(io.BytesIO(run.annotated), TYPES[run.form], as_attachment=True, download_name=name)
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
