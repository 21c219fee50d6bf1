"""What whoever decides asks to correct: a list with links, each remark at its place, and the answers to them."""

import uuid
from dataclasses import dataclass

from flask import Response, flash, request, url_for
from sqlalchemy import select

from portal.domain.corrections.errors import CorrectionRefused
from portal.domain.corrections.models import Correction
from portal.domain.corrections.places import shown_at
from portal.domain.moves.correcting import answer as answer_remark
from portal.domain.sheets.models import Revision
from portal.domain.sheets.nodes import unit_of
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.web.access import member
from portal.web.answers import answer, redirect_to
from portal.web.org.blueprint import SHEET, blueprint
from portal.web.org.heads import sheet_href, sheet_title, way_back
from portal.web.org.opened import Opened, open_sheet

ROOT = "corrections"


@dataclass(frozen=True)
class Asked:
    """One remark as the list shows it: where it is mended, what stood there, what stands there now."""

    correction: Correction
    href: str
    old: str | None
    now: str | None
    answer_href: str

    @property
    def changed(self) -> bool:
        """Whether something was changed there since."""
        return self.old != self.now


def asked_list(opened: Opened) -> list[Asked]:
    """The remarks on what is sent with this sheet, oldest first."""
    found = opened.corrections
    if not found:
        return []
    ids = {one.revision_id for one in found}
    rows = opened.session.scalars(select(Revision).where(Revision.id.in_(ids))).all()
    then = {row.id: View(opened.tenant, unit_of(row.snapshot), opened.view.today) for row in rows}
    return [_asked(opened, one, then[one.revision_id]) for one in found]


def _asked(opened: Opened, one: Correction, then: View) -> Asked:
    unit = opened.sent_in
    old = shown_at(then, one.sheet_id, one.path)
    now = shown_at(unit, one.sheet_id, one.path) if old is not None else None
    reply = url_for("org.answer_correction", sheet_id=unit.node.id, correction_id=one.id)
    return Asked(one, place_href(one), old, now, reply)


def place_href(one: Correction) -> str:
    """The field on its step's page; the step; the sheet."""
    if not one.step:
        return sheet_href(one.sheet_id)
    address = url_for("org.show_step", sheet_id=one.sheet_id, step_id=one.step)
    return f"{address}#field-{one.field}" if one.path else address


@blueprint.post(f"{SHEET}/corrections/<uuid:correction_id>/reponse")
@member(side="org")
def answer_correction(sheet_id: uuid.UUID, correction_id: uuid.UUID) -> Response:
    """Answer a remark: the words go to whoever asked."""
    opened, text = open_sheet(sheet_id), request.form.get("texte", "")
    try:
        answer_remark(opened.session, opened.view, correction_id, text, actor=opened.actor, at=opened.now)
    except CorrectionRefused as refusal:
        db.session.rollback()
        return _refused(open_sheet(sheet_id), refusal.message, text)
    db.session.commit()
    flash("Votre réponse est enregistrée ; elle est transmise à qui vous demande la correction.", "success")
    return redirect_to(f"{sheet_href(sheet_id)}#correction-{correction_id}")


def _refused(opened: Opened, message: str, text: str) -> Response:
    """Why nothing was written; the words typed are not lost."""
    title = sheet_title(opened.view)
    return answer(
        "org/sheets/undone.html", status=422, message=message, words=[("Réponse", text)] if text.strip() else [],
        badges=[], links=(), opened=opened, back=sheet_href(opened.sheet.id), following=None,
        breadcrumbs=way_back(opened, (title, None)),
    )  # fmt: skip
