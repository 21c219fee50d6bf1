"""One step of a sheet: shown, saved by itself a moment after each change, saved when asked, checked field by field."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask import Response, abort, flash, make_response, render_template, request, url_for

from portal.domain.sheets.errors import LockedError
from portal.extensions import db
from portal.web.access import member
from portal.web.answers import redirect_to, reswap
from portal.web.drawn import Drawn
from portal.web.forms import StepForm, tidied
from portal.web.org.blueprint import PROPOSED_STEP, STEP, blueprint
from portal.web.org.choosing import answer_asked, code_asked
from portal.web.org.creation import create_below
from portal.web.org.editing import Editing, open_step
from portal.web.org.endings import KEEP, leave
from portal.web.org.files import change_file
from portal.web.org.heads import sheet_href
from portal.web.org.kept import (
    Kept,
    both_values,
    clashing,
    hidden_inputs,
    keep_typed,
    one_of,
    saved_words,
    shape_of,
)
from portal.web.org.moves import press
from portal.web.org.opened import open_sheet
from portal.web.org.planning import calendar_of
from portal.web.org.refusals import refused
from portal.web.org.rows import change_rows, row_wanted
from portal.web.org.step_page import help_of, notices, step_answer, stepper_of
from portal.web.org.uploads import status_of, typed_form


@blueprint.get(STEP)
@blueprint.get(PROPOSED_STEP)
@member()
def show_step(sheet_id: uuid.UUID, step_id: str, target_id: uuid.UUID | None = None) -> Response:
    """The step's page, or under htmx the step alone."""
    return step_answer(open_step(sheet_id, step_id, target_id))


@blueprint.post(STEP)
@blueprint.post(PROPOSED_STEP)
@member()
def save_step(sheet_id: uuid.UUID, step_id: str, target_id: uuid.UUID | None = None) -> Response:
    """Keep what was typed; then go on, stay, add or remove a row, or do what the button pressed says."""
    editing = open_step(sheet_id, step_id, target_id, lock=True)
    if (wanted := row_wanted(request.form)) is not None:
        return change_rows(editing, *wanted)
    if (name := request.form.get("_retirer")) is not None:
        return change_file(editing, name, remove=True)
    if (asked := code_asked(request.form)) is not None:
        return answer_asked(editing, *asked)
    autosave = request.values.get("_action") == "autosave"
    try:
        kept = keep_typed(editing, typed_form(editing), keep=not autosave)
    except LockedError as refusal:
        return refused(editing, refusal.message)
    response = _autosaved(kept) if autosave else _saved(kept)
    db.session.commit()
    if response is None:  # clean, and a move was pressed with it
        return press(open_sheet(sheet_id), request.form["_faire"])
    return response


def _saved(kept: Kept) -> Response | None:
    if kept.conflicts:
        return step_answer(kept.editing, kept, 409)
    if kept.faults or kept.wrong:
        return step_answer(kept.editing, kept, status_of(kept.faults.values()))
    for done in kept.moves:
        if done.message:
            flash(done.message, "success")
    return None if request.form.get("_faire") else redirect_to(_next(kept.editing))


def _next(editing: Editing) -> str:
    """Where one goes once a step is saved."""
    sheet_id, action = editing.opened.sheet.id, request.form.get("_action")
    if (level_id := request.form.get("_suite", "")) in editing.view.tenant.who.levels:
        return create_below(editing.opened, level_id)
    if action == KEEP:
        return leave(editing.opened)
    if onglet := request.form.get("_onglet"):
        flash(saved_words(editing, editing.opened.now) + ".", "success")
        return url_for("org.show_sheet", sheet_id=sheet_id, onglet=onglet)
    if action == "continuer":
        return editing.following_href or editing.summary_href
    still_there = editing.view.form.step(editing.step.id) is not None
    return editing.href() if still_there else sheet_href(sheet_id)


