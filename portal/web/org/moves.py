"""Performing a move: asked about where the region wants it asked, then done by the domain, which alone judges."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, abort, flash, request

from portal.domain.entry.completeness import Problem
from portal.domain.fields import KINDS
from portal.domain.moves.asked import NotHeeded, warning_key
from portal.domain.moves.correcting import CorrectionsOpen
from portal.domain.moves.perform import Done, perform_move
from portal.domain.sheets.effective import EffectiveField
from portal.domain.sheets.queries import locked_sheet
from portal.domain.sheets.revisions import pending_revision
from portal.domain.workflow import MoveRefused, check_move, find_move
from portal.extensions import db
from portal.tenancy.schema import Move
from portal.web.access import member
from portal.web.answers import answer, is_partial, redirect_to
from portal.web.coded import PICKED
from portal.web.destinations import local_path
from portal.web.drawn import Drawing, Drawn
from portal.web.kind_fields import plain
from portal.web.org.blueprint import SHEET, blueprint
from portal.web.org.choosing import code_asked
from portal.web.org.heads import badges, move_label, needs_screen, sheet_href, way_back
from portal.web.org.move_codes import asked_before, first_value, links_of, search_asked
from portal.web.org.opened import Opened, open_sheet
from portal.web.org.ranks import landmarks
from portal.web.org.sending_back import changed_words, sending_back
from portal.web.org.summary import summary_answer
from portal.web.org.warned import READ, Told, first_warnings, warns_first

ADDRESS = f"{SHEET}/actions/<move_id>"
OVERTAKEN = "Cette fiche a changé pendant que vous la lisiez : rien n’a été décidé."


@blueprint.get(ADDRESS)
@member()
def ask(sheet_id: uuid.UUID, move_id: str) -> Response:
    """What the move asks before it is done: a page, or under htmx a dialog."""
    opened = open_sheet(sheet_id)
    axis, move = _find(opened, move_id)
    try:
        check_move(opened.tenant, opened.sheet.level, axis, move_id, opened.states, opened.roles, opened.view.holds)
    except MoveRefused as refusal:
        return _impossible(opened, refusal.message)
    given, reason = asked_before(move)
    if is_partial() and any(d.kind in PICKED for d in move.asks):
        return redirect_to(request.full_path)  # its search opens over a page, not over a dialog
    return _screen(opened, axis, move_id, move, inputs=given, reason=reason)


@blueprint.post(ADDRESS)
@member()
def perform(sheet_id: uuid.UUID, move_id: str) -> Response:
    """Do it."""
    opened = open_sheet(sheet_id)
    return _perform(opened, move_id, *_find(opened, move_id))


def press(opened: Opened, move_id: str) -> Response:
    """A move pressed at the foot of a step that has just been saved: asked about first where it must be."""
    axis, move = _find(opened, move_id)
    if needs_screen(move):
        return redirect_to(f"{sheet_href(opened.sheet.id)}/actions/{move_id}")
    return _perform(opened, move_id, axis, move)


def _find(opened: Opened, move_id: str) -> tuple[str, Move]:
    """The move of an address; a page that does not exist for whoever may never do it."""
    try:
        axis, move = find_move(opened.tenant, opened.sheet.level, move_id, request.values.get("axe") or None)
    except MoveRefused:
        abort(404)
    ever = set(move.by).union(*(roles or () for roles in move.sources.values()))
    if move.automatic or not ever & opened.roles:
        abort(404)
    return axis, move


def _perform(opened: Opened, move_id: str, axis: str, move: Move) -> Response:
    inputs = {f.id: plain(KINDS[f.kind].read(request.form, f.id, f)) for f in move.asks}
    reason = request.form.get("motif") or request.form.get("reason")
    if (words := changed_words(opened)) is not None:
        return _screen(opened, axis, move_id, move, inputs=inputs, reason=words or None)
    if searched := code_asked(request.form):
        name, _, new = searched
        if not new:
            return search_asked(opened, axis, move_id, name)
        return _screen(opened, axis, move_id, move, inputs={**inputs, name: new}, reason=reason or None)
    parent_id = opened.sheet.parent_id
    try:
        _check_reading(opened)
        done = perform_move(
            opened.session, opened.tenant, opened.sheet, move_id, axis=axis, actor=opened.actor, at=opened.now,
            inputs=inputs, reason=reason, heeded=request.form.getlist(READ) if warns_first(move) else None,
        )  # fmt: skip
    except MoveRefused as refusal:
        db.session.rollback()
        return _refused(open_sheet(opened.sheet.id), axis, move_id, move, refusal, inputs, reason or "")
    db.session.commit()
    flash(_told(opened, done, axis, move_id, move), "success")
    return redirect_to(_after(opened, "delete" in move.effects, parent_id))


def _told(opened: Opened, done: Done, axis: str, move_id: str, move: Move) -> str:
    return done.message or f"« {move_label(opened.view, axis, move_id, move)} » : c’est fait."


def _after(opened: Opened, gone: bool, parent_id: uuid.UUID | None) -> str:
    """Where one goes next: where the form says, the sheet, or what held it once it is deleted."""
    wanted = local_path(request.values.get("suite"))
    if wanted is not None:
        return wanted
    if not gone:
        return sheet_href(opened.sheet.id)
    return sheet_href(parent_id) if parent_id else f"/{opened.tenant.slug}/espace/"


def _refused(
    opened: Opened, axis: str, move_id: str, move: Move, refusal: MoveRefused, inputs: Mapping[str, Any], reason: str
) -> Response:
    problems = [p for p in refusal.problems if isinstance(p, Problem)]
    if isinstance(refusal, NotHeeded):
        return _screen(opened, axis, move_id, move, 422, inputs, reason=reason or None, told=problems)
    if isinstance(refusal, CorrectionsOpen):
        links = [(one.place, f"{_page(opened)}#correction-{one.id}") for one in refusal.corrections]
        return _impossible(opened, refusal.message, reason, links)
    if problems:
        return summary_answer(opened, 422, refusal.message, problems)
    asked = {str(p[0]): str(p[1]) for p in refusal.problems if isinstance(p, tuple)}
    if asked or (move.reason == "required" and not reason.strip()):
        return _screen(opened, axis, move_id, move, 422, inputs, asked, reason)
    return _impossible(opened, refusal.message, reason)


def _check_reading(opened: Opened) -> None:
    """Refuse to decide of a version other than the one that was read, when the form names it. Raises MoveRefused."""
    read = request.values.get("revision")
    if not read:
        return
    locked_sheet(opened.session, opened.sheet.id)  # from here on nobody may send, take back or decide
    pending = pending_revision(opened.session, opened.sheet)
    if pending is None or str(pending.id) != read:
        raise MoveRefused(OVERTAKEN)


def _impossible(opened: Opened, message: str, reason: str = "", links: Sequence[tuple[str, str]] = ()) -> Response:
    if opened.actor.side == "org" and not reason:
        return summary_answer(opened, 409, message)
    words = [("Motif", reason)] if reason.strip() else []
    return answer(
        "org/sheets/undone.html", status=409, message=message, words=words, badges=badges(opened), opened=opened,
        links=links, back=_page(opened), following=local_path(request.values.get("suite")), breadcrumbs=_way(opened),
    )  # fmt: skip


def _way(opened: Opened, *last: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """The breadcrumbs: those of the desk for whoever decides."""
    if opened.actor.side == "org":
        return way_back(opened, *last)
    title = opened.view.node.title or opened.view.node.code
    above: list[tuple[str, str | None]] = [("Validation", f"/{opened.tenant.slug}/validation/")]
    return [*above[: opened.actor.side == "validator"], (title, _page(opened)), *last]


def _page(opened: Opened) -> str:
    """Where this person reads the sheet."""
    if opened.actor.side == "org":
        return sheet_href(opened.sheet.id)
    return f"/{opened.tenant.slug}/validation/fiches/{opened.sheet.id}"


def _screen(
    opened: Opened,
    axis: str,
    move_id: str,
    move: Move,
    status: int = 200,
    inputs: Mapping[str, Any] | None = None,
    faults: Mapping[str, str] | None = None,
    reason: str | None = None,
    told: Sequence[Problem] | None = None,
) -> Response:
    label, told = move_label(opened.view, axis, move_id, move), first_warnings(opened, move) if told is None else told
    context: dict[str, Any] = {
        "opened": opened,
        "action": _action(opened, move_id),
        "title": (move.confirm.title if move.confirm else None) or label,
        "label": f"{label} quand même" if told else label,
        "told": [Told(one.message, warning_key(one)) for one in told],
        "intro": opened.view.fill(move.confirm.intro) if move.confirm and move.confirm.intro else "",
        "warnings": [opened.view.fill(w) for w in move.confirm.warnings] if move.confirm else [],
        "fields": _asked(opened, axis, move_id, move, inputs or {}, faults or {}),
        "reason": {"asked": move.reason, "value": reason or "", "error": _reason_fault(move, reason)},
        "danger": move.tone == "danger",
        **sending_back(opened, axis, move_id, move, reason or ""),
        "back": _page(opened),
        "landmarks": landmarks(opened.view),
        "breadcrumbs": _way(opened, (label, None)),
    }
    return answer("org/sheets/move.html", "org/sheets/_move.html", status, **context)


def _action(opened: Opened, move_id: str) -> str:
    """Where the screen is sent: its own address, or that of the move when it was pressed elsewhere."""
    here = f"{sheet_href(opened.sheet.id)}/actions/{move_id}"
    return request.full_path.rstrip("?") if request.path == here else here


def _reason_fault(move: Move, reason: str | None) -> str | None:
    return "Indiquez le motif." if move.reason == "required" and reason is not None and not reason.strip() else None


def _asked(
    opened: Opened, axis: str, move_id: str, move: Move, inputs: Mapping[str, Any], faults: Mapping[str, str]
) -> list[Drawn]:
    """What the move asks, each thing as a field."""
    drawing, drawn = Drawing(opened.view, links_of(opened, axis, move_id, move)), []
    for definition in move.asks:
        first, said = first_value(opened.view, move, definition)
        one = drawing.field(EffectiveField(definition, ""), inputs.get(definition.id, first))
        one.error = faults.get(definition.id)
        one.help = " ".join(filter(None, (said, one.help))) or None
        drawn.append(one)
    return drawn
