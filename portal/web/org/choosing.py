"""A code looked for on a page of its own, or in a dialog of the step: found by words or in its tree, chosen, written in
the draft. What was typed in the step is saved before one leaves it.
"""

import uuid
from collections.abc import Mapping

from flask import Response, abort, flash, request
from werkzeug.datastructures import MultiDict

from portal.domain.fields import ID, KINDS
from portal.domain.fields.base import limit
from portal.domain.sheets.errors import LockedError
from portal.extensions import db
from portal.tenancy.schema import FormField
from portal.web.access import member
from portal.web.answers import answer, redirect_to, reswap
from portal.web.coded import PICKED, codes_of, table_of
from portal.web.entries import picks_entry
from portal.web.forms import StepForm
from portal.web.org.blueprint import PROPOSED_STEP, STEP, blueprint
from portal.web.org.codes_found import FOUND
from portal.web.org.editing import Editing, open_step
from portal.web.org.heads import way_back
from portal.web.org.kept import keep_typed
from portal.web.org.refusals import refused
from portal.web.org.step_page import step_answer

CHOSEN = "Choix enregistré dans le brouillon."
BODY = "choosing"  # id of what a search replaces in the dialog


@blueprint.get(f"{STEP}/champs/<name>/choisir")
@blueprint.get(f"{PROPOSED_STEP}/champs/<name>/choisir")
@member()
def choose_code(sheet_id: uuid.UUID, step_id: str, name: str, target_id: uuid.UUID | None = None) -> Response:
    """The search, and what it finds; in a dialog of the step where there is a script."""
    editing = open_step(sheet_id, step_id, target_id)
    definition = _picked(editing, name)
    held = codes_of(KINDS[definition.kind].raw(editing.view.stored(name), definition))
    kept = request.args.getlist("code") if "retenus" in request.args else held
    title = f"{'Recherche Certif Info' if definition.kind == 'certification' else 'Recherche'} : {definition.words}"
    part = f"org/choosing/_{definition.kind}.html"
    context = {
        "editing": editing,
        "definition": definition,
        "title": title,
        "breadcrumbs": way_back(editing.opened, (editing.step.step.label, editing.href()), (title, None)),
        "action": editing.href("org.choose_code", name=name),
        "back": editing.href(_anchor=f"field-{name}"),
        "control": f"c-{name}",
        "most": limit(definition.max, KINDS["formacode"].default_max) if definition.kind == "formacode" else 1,  # type: ignore[attr-defined]
        "found": FOUND[definition.kind](request.args, kept, editing.view.lookups),
        "part": part,
        "dialog": request.htmx.partial,  # type: ignore[attr-defined]
    }
    inside = request.htmx.target == BODY  # type: ignore[attr-defined]
    return answer("org/choosing/page.html", part if inside else "org/choosing/_dialog.html", **context)


@blueprint.post(f"{STEP}/champs/<name>/choisir")
@blueprint.post(f"{PROPOSED_STEP}/champs/<name>/choisir")
@member()
def take_code(sheet_id: uuid.UUID, step_id: str, name: str, target_id: uuid.UUID | None = None) -> Response:
    """Write the codes in the draft and go back to the step; or keep them and look for more."""
    editing = open_step(sheet_id, step_id, target_id, lock=True)
    _picked(editing, name)
    codes = list(dict.fromkeys(code for code in request.form.getlist("code") if code))
    if request.form.get("_action") == "garder":
        asked = {key: request.form[key] for key in ("q", "sous") if request.form.get(key)}
        return redirect_to(editing.href("org.choose_code", name=name, code=codes, retenus=1, **asked))
    try:
        kept = keep_typed(editing, editing.form(MultiDict([(name, code) for code in codes or [""]])), keep=False)
    except LockedError as refusal:
        return refused(editing, refusal.message)
    db.session.commit()
    if not kept.faults:
        flash(CHOSEN, "success")
    return redirect_to(editing.href(_anchor=f"field-{name}"))


def code_asked(form: Mapping[str, str]) -> tuple[str, str, str] | None:
    """What the buttons beside a code ask: (field, "", "") to look for one, (field, code, the one that replaces it)."""
    if not (asked := form.get("_choisir")):
        return None
    name, _, codes = asked.partition(":")
    old, _, new = codes.partition(":")
    return name, old, new


def answer_asked(editing: Editing, name: str, old: str, new: str) -> Response:
    """Save what was typed, with the new code where there is one; then the page of the search, or the step again."""
    form = editing.form(request.form)
    entry = _entry_path(form, name)
    if entry is None and (name not in form.declared or table_of(editing.view.form.fields[name].field) is None):
        abort(404)
    if new:
        field = form.field(name)
        field.raw = [new if code == old else code for code in codes_of(field.raw)] if _several(field.raw) else new
        field.sent = True
    try:
        kept = keep_typed(editing, form, keep=False)
    except LockedError as refusal:
        return refused(editing, refusal.message)
    if kept.conflicts:
        response = reswap(step_answer(editing, kept, 409), "outerMorph", "#sheet-step")
    elif new:
        response = redirect_to(editing.href(_anchor=f"field-{name}"))
    elif entry is not None:
        response = redirect_to(editing.href("org.choose_entry", path=entry, champ=name))
    else:
        response = redirect_to(editing.href("org.choose_code", name=name))
    db.session.commit()
    return response


def _entry_path(form: StepForm, name: str) -> str | None:
    """The field, or the cell of a row, that chooses in the directory under a name of the form; None for another."""
    head, _, rest = name.partition("-")
    if head not in form.declared:
        return None
    field = form.field(head)
    index, _, cell = rest.partition("-")
    if not rest:
        return head if picks_entry(field.definition) else None
    rows = field.raw if isinstance(field.raw, list) else []
    if not index.isdecimal() or int(index) >= len(rows):
        return None
    picked = any(one.id == cell and picks_entry(one) for one in field.definition.fields)
    return f"{head}.{rows[int(index)].get(ID)}.{cell}" if picked else None


def _several(raw: object) -> bool:
    return isinstance(raw, list)


def _picked(editing: Editing, name: str) -> FormField:
    """The field of codes of an address, which must be one that may be typed."""
    shown = next((f for f in editing.step.fields if f.id == name), None)
    if shown is None or shown.field.kind not in PICKED or not shown.entered or editing.lock(name) is not None:
        abort(404)
    return shown.field
