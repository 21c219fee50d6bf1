"""/validation/par-changement: the submissions that make the same change, decided of together."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, g, request, url_for

from portal.domain.batches.actions import MOST, ask_batch
from portal.domain.batches.errors import BatchRefused
from portal.domain.batches.groups import Group, Told, batch_moves, groups_waiting, told
from portal.domain.batches.models import Batch
from portal.domain.batches.queries import latest_batches
from portal.domain.fields import french
from portal.domain.moves.perform import local_day
from portal.domain.sheets.queue import Basket
from portal.extensions import db
from portal.tenancy.schema import Move
from portal.web.access import member
from portal.web.answers import answer, redirect_to
from portal.web.validator.asked import Asked, asked_of_the_queue
from portal.web.validator.blueprint import blueprint

SHOWN = 50  # groups on the page
CHANGES = 3  # changes named in the title of a group
HERE = "Par changement"


@dataclass(frozen=True)
class Line:
    """One group, in words."""

    href: str
    count: int
    title: str
    changes: list[Told]


@dataclass(frozen=True)
class Button:
    """One decision that may be taken on all of them."""

    id: str
    label: str
    tone: str
    reason: str | None


@blueprint.get("/par-changement")
@member(side="validator")
def changes() -> Response:
    """The groups of a tab, and the last decisions this person took so."""
    asked = asked_of_the_queue(g.tenant, g.actor)
    groups = [group for group in _groups(asked) if len(group.items) > 1]
    context: dict[str, Any] = {
        "lines": [_line(group, asked) for group in groups[:SHOWN]],
        "unlisted": max(len(groups) - SHOWN, 0),
        "tabs": [(b.label, _href(asked, onglet=b.id), b is asked.tab) for b in _tabs(asked)],
        "latest": [_told(batch, count) for batch, count in latest_batches(db.session(), g.actor)],
        "breadcrumbs": [("Validation", url_for("validator.desk")), (HERE, None)],
    }
    return answer("validator/changes.html", **context)


@blueprint.get("/par-changement/<signature>")
@member(side="validator")
def change(signature: str) -> Response:
    """One group: the change, the sheets it is made in, the decisions that may be taken."""
    return _page(signature)


@blueprint.post("/par-changement/<signature>")
@member(side="validator")
def decide_change(signature: str) -> Response:
    """Ask the decision: a worker takes it sheet after sheet, and its page says how far it is."""
    asked = asked_of_the_queue(g.tenant, g.actor)
    buttons = dict(batch_moves(g.tenant, asked.tab, g.actor.roles)) if asked.tab else {}
    move_id = request.form.get("decision", "")
    if asked.tab is None or move_id not in buttons:
        abort(404)
    group = _group(asked, signature)
    reason = request.form.get("motif", "")
    try:
        batch = ask_batch(
            db.session(), g.tenant, _chosen(), level=asked.tab.level, axis=asked.tab.axis, move_id=move_id,
            signature=signature, changes=_changes(group) if group else [], reason=reason, actor=g.actor,
            at=datetime.now(UTC),
        )  # fmt: skip
    except BatchRefused as refusal:
        db.session.rollback()
        return _page(signature, refusal.message, 422)
    where = url_for("validator.batch", batch_id=batch.id)
    db.session.commit()
    return redirect_to(where)


def _chosen() -> list[uuid.UUID]:
    """The versions that were ticked."""
    found = []
    for written in request.form.getlist("version"):
        try:
            found.append(uuid.UUID(written))
        except ValueError:
            abort(404)
    return found


def _page(signature: str, fault: str = "", status: int = 200) -> Response:
    asked = asked_of_the_queue(g.tenant, g.actor)
    group = _group(asked, signature)
    if group is None or asked.tab is None:
        return answer("validator/change_gone.html", status=404, back=_href(asked))
    items = group.items[:MOST]
    ticked = set(request.form.getlist("version")) if request.method == "POST" else {str(i.revision_id) for i in items}
    context: dict[str, Any] = {
        "title": _title(len(group.items)),
        "changes": _changes(group),
        "items": [
            (str(i.revision_id), i.title, i.organisation, _review(i.sheet_id), str(i.revision_id) in ticked)
            for i in items
        ],
        "unlisted": len(group.items) - len(items),
        "buttons": [_button(*one) for one in batch_moves(g.tenant, asked.tab, g.actor.roles)],
        "action": _href(asked, signature),
        "reason": request.form.get("motif", ""),
        "fault": fault,
        "breadcrumbs": [
            ("Validation", url_for("validator.desk")),
            (HERE, _href(asked)),
            (_title(len(group.items)), None),
        ],
    }
    return answer("validator/change.html", status=status, **context)


def _groups(asked: Asked) -> list[Group]:
    if asked.tab is None:
        return []
    return groups_waiting(db.session(), g.tenant, g.actor, asked.tab, today=local_day(g.tenant, datetime.now(UTC)))


def _group(asked: Asked, signature: str) -> Group | None:
    return next((group for group in _groups(asked) if group.signature == signature), None)


def _tabs(asked: Asked) -> list[Basket]:
    """The tabs on which a decision may be taken on many sheets."""
    return [basket for basket in asked.baskets if batch_moves(g.tenant, basket, g.actor.roles)]


def _changes(group: Group) -> list[Told]:
    return told(g.tenant, group.items[0], local_day(g.tenant, datetime.now(UTC)))


def _line(group: Group, asked: Asked) -> Line:
    found = _changes(group)
    labels = list(dict.fromkeys(one.label for one in found))
    more = "…" if len(labels) > CHANGES else ""
    title = f"{_title(len(group.items))} – {', '.join(labels[:CHANGES])}{more}"
    return Line(_href(asked, group.signature), len(group.items), title, found)


def _title(count: int) -> str:
    return f"{french.plural(count, 'fiche')} : même changement"


def _button(move_id: str, move: Move) -> Button:
    return Button(move_id, move.label or move_id, move.tone, move.reason)


def _told(batch: Batch, count: int) -> tuple[str, str, datetime, bool]:
    move = g.tenant.axis(batch.axis).moves.get(batch.move)
    words = f"{(move.label if move else None) or batch.move} – {french.plural(count, 'fiche')}"
    return words, url_for("validator.batch", batch_id=batch.id), batch.at, batch.finished_at is not None


def _review(sheet_id: uuid.UUID) -> str:
    return url_for("validator.review", sheet_id=sheet_id)


def _href(asked: Asked, signature: str = "", onglet: str = "") -> str:
    address = url_for("validator.change", signature=signature) if signature else url_for("validator.changes")
    wanted = onglet or (asked.tab.id if asked.tab else "")
    return f"{address}?onglet={wanted}" if wanted else address
