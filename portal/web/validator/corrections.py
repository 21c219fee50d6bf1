"""/validation/fiches/<id>/corrections: a remark written where something stands; closed, waived, withdrawn, reopened."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, flash, g, request, url_for

from portal.domain.corrections.errors import CorrectionRefused
from portal.domain.corrections.places import Place, find_place
from portal.domain.moves.correcting import put, settle
from portal.domain.sheets.nodes import unit_of
from portal.extensions import db
from portal.web.access import member
from portal.web.answers import answer, redirect_to
from portal.web.ready import PRESSED, ready_for, with_ready
from portal.web.validator.asked import asked_of_the_queue
from portal.web.validator.blueprint import blueprint
from portal.web.validator.opened import Opened, open_sheet

ADDRESS = "/fiches/<uuid:sheet_id>/corrections"


@dataclass(frozen=True)
class Way:
    """One way to settle a remark, in words; `asks` a reason: none, one may be given, one must."""

    how: str
    label: str
    done: str
    asks: str = ""
    intro: str = ""


WAYS = {
    "fermer": Way("close", "C’est corrigé", "La correction est faite : la remarque est fermée."),
    "lever": Way(
        "waive", "Lever la correction", "La correction est levée : elle n’empêche plus de valider.", "required",
        "La correction n’est pas faite, et vous y renoncez. Dites pourquoi : le motif reste avec la remarque.",
    ),
    "retirer": Way(
        "withdraw", "Retirer la remarque", "La remarque est retirée ; ses mots restent dans l’historique.", "optional",
        "L’organisme n’a plus à corriger ; il en est informé. Les mots de la remarque restent dans l’historique.",
    ),
    "rouvrir": Way("reopen", "Rouvrir la remarque", "La remarque est de nouveau ouverte."),
}  # fmt: skip
STEP, SHEET = "etape", "fiche"


@blueprint.get(f"{ADDRESS}/nouvelle")
@member(side="validator")
def write_remark(sheet_id: uuid.UUID) -> Response:
    """The form of a remark: a page, or under htmx a dialog."""
    opened = open_sheet(sheet_id)
    return _form(opened, _place(opened))


@blueprint.post(f"{ADDRESS}/nouvelle")
@member(side="validator")
def put_remark(sheet_id: uuid.UUID) -> Response:
    """Put it; or put in its text a message kept ready."""
    opened = open_sheet(sheet_id)
    place, text = _place(opened), request.form.get("texte", "")
    if wanted := request.form.get(PRESSED):
        return _form(opened, place, with_ready(opened.live, wanted, text))
    where = _where(place, request.form.get("portee", ""))
    try:
        made = put(opened.session, opened.tenant, sheet_id, _revision(), where, text, actor=opened.actor, at=opened.now)
    except CorrectionRefused as refusal:
        db.session.rollback()
        return _form(open_sheet(sheet_id), place, text, refusal.message, 422)
    db.session.commit()
    flash("La remarque est notée : elle partira avec la demande de correction.", "success")
    return redirect_to(_review(sheet_id) + f"#correction-{made.id}")


@blueprint.get(f"{ADDRESS}/<uuid:correction_id>/<any(fermer, lever, retirer, rouvrir):how>")
@member(side="validator")
def ask_settling(sheet_id: uuid.UUID, correction_id: uuid.UUID, how: str) -> Response:
    """What is asked before a remark is settled: a page, or under htmx a dialog."""
    return _settling(open_sheet(sheet_id), correction_id, WAYS[how])


@blueprint.post(f"{ADDRESS}/<uuid:correction_id>/<any(fermer, lever, retirer, rouvrir):how>")
@member(side="validator")
def settle_remark(sheet_id: uuid.UUID, correction_id: uuid.UUID, how: str) -> Response:
    """Settle it."""
    opened, way, reason = open_sheet(sheet_id), WAYS[how], request.form.get("texte", "")
    try:
        settle(
            opened.session, opened.live, correction_id, way.how, reason=reason, actor=opened.actor, at=opened.now
        )  # fmt: skip
    except CorrectionRefused as refusal:
        db.session.rollback()
        return _settling(open_sheet(sheet_id), correction_id, way, reason, refusal.message, 422)
    db.session.commit()
    flash(way.done, "success")
    return redirect_to(_review(sheet_id) + "#corrections")


def _revision() -> uuid.UUID:
    """The version that was read, as the address names it."""
    try:
        return uuid.UUID(request.args.get("revision", ""))
    except ValueError:
        abort(404)


def _place(opened: Opened) -> Place:
    """The place that the address names in the version that waits; a page that does not exist when there is none."""
    args = request.args
    if opened.pending is None:
        abort(404)
    try:
        sheet_id = uuid.UUID(args.get("fiche", str(opened.sheet.id)))
        unit = opened.view_of(unit_of(opened.pending.snapshot))
        return find_place(unit, sheet_id, args.get("champ", ""), args.get("etape", ""))
    except (ValueError, CorrectionRefused):
        abort(404)


def _where(place: Place, reach: str) -> tuple[uuid.UUID, str, str]:
    """What the remark bears on: the place itself, or all of its step or of its sheet."""
    wide = reach in (STEP, SHEET)
    return place.sheet_id, "" if wide else place.path, "" if reach == SHEET else place.step


def _review(sheet_id: uuid.UUID) -> str:
    asked = asked_of_the_queue(g.tenant, g.actor)
    return url_for("validator.review", sheet_id=sheet_id) + asked.params_of(tout=request.args.get("tout", ""))


def _form(opened: Opened, place: Place, text: str = "", fault: str = "", status: int = 200) -> Response:
    context: dict[str, Any] = {
        "title": opened.tenant.desk.corrections.put,
        "label": "Noter la remarque",
        "place": place,
        "reaches": [("champ", place.words), (STEP, "Toute l’étape"), (SHEET, "Toute la fiche")] if place.path else [],
        "ready": ready_for(opened.live),
        "asked": ("Votre remarque", "required"),
        "intro": "L’organisme la lira à cet endroit une fois la demande de correction envoyée.",
    }
    return _screen(opened, context, text, fault, status)


def _settling(
    opened: Opened, correction_id: uuid.UUID, way: Way, text: str = "", fault: str = "", status: int = 200
) -> Response:
    context: dict[str, Any] = {
        "title": way.label,
        "label": way.label,
        "place": None,
        "reaches": [],
        "ready": [],
        "asked": ("Motif", way.asks) if way.asks else None,
        "intro": way.intro,
    }
    return _screen(opened, context, text, fault, status)


def _screen(opened: Opened, context: dict[str, Any], text: str, fault: str, status: int) -> Response:
    title = opened.live.node.title or opened.live.node.code
    back = _review(opened.sheet.id)
    crumbs = [("Validation", url_for("validator.desk")), (title, back), (context["title"], None)]
    where = {"action": request.full_path.rstrip("?"), "back": back, "breadcrumbs": crumbs, "about": title}
    return answer(
        "validator/correction.html", "validator/_correction.html", status, **context, **where, text=text, fault=fault
    )
