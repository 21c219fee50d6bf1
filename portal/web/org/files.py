"""Files of a sheet: sent and removed one by one while the form is typed, read by those who may see the sheet."""

import re
import uuid

from flask import Response, abort, make_response, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from portal.domain.attachments.queries import reference_in, shown_in
from portal.domain.fields import Fault
from portal.domain.fields.files import LARGEST, size_words
from portal.domain.sheets.errors import LockedError
from portal.extensions import db
from portal.web.access import member
from portal.web.answers import is_partial, redirect_to, reswap
from portal.web.errors import expected
from portal.web.files import file_answer
from portal.web.org.blueprint import PROPOSED_STEP, SHEET, STEP, blueprint
from portal.web.org.editing import Editing, open_step
from portal.web.org.kept import Kept, hidden_inputs, keep_typed, one_of, saved_words
from portal.web.org.opened import open_sheet
from portal.web.org.planning import calendar_of
from portal.web.org.refusals import refused
from portal.web.org.step_page import help_of, notices, step_answer, stepper_of
from portal.web.org.uploads import file_fields, status_of, typed_form

NOTHING_SENT = "Choisissez un fichier."


@blueprint.get(f"{SHEET}/fichiers/<digest>")
@member()
def read_file(sheet_id: uuid.UUID, digest: str) -> Response:
    """A file of the sheet, or of a version frozen of it, to be saved."""
    opened = open_sheet(sheet_id)
    return file_answer(reference_in(opened.session, [sheet_id], digest) or shown_in(opened.view, digest))


@blueprint.post(f"{STEP}/champs/<name>/fichier")
@blueprint.post(f"{PROPOSED_STEP}/champs/<name>/fichier")
@member()
def send_file(sheet_id: uuid.UUID, step_id: str, name: str, target_id: uuid.UUID | None = None) -> Response:
    """Keep a file as soon as it is chosen, with what was typed beside it."""
    editing = open_step(sheet_id, step_id, target_id, lock=True)
    return change_file(editing, name)


@blueprint.post(f"{STEP}/champs/<name>/fichier/retirer")
@blueprint.post(f"{PROPOSED_STEP}/champs/<name>/fichier/retirer")
@member()
def remove_file(sheet_id: uuid.UUID, step_id: str, name: str, target_id: uuid.UUID | None = None) -> Response:
    """The field without its file; a version that was frozen with it keeps it."""
    editing = open_step(sheet_id, step_id, target_id, lock=True)
    return change_file(editing, name, remove=True)


def change_file(editing: Editing, name: str, *, remove: bool = False) -> Response:
    """Save what was typed with a file more or less, and answer the field; without script, the page again."""
    shown = editing.view.form.fields.get(name)
    if shown is None or name not in {f.id for f in editing.step.fields} or shown.field.kind != "file":
        abort(404)
    if reason := editing.lock(name):
        return refused(editing, reason)
    if name not in {f.id for f in file_fields(editing)}:
        abort(404)
    form = typed_form(editing, without=name if remove else None)
    try:
        kept = keep_typed(editing, form, keep=False)
    except LockedError as refusal:
        return refused(editing, refusal.message)
    if not remove and not request.files.get(name):
        kept.faults[name] = Fault(NOTHING_SENT)
    response = _answer(kept, name)
    db.session.commit()
    return response


def _answer(kept: Kept, name: str) -> Response:
    editing, fault = kept.editing, kept.faults.get(name)
    status = status_of([fault]) if fault else 200
    if kept.conflicts:
        return reswap(step_answer(editing, kept, 409), "outerMorph", "#sheet-step")
    if not is_partial():
        where = editing.href(_anchor=f"field-{name}")
        return step_answer(editing, kept, status) if fault else redirect_to(where)
    drawn = kept.drawn()
    context = {
        "editing": editing,
        "field_": one_of(drawn, name),
        "hidden": hidden_inputs(editing, kept),
        "saved": saved_words(editing, editing.opened.now),
        "steps": stepper_of(editing),
        "body": drawn if kept.reshaped else None,
        "notices": notices(editing),
        "calendar": calendar_of(editing.view, editing.step.step),
        "help": help_of(editing),
    }
    return make_response(render_template("org/sheets/_file_changed.html", **context), status)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_heavy(error: RequestEntityTooLarge) -> Response:
    """A file refused before it is read: said beside its field, where one was sent alone."""
    name = (request.view_args or {}).get("name", "")
    if not is_partial() or request.endpoint != "org.send_file" or not re.fullmatch(r"[a-z0-9_]+", name):
        return expected(error)
    message = f"Ce fichier est trop lourd : {size_words(LARGEST)} au plus."
    response = make_response(render_template("org/sheets/_file_refused.html", message=message), 413)
    return reswap(response, "innerHTML", f"#said-c-{name}")
