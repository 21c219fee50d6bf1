"""The page of a step and its parts: what the templates of `org/sheets/step*.html` are given."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Response, request

from portal.domain.entry.completeness import problems_of_sheet
from portal.domain.entry.due import first_cells
from portal.domain.fields import ID, KINDS
from portal.domain.sheets.answering import PATTERN
from portal.domain.sheets.options import offered_by
from portal.domain.sheets.view import View
from portal.web.answers import answer
from portal.web.coded import NOT_YOURS, comes_from_certification
from portal.web.drawn import Drawn
from portal.web.forms import StepForm
from portal.web.org.editing import Editing
from portal.web.org.endings import endings
from portal.web.org.following import offers_below
from portal.web.org.heads import badges, editing_title, pressables, sheet_href, stepper_items, way_back
from portal.web.org.kept import Kept, hidden_inputs, saved_words
from portal.web.org.planning import calendar_of
from portal.web.org.ranks import landmarks
from portal.web.org.remarks import remarks_on_step
from portal.web.org.remedies import Condition, conditions
from portal.web.org.requests import request_tabs
from portal.web.prose import linked, prose

Fault = dict[str, str]


def step_answer(editing: Editing, kept: Kept | None = None, status: int = 200) -> Response:
    """The step, as page or as part; after a save that was not clean, as it was typed, with what is to be seen to."""
    context = step_context(editing, kept)
    return answer("org/sheets/step.html", "org/sheets/_step.html", status, **context)


def step_context(editing: Editing, kept: Kept | None = None, *, onglet: str = "") -> dict[str, Any]:
    """Everything the templates of a step name."""
    opened, drawn = editing.opened, kept.drawn() if kept else editing.drawn(with_asked_rows(editing))
    last = editing.following is None
    own = last and editing.target_id is None and not onglet
    ends = endings(opened) if own else None
    moves = [m for m in pressables(opened) if not m.blocked] if editing.target_id is None else []
    offers = offers_below(opened) if last and editing.target_id is None else []
    return {
        "opened": opened,
        "editing": editing,
        "title": editing_title(opened),
        "about": editing.view.node.title,
        "breadcrumbs": way_back(opened, (editing.step.step.label, None)),
        "landmarks": landmarks(opened.view),
        "badges": badges(opened),
        "steps": stepper_of(editing),
        "fields": drawn,
        "faults": faults_in(drawn) if kept else [],
        "hidden": hidden_inputs(editing, kept),
        "saved": saved_words(editing, opened.now),
        "notices": notices(editing),
        "calendar": calendar_of(editing.view, editing.step.step),
        "help": help_of(editing),
        "asked_first": asked_first(editing),
        **_corrections(editing),
        "lock": editing.closed,
        "moves": ends.others(moves) if ends else moves,
        "tabs": request_tabs(opened, editing.target_id) if opened.level.amends and not onglet else [],
        "last": last,
        "endings": ends,
        "offers": ends.beside(offers) if ends else offers,
        "onglet": onglet,
        "button": editing.view.form.labels.get(f"button.{editing.view.node.level}.{editing.step.id}"),
    }


def _corrections(editing: Editing) -> dict[str, Any]:
    """What is asked to be corrected in the whole step, and where the list of all of it is."""
    opened = editing.opened
    found = opened.corrections if editing.target_id is None else []
    return {
        "on_step": remarks_on_step(found, editing.view, editing.step.id),
        "remarks_total": len(found),
        "corrections_href": f"{sheet_href(opened.sent_in.node.id)}#corrections",
    }


def stepper_of(editing: Editing) -> list[dict[str, Any]]:
    """The steps, each with where it stands before sending."""
    return stepper_items(editing, problems_of_sheet(editing.opened.session, editing.view, "send"))


def asked_first(editing: Editing) -> list[Condition]:
    """What must be done elsewhere first, when something must."""
    return conditions(editing.opened, editing.view, editing.view.node.level) if editing.unmet else []


def notices(editing: Editing) -> list[dict[str, str]]:
    """The region's notices of the step, in the words of this sheet; then whose the values of a certification are."""
    levels = {"info": "info", "warn": "warning", "danger": "error"}
    shown = (n for n in editing.step.step.notices if editing.view.holds(n.when))
    told: list[dict[str, str]] = [
        {"level": levels[n.level], "text": linked(n.text, partial(_filled, editing.view))} for n in shown
    ]
    taken = any(f.locked and comes_from_certification(editing.view, f.field) for f in editing.step.fields)
    return [*told, {"level": "info", "text": NOT_YOURS}] if taken else told


def _filled(view: View, text: str) -> str:
    """A pattern of the region; rows are told by what each is called, and not cell by cell."""

    def words(match: re.Match[str]) -> str:
        found = view.field_at(match[1])
        if found is None or found[1].kind != "rows":
            return match[0]
        return ", ".join(label for _, label in offered_by(view, match[1]))

    return view.fill(PATTERN.sub(words, text))


def help_of(editing: Editing) -> Any:
    """The step's help text, if the region wrote one."""
    text = editing.view.tenant.help.get(editing.step.step.help or "")
    return prose(text) if text else None


def with_asked_rows(editing: Editing) -> StepForm:
    """The step's form, with the rows the address asks for (`?ligne=<field>:<new id>`) when they are not there yet."""
    form = editing.form()
    for asked in request.args.getlist("ligne"):
        name, _, row_id = asked.partition(":")
        if name in form.declared:
            add_blank_row(form, name, row_id)
    return form


def add_blank_row(form: StepForm, name: str, row_id: str) -> None:
    """Put a row at the end of a rows field, with the first values of its cells, unless it is there."""
    field = form.field(name)
    if field.definition.kind != "rows" or (field.definition.rows and field.definition.rows.keys):
        return
    held = [row for row in field.raw or [] if isinstance(row, dict)]
    if row_id and all(row.get(ID) != row_id for row in held):
        row = {ID: row_id, **first_cells(form.view, field.definition)}
        field.raw = [*held, *KINDS["rows"].raw([row], field.definition)]


def faults_in(drawn: Sequence[Drawn]) -> list[Fault]:
    """The faults of the fields, each with the name of its place, for the summary at the top."""
    found: list[Fault] = []
    for one in drawn:
        if one.conflict:
            found.append({"name": one.name, "label": one.label, "message": "deux valeurs : choisissez."})
        elif one.error:
            found.append({"name": one.name, "label": one.label, "message": one.error})
        found += faults_in(one.fields)
        for row in one.rows:
            found += [{"name": one.name, "label": row.legend, "message": message} for message in row.errors]
            found += faults_in(row.fields)
    return found
