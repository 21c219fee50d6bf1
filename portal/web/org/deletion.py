"""Deleting a sheet that stands on no axis: asked again first, then done by the domain, which alone judges."""

import uuid
from typing import Any

from flask import Response, abort, flash, request

from portal.domain.moves.deleting import delete_sheet, deletion_refusal
from portal.domain.workflow import MoveRefused
from portal.extensions import db
from portal.tenancy.schema import Deletable
from portal.web.access import member
from portal.web.answers import answer, redirect_to
from portal.web.org.blueprint import SHEET, blueprint
from portal.web.org.heads import sheet_href, way_back
from portal.web.org.opened import Opened, open_sheet
from portal.web.org.ranks import landmarks
from portal.web.org.summary import summary_answer

ADDRESS = f"{SHEET}/suppression"


@blueprint.get(ADDRESS)
@member()
def ask_deletion(sheet_id: uuid.UUID) -> Response:
    """What is said before it is done: a page, or under htmx a dialog."""
    opened = open_sheet(sheet_id)
    deletable = _deletable(opened)
    if refusal := deletion_refusal(opened.view, opened.roles):
        return summary_answer(opened, 409, refusal)
    context: dict[str, Any] = {
        "opened": opened,
        "action": request.path,
        "title": deletable.label,
        "label": deletable.label,
        "told": [],
        "intro": "",
        "warnings": [opened.view.fill(words) for words in deletable.warnings],
        "fields": [],
        "reason": {"asked": None, "value": "", "error": None},
        "danger": True,
        "back": opened.sheet_href,
        "landmarks": landmarks(opened.view),
        "breadcrumbs": way_back(opened, (deletable.label, None)),
    }
    return answer("org/sheets/move.html", "org/sheets/_move.html", **context)


@blueprint.post(ADDRESS)
@member()
def delete(sheet_id: uuid.UUID) -> Response:
    """Do it, and go to what held it."""
    opened = open_sheet(sheet_id)
    _deletable(opened)
    title, parent_id = opened.view.node.title, opened.sheet.parent_id
    try:
        delete_sheet(opened.session, opened.tenant, opened.sheet, actor=opened.actor, at=opened.now)
    except MoveRefused as refusal:
        db.session.rollback()
        return summary_answer(open_sheet(sheet_id), 409, refusal.message)
    db.session.commit()
    flash(f"{title} : fiche supprimée.", "success")
    return redirect_to(sheet_href(parent_id) if parent_id else f"/{opened.tenant.slug}/espace/")


def _deletable(opened: Opened) -> Deletable:
    """What the region says of it; a page that does not exist for whoever may never do it."""
    deletable = opened.level.deletable
    if deletable is None or not opened.roles & set(deletable.by):
        abort(404)
    return deletable
