"""Rows of a step: one more, one less. The draft is saved first, so that no word typed in the form is lost."""

import uuid
from collections.abc import Mapping

from flask import Response, abort, make_response, render_template

from portal.domain.fields import ID, new_id
from portal.domain.sheets.certified import given_cells
from portal.domain.sheets.errors import LockedError
from portal.extensions import db
from portal.web.access import member
from portal.web.answers import is_partial, redirect_to, reswap
from portal.web.forms import StepForm
from portal.web.org.blueprint import PROPOSED_STEP, STEP, blueprint
from portal.web.org.editing import Editing, open_step
from portal.web.org.kept import Kept, hidden_inputs, keep_typed, one_of, saved_words, without_row
from portal.web.org.refusals import refused
from portal.web.org.step_page import add_blank_row, step_answer, stepper_of
from portal.web.org.uploads import typed_form


@blueprint.post(f"{STEP}/lignes/<field_id>")
@blueprint.post(f"{PROPOSED_STEP}/lignes/<field_id>")
@member()
def add_row(sheet_id: uuid.UUID, step_id: str, field_id: str, target_id: uuid.UUID | None = None) -> Response:
    """One more row, empty, at the end."""
    return change_rows(open_step(sheet_id, step_id, target_id, lock=True), field_id)


@blueprint.delete(f"{STEP}/lignes/<field_id>/<row_id>")
@blueprint.delete(f"{PROPOSED_STEP}/lignes/<field_id>/<row_id>")
@blueprint.post(f"{STEP}/lignes/<field_id>/<row_id>/supprimer")
@blueprint.post(f"{PROPOSED_STEP}/lignes/<field_id>/<row_id>/supprimer")
@member()
def remove_row(
    sheet_id: uuid.UUID, step_id: str, field_id: str, row_id: str, target_id: uuid.UUID | None = None
) -> Response:
    """One row less."""
    return change_rows(open_step(sheet_id, step_id, target_id, lock=True), field_id, row_id)


def row_wanted(form: Mapping[str, str]) -> tuple[str, str | None] | None:
    """What the buttons of a page without script ask: (field, None) to add a row, (field, row) to remove it."""
    if name := form.get("_ajouter"):
        return name, None
    name, _, row_id = form.get("_supprimer", "").partition(":")
    return (name, row_id) if name else None


def change_rows(editing: Editing, field_id: str, row_id: str | None = None) -> Response:
    """Save what was typed with a row more or less, and answer the field; without script, the page again."""
    form = typed_form(editing)
    if not _may_change(editing, form, field_id):
        abort(404)
    if row_id is not None:
        _take_away(form, field_id, row_id)
    try:
        kept = keep_typed(editing, form, keep=False)
    except LockedError as refusal:
        return refused(editing, refusal.message)
    if row_id is not None:
        _take_away(kept.form, field_id, row_id, still=False)
    response = _answer(kept, field_id, None if row_id else new_id())
    db.session.commit()
    return response


def _may_change(editing: Editing, form: StepForm, field_id: str) -> bool:
    if field_id not in form.declared:
        return False
    shown = editing.view.form.fields[field_id]
    shape = shown.field.rows
    free = not (shape and shape.keys) and given_cells(editing.view, shown.field) is None
    return shown.field.kind == "rows" and shown.entered and free


def _take_away(form: StepForm, field_id: str, row_id: str, *, still: bool = True) -> None:
    """Take a row out of the form; `still`: it must be there."""
    field = form.field(field_id)
    left = without_row(field.raw, row_id)
    if left is not None:
        field.raw, field.sent = left, True
    elif still:
        abort(404)


def _answer(kept: Kept, field_id: str, added: str | None) -> Response:
    editing = kept.editing
    if kept.conflicts:
        return reswap(step_answer(editing, kept, 409), "outerMorph", "#sheet-step")
    if not is_partial():
        asked = {"ligne": f"{field_id}:{added}"} if added else {}
        return redirect_to(editing.href(**asked, _anchor=f"field-{field_id}"))
    if added:
        add_blank_row(kept.form, field_id, added)
    context = {
        "editing": editing,
        "field_": one_of(kept.drawn(), field_id),
        "hidden": hidden_inputs(editing, kept),
        "saved": saved_words(editing, editing.opened.now),
        "steps": stepper_of(editing),
    }
    response = make_response(render_template("org/sheets/_rows.html", **context))
    response.headers["HX-Replace-Url"] = editing.href(ligne=_rows_asked(kept, field_id) if added else None)
    return response


def _rows_asked(kept: Kept, field_id: str) -> list[str]:
    """The rows that the page shows and the sheet does not hold, for its address to say so."""
    stored = kept.editing.view.node.data.get(field_id) or []
    held = {row.get(ID) for row in stored if isinstance(row, dict)}
    return [f"{field_id}:{row[ID]}" for row in kept.form.field(field_id).raw or [] if row.get(ID) not in held]
