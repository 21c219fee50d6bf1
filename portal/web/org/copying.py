"""A sheet copied beside another: what is kept and cleared, whether the dates move."""

import uuid
from typing import Any

from flask import Response, abort, request

from portal.domain.entry.creating import CreationRefused
from portal.domain.moves.creating import duplicate
from portal.domain.sheets.models import Sheet
from portal.ids import uuid7
from portal.web.access import member
from portal.web.answers import answer
from portal.web.org.blueprint import SHEET, blueprint
from portal.web.org.creation import Birth, once
from portal.web.org.heads import way_back
from portal.web.org.opened import Opened, open_sheet
from portal.web.org.ranks import landmarks

A_YEAR = 364  # days: the same day of the week
SHIFTS = {"0": 0, "364": A_YEAR}


@blueprint.get(f"{SHEET}/dupliquer")
@member()
def ask_copy(sheet_id: uuid.UUID) -> Response:
    """What copying keeps and clears; whether the dates move."""
    opened = open_sheet(sheet_id)
    return _copy_page(opened, _birth_beside(opened).refusal())


@blueprint.post(f"{SHEET}/dupliquer")
@member()
def copy(sheet_id: uuid.UUID) -> Response:
    """Create the copy and open its first step."""
    opened = open_sheet(sheet_id)
    _birth_beside(opened)
    shift = SHIFTS.get(request.form.get("decalage", "0"))
    if shift is None:
        abort(400)

    def make(key: uuid.UUID) -> Sheet:
        return duplicate(
            opened.session, opened.tenant, opened.sheet, actor=opened.actor, at=opened.now, today=opened.view.today,
            shift_days=shift, sheet_id=key,
        )  # fmt: skip

    return once(make, lambda refusal: _copy_page(opened, refusal, 422 if refusal.problems else 409))


def _birth_beside(opened: Opened) -> Birth:
    level = opened.level
    if level.creatable is None or not opened.roles & set(level.creatable.by):
        abort(404)
    return Birth(opened.sheet.level, open_sheet(opened.sheet.parent_id) if opened.sheet.parent_id else None)


def _copy_page(opened: Opened, refusal: CreationRefused | None, status: int = 200) -> Response:
    fields = opened.view.form.fields.values()
    cleared = [f.field.words for f in fields if f.field.duplicate == "clear" and f.field.origin != "imported"]
    context: dict[str, Any] = {
        "opened": opened,
        "refusal": refusal,
        "cleared": cleared,
        "key": uuid7(),
        "landmarks": landmarks(opened.view),
        "breadcrumbs": way_back(opened, ("Dupliquer", None)),
    }
    return answer("org/sheets/copy.html", status=status, **context)
