"""/validation/lots/<batch>: how far a decision on many sheets is, then what became of each."""

import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask import Response, abort, g, render_template, request, url_for

from portal.domain.batches.models import DONE, FAILED, REFUSED, SKIPPED, WAITING, Batch, BatchItem
from portal.domain.batches.queries import batch_of, items_of
from portal.domain.fields import french
from portal.extensions import db
from portal.web.access import member
from portal.web.answers import answer, is_partial, stop_polling, tell
from portal.web.validator.blueprint import blueprint

ROOT = "batch"  # the element that asks for itself again
OUTCOMES: Mapping[str, tuple[str, str]] = {
    DONE: ("Décidée", "done"),
    SKIPPED: ("Laissée de côté", "todo"),
    REFUSED: ("Refusée par les règles", "warn"),
    FAILED: ("Incident", "warn"),
    WAITING: ("En attente", "wait"),
}
FIRST = (FAILED, REFUSED, SKIPPED, WAITING, DONE)  # what needs somebody comes first


@blueprint.get("/lots/<uuid:batch_id>")
@member(side="validator")
def batch(batch_id: uuid.UUID) -> Response:
    """The page; under htmx the part that changes, with the answer that stops asking once it is over."""
    found = batch_of(db.session(), g.actor, batch_id)
    if found is None:
        abort(404)
    context = _context(found, items_of(db.session(), found))
    if is_partial() and not context["moving"] and request.htmx.source == ROOT:  # type: ignore[attr-defined]
        response = stop_polling(render_template("validator/_batch.html", **context))
        return tell(response, toast={"text": context["sentence"], "tone": "done"})
    crumbs = [("Validation", url_for("validator.desk")), ("Par changement", url_for("validator.changes"))]
    page = {**context, "breadcrumbs": [*crumbs, (context["title"], None)]}
    return answer("validator/batch.html", "validator/_batch.html", **page)


def _context(found: Batch, items: list[BatchItem]) -> dict[str, Any]:
    counts = Counter(item.outcome for item in items)
    move = g.tenant.axis(found.axis).moves.get(found.move)
    settled = len(items) - counts[WAITING]
    label = (move.label if move else None) or found.move
    return {
        "batch": found,
        "title": f"{label} – {french.plural(len(items), 'fiche')}",
        "moving": found.finished_at is None,
        "progress": 100 * settled // max(len(items), 1),
        "settled": settled,
        "total": len(items),
        "sentence": _sentence(counts),
        "rows": [_row(item) for item in sorted(items, key=lambda item: (FIRST.index(item.outcome), item.rank))],
        "href": url_for("validator.batch", batch_id=found.id),
    }


def _sentence(counts: Mapping[str, int]) -> str:
    """« 28 fiches décidées, 2 laissées de côté. »"""
    words = {
        DONE: ("fiche décidée", "fiches décidées"),
        SKIPPED: ("laissée de côté", "laissées de côté"),
        REFUSED: ("refusée par les règles", "refusées par les règles"),
        FAILED: ("arrêtée par un incident", "arrêtées par un incident"),
        WAITING: ("en attente", "en attente"),
    }
    told = [french.plural(counts[name], *both) for name, both in words.items() if counts[name] or name == DONE]
    return ", ".join(told) + "."


def _row(item: BatchItem) -> dict[str, Any]:
    word, tone = OUTCOMES[item.outcome]
    href = url_for("validator.review", sheet_id=item.sheet_id)
    return {
        "id": item.sheet_id, "title": item.title, "href": href, "word": word, "tone": tone, "message": item.message
    }  # fmt: skip