def _autosaved(kept: Kept) -> Response:
    """The mark « Brouillon enregistré », and what else of the page the save has changed."""
    editing, drawn = kept.editing, kept.drawn()
    clashing = {c.field.id for c in kept.conflicts}
    changed = [f for f in drawn if f.name in clashing or (_derived(editing, f) and not clashing)]
    context = {
        "editing": editing,
        "hidden": hidden_inputs(editing, kept),
        "saved": saved_words(editing, editing.opened.now),
        "unsaved": "Deux valeurs sont possibles : choisissez." if clashing else "",
        "steps": stepper_of(editing),
        "body": drawn if kept.reshaped else None,
        "notices": notices(editing),
        "calendar": calendar_of(editing.view, editing.step.step),
        "help": help_of(editing),
        "changed": [] if kept.reshaped else changed,
    }
    return make_response(render_template("org/sheets/_autosaved.html", **context), 409 if clashing else 200)


def _derived(editing: Editing, drawn: Drawn) -> bool:
    """Whether a field follows others by itself: computed, or taken from elsewhere."""
    shown = editing.view.form.fields[drawn.name]
    return not shown.entered and shown.field.origin != "imported"


@blueprint.post(f"{STEP}/champs/<name>")
@blueprint.post(f"{PROPOSED_STEP}/champs/<name>")
@member()
def check_field(sheet_id: uuid.UUID, step_id: str, name: str, target_id: uuid.UUID | None = None) -> Response:
    """What there is to say of a field once it is left; the whole step when other fields are now asked."""
    editing = open_step(sheet_id, step_id, target_id)
    typed = editing.form(request.form)
    if name.partition("-")[0] not in typed.declared:
        abort(404)
    drawn_as = request.form.get("_forme") or shape_of(editing)
    asked = {n: editing.view.show_field(editing.view.form.fields[n].field) for n in clashing(typed)}
    _lay(editing, typed)
    form = editing.form(request.form)
    faults = form.faults()
    _tidy(editing, form)
    drawn = editing.drawn(form, faults)
    for one in drawn:
        if one.name in asked:
            one.conflict = both_values(one.shown, asked[one.name])
    if shape_of(editing) != drawn_as:
        return _body(editing, drawn)
    checked = one_of(drawn, name)
    if checked is None:
        abort(404)
    beside = [f for f in drawn if f.name in _tied(editing, name) and f.widget not in ("rows", "table", "address")]
    return make_response(render_template("org/sheets/_checked.html", field_=checked, beside=beside))


def _lay(editing: Editing, typed: StepForm) -> None:
    """See the sheet with what was typed; twice, since a value may make another field appear, which was typed too."""
    known = editing.typed_fields()
    editing.lay(typed.raws())
    more = editing.form(request.form)
    new = {n: raw for n, raw in more.raws().items() if n in editing.typed_fields() - known}
    if new:
        editing.lay(new)


def _tidy(editing: Editing, form: StepForm) -> None:
    """Show valid values as they will be kept (« 06 12 34 56 78 »); rows stay as typed, blank ones included."""
    kept = editing.form()
    for name, field in form.typed():
        if field.definition.kind != "rows":
            field.raw = kept.field(name).raw if name not in editing.view.node.raw else field.raw
        else:
            field.raw = _tidy_rows(editing, field.definition, field.raw)


def _tidy_rows(editing: Editing, definition: Any, rows: Any) -> Any:
    context = editing.view.context.inside(definition.id)

    def cells(row: dict[str, Any]) -> dict[str, Any]:
        return {**row, **{c.id: tidied(c, row.get(c.id), context) for c in definition.fields}}

    return [cells(row) for row in rows or [] if isinstance(row, dict)]


def _tied(editing: Editing, name: str) -> set[str]:
    """The other fields of the step that a rule reads together with this one."""
    found: set[str] = set()
    for rule in editing.step.rules:
        named = set(_words(rule.parameters.values()))
        found |= named if name in named else set()
    return found - {name}


def _words(values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from (v for v in value if isinstance(v, str))


def _body(editing: Editing, drawn: list[Drawn]) -> Response:
    context = {
        "editing": editing,
        "fields": drawn,
        "hidden": hidden_inputs(editing) | {"_was": request.form.get("_was", "{}")},  # nothing was saved
        "saved": saved_words(editing, editing.opened.now),
        "notices": notices(editing),
        "calendar": calendar_of(editing.view, editing.step.step),
        "help": help_of(editing),
    }
    return reswap(make_response(render_template("org/sheets/_reshaped.html", **context)), "outerMorph", "#sheet-body")
