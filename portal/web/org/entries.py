"""An entry of the directory looked for among thousands: suggested as one types, or found on a page of its own."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, flash, make_response, render_template, request

from portal.domain.fields import ID, KINDS
from portal.domain.organisations.directory import TABLES
from portal.domain.organisations.finding import entries_named
from portal.domain.sheets.errors import LockedError
from portal.extensions import db
from portal.tenancy.schema import FormField
from portal.web.access import member
from portal.web.answers import answer, redirect_to
from portal.web.entries import entries_offered, picks_entry
from portal.web.org.blueprint import PROPOSED_STEP, STEP, blueprint
from portal.web.org.choosing import BODY, CHOSEN
from portal.web.org.editing import Editing, open_step
from portal.web.org.heads import way_back
from portal.web.org.kept import keep_typed
from portal.web.org.refusals import refused
from portal.web.org.suggestions import MOST, Suggested

SHOWN = 30


@dataclass(frozen=True)
class Asked:
    """The field of an address, `pilote`, or a cell of one of its rows, `intervenants.<row>.intervenant`."""

    field: str
    definition: FormField
    rows: FormField | None = None
    row_id: str = ""


@blueprint.get(f"{STEP}/annuaire/<path>/proposer")
@blueprint.get(f"{PROPOSED_STEP}/annuaire/<path>/proposer")
@member()
def suggest_entry(sheet_id: uuid.UUID, step_id: str, path: str, target_id: uuid.UUID | None = None) -> Response:
    """The options for what is typed."""
    editing = open_step(sheet_id, step_id, target_id)
    found = _found(editing, _asked(editing, path), request.args.get("q", ""), MOST)
    options = [Suggested(words, words) for _, words in found]
    return make_response(render_template("org/sheets/_suggestions.html", found=options))


@blueprint.get(f"{STEP}/annuaire/<path>/choisir")
@blueprint.get(f"{PROPOSED_STEP}/annuaire/<path>/choisir")
@member()
def choose_entry(sheet_id: uuid.UUID, step_id: str, path: str, target_id: uuid.UUID | None = None) -> Response:
    """The search, and what it finds; in a dialog of the step where there is a script."""
    editing = open_step(sheet_id, step_id, target_id)
    asked = _asked(editing, path)
    control, words = request.args.get("champ", ""), request.args.get("q", "")
    title = f"Recherche : {asked.definition.words}"
    part = "org/choosing/_entry.html"
    context = {
        "editing": editing,
        "title": title,
        "breadcrumbs": way_back(editing.opened, (editing.step.step.label, editing.href()), (title, None)),
        "action": editing.href("org.choose_entry", path=path),
        "back": editing.href(_anchor=f"field-{asked.field}"),
        "control": f"c-{control}",
        "champ": control,
        "q": words,
        "found": _found(editing, asked, words, SHOWN),
        "most": SHOWN,
        "part": part,
        "dialog": request.htmx.partial,  # type: ignore[attr-defined]
    }
    inside = request.htmx.target == BODY  # type: ignore[attr-defined]
    return answer("org/choosing/page.html", part if inside else "org/choosing/_dialog.html", **context)


@blueprint.post(f"{STEP}/annuaire/<path>/choisir")
@blueprint.post(f"{PROPOSED_STEP}/annuaire/<path>/choisir")
@member()
def take_entry(sheet_id: uuid.UUID, step_id: str, path: str, target_id: uuid.UUID | None = None) -> Response:
    """Write the entry in the draft and go back to the step."""
    editing = open_step(sheet_id, step_id, target_id, lock=True)
    asked, key = _asked(editing, path), request.form.get("code", "")
    form = editing.form()
    field = form.field(asked.field)
    field.raw, field.sent = _placed(field.raw, asked, key), True
    try:
        kept = keep_typed(editing, form, keep=False)
    except LockedError as refusal:
        return refused(editing, refusal.message)
    db.session.commit()
    if not kept.faults:
        flash(CHOSEN, "success")
    return redirect_to(editing.href(_anchor=f"field-{asked.field}"))


def _asked(editing: Editing, path: str) -> Asked:
    """The field of an address, which must be one that may be typed."""
    name, *inside = path.split(".")
    shown = next((f for f in editing.step.fields if f.id == name), None)
    if shown is None or not shown.entered or editing.lock(name) is not None or len(inside) not in (0, 2):
        abort(404)
    found = Asked(name, shown.field)
    if inside:
        cell = next((c for c in shown.field.fields if c.id == inside[1] and c.id not in shown.fixed_cells), None)
        found = Asked(name, cell or abort(404), shown.field, inside[0])
    if not picks_entry(found.definition):
        abort(404)
    return found


def _found(editing: Editing, asked: Asked, text: str, limit: int) -> list[tuple[str, str]]:
    """(id, words) of the entries that have these words, among those that may be chosen."""
    definition, view = asked.definition, editing.view
    card = next((node.organisation for node in view.node.up() if node.organisation), None)
    keys = entries_named(
        editing.opened.session, TABLES[definition.kind], card.id if card else None, text, duty=definition.duty,
        duty_only=definition.duty_only, limit=limit,
    )  # fmt: skip
    offered = dict(entries_offered(view, definition, asked.rows.id if asked.rows else None))
    return [(str(key), offered[str(key)]) for key in keys if str(key) in offered]


def _placed(raw: Any, asked: Asked, key: str) -> Any:
    """What the field holds with the entry chosen: in its row, which is added when it is not there yet."""
    if asked.rows is None:
        return key
    rows = [dict(row) for row in raw or [] if isinstance(row, dict)]
    if all(row.get(ID) != asked.row_id for row in rows):
        rows += KINDS["rows"].raw([{ID: asked.row_id}], asked.rows)
    for row in rows:
        if row.get(ID) == asked.row_id:
            row[asked.definition.id] = key
    return rows
