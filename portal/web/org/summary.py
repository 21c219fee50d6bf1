"""The summary of a sheet: everything read, faults linked to their fields, what is left to do, the moves as buttons."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, url_for

from portal.domain.entry.completeness import Problem, sent_with
from portal.domain.entry.saving import shown_raw
from portal.domain.sheets.effective import EffectiveField, EffectiveStep
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.view import View
from portal.web.access import member
from portal.web.answers import answer
from portal.web.drawn import Drawing, Drawn, Links
from portal.web.org.blueprint import SHEET, blueprint
from portal.web.org.corrections import asked_list
from portal.web.org.endings import endings
from portal.web.org.following import offers_below
from portal.web.org.heads import badges, editing_title, pressables, sheet_href, state_help, way_back
from portal.web.org.opened import Opened, open_sheet
from portal.web.org.ranks import landmarks
from portal.web.org.remedies import conditions, problem_href
from portal.web.titles import sheet_title


@dataclass(frozen=True)
class Line:
    """One thing to be done before sending, done or not."""

    label: str
    done: bool
    href: str
    message: str = ""
    heed: bool = False


@dataclass
class Section:
    """One step read: its fields as shown, what is left to do in it."""

    title: str
    href: str
    fields: list[Drawn]
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Fiche:
    """Another sheet that goes with this one: what it is called, what is left to do in it."""

    title: str
    href: str
    lines: list[Line]


@blueprint.get(f"{SHEET}/recapitulatif")
@member()
def show_summary(sheet_id: uuid.UUID) -> Response:
    """The summary page."""
    return summary_answer(open_sheet(sheet_id))


def summary_answer(opened: Opened, status: int = 200, message: str = "", found: Sequence[Problem] = ()) -> Response:
    """The summary; `message` and `found` say why a move was refused."""
    problems = [*opened.problems, *(p for p in found if p not in opened.problems)]
    ends = endings(opened)
    buttons = ends.others(pressables(opened))
    label = opened.tenant.desk.summary_label if opened.sent_in is opened.view else "Récapitulatif"
    context: dict[str, Any] = {
        "opened": opened,
        "title": editing_title(opened),
        "label": label,
        "sent_title": sheet_title(opened.sent_in),
        "breadcrumbs": way_back(opened, (label, None)),
        "landmarks": landmarks(opened.view),
        "badges": badges(opened),
        "state_help": state_help(opened),
        "asked": asked_list(opened),
        "conditions": conditions(opened, opened.view, opened.sheet.level),
        "sections": sections_of(opened.view, problems),
        "loose": [_missing(p) for p in problems if p.sheet_id == opened.sheet.id and not p.step],
        "above": others(opened, sent_with(opened.view), problems),
        "below": others(opened, list(opened.view.node.down())[1:], problems),
        "endings": ends,
        "offers": ends.beside(offers_below(opened)),
        "faults": faults_of((p for p in problems if p.severity == "block"), opened),
        "moves": [m for m in buttons if not m.blocked],
        "blocked": [m for m in buttons if m.blocked],
        "message": message,
    }
    return answer("org/sheets/summary.html", status=status, **context)


def sections_of(view: View, problems: Iterable[Problem]) -> list[Section]:
    """Every step with its fields in French words and its lines."""
    own = [p for p in problems if p.sheet_id == view.node.id]
    links = Links(files=lambda digest: url_for("org.read_file", sheet_id=view.node.id, digest=digest))
    drawing = Drawing(view, links, own)
    return [_section(view, step, own, drawing) for step in view.form.steps]


def _section(view: View, step: EffectiveStep, problems: Sequence[Problem], drawing: Drawing) -> Section:
    here = [p for p in problems if p.step == step.id]
    href = _href(view, step.id)
    drawn = [drawing.field(shown, shown_raw(view, shown.field)) for shown in step.fields]
    for one, shown in zip(drawn, step.fields, strict=True):
        one.shown = one.shown or _typed(view, shown)
    lines = [line for shown in step.fields if (line := _line(view, shown, here)) is not None]
    loose = [p for p in here if not p.field]
    lines += [Line(step.step.label, False, href, p.message, p.severity != "block") for p in loose]
    return Section(step.step.label, href, drawn, lines)


def _typed(view: View, shown: EffectiveField) -> str:
    """What was typed and is not valid, as typed."""
    raw = view.node.raw.get(shown.id)
    return raw if isinstance(raw, str) else ""


def _line(view: View, shown: EffectiveField, problems: Iterable[Problem]) -> Line | None:
    """A field that is asked, or of which something is to be said."""
    mine = [p for p in problems if p.field == shown.id]
    if not mine and not _asked(view, shown):
        return None
    faults = [p for p in mine if p.severity == "block"]
    said = " ".join(dict.fromkeys(_said(p) for p in faults or mine))
    href = f"{_href(view, shown.step)}#field-{shown.id}"
    return Line(shown.field.short or shown.field.words, not faults, href, said, heed=bool(mine) and not faults)


def _asked(view: View, shown: EffectiveField) -> bool:
    """Whether something is asked in a field before sending: itself, or cells in the rows it has."""
    definition = shown.field
    if definition.kind == "rows":
        return shown.entered and any(c.required for c in definition.fields) and bool(view.stored(shown.id))
    return definition.required and (shown.entered or definition.fill is not None)


def _said(problem: Problem) -> str:
    inside = "." in problem.path and problem.label.count(" — ")
    return f"{problem.label.rpartition(' — ')[2]} : {problem.message}" if inside else problem.message


def others(opened: Opened, nodes: Iterable[Node], problems: Sequence[Problem]) -> list[Fiche]:
    """The sheets that go with this one, each with what is left to do in it."""
    return [
        Fiche(
            sheet_title(opened.view.of(node)),
            sheet_href(node.id),
            [_missing(p) for p in problems if p.sheet_id == node.id],
        )
        for node in nodes
    ]


def _missing(problem: Problem) -> Line:
    return Line(
        problem.label or problem.sheet_title, False, problem_href(problem), problem.message, problem.severity != "block"
    )


def faults_of(problems: Iterable[Problem], opened: Opened) -> list[dict[str, str]]:
    """The faults for components/alerts.html, each leading to its field's page: that of the proposal, in a request."""
    request = opened.sheet.id if opened.level.amends else None
    return [
        {"name": p.field, "label": p.label or p.sheet_title, "message": p.message, "href": problem_href(p, request)}
        for p in problems
    ]


def _href(view: View, step_id: str) -> str:
    return problem_href(Problem(view.node.id, view.node.level, view.node.title, step_id, "", "", ""))
