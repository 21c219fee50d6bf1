"""What is still missing or wrong in a sheet: required fields, values that are not valid, rules that do not hold.

One answer serves the screen, the move that sends, the import and the readiness of deliveries.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.facts import SheetRuleView, load_facts
from portal.domain.fields import KINDS, Fault
from portal.domain.rules import RULES
from portal.domain.sheets.effective import EffectiveField, EffectiveStep
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField, RuleUse

MISSING = "Ce champ est obligatoire."


@dataclass(frozen=True)
class Problem:
    """One fault, at its place. `path` is the field's id, or `evenements.<row>.<cell>`; empty when it is the sheet's.

    `below` is the level of the sheets that are missing under it, if that is the fault.
    """

    sheet_id: uuid.UUID
    level: str
    sheet_title: str
    step: str
    path: str
    label: str
    message: str
    severity: str = "block"
    below: str = ""

    @property
    def field(self) -> str:
        """The id of the field at fault."""
        return self.path.partition(".")[0]


def problems_of_unit(session: Session, view: View, moment: str) -> list[Problem]:
    """The problems of a sheet, of everything below it, and of what is above, typed by people, that is sent with it."""
    nodes = [*sent_with(view), *view.node.down()]
    return [p for node in nodes for p in problems_of_sheet(session, view.of(node), moment)]


def sent_with(view: View) -> list[Node]:
    """The sheets above a unit that are frozen with it and that people type, from the highest."""
    tenant, axis_id = view.tenant, view.tenant.unit_axis(view.node.level)
    unit = tenant.axis(axis_id).unit if axis_id else None
    named = [level for level in (unit.ancestors if unit else []) if tenant.level(level).origin == "entered"]
    return [node for node in reversed(list(view.node.up())) if node is not view.node and node.level in named]


def problems_of_sheet(session: Session, view: View, moment: str) -> list[Problem]:
    """The problems of one sheet at a moment: `edit`, `save`, `send` or `deliver`, in the order of its form."""
    found = [p for step in view.form.steps for p in problems_of_step(session, view, step, moment)]
    return found + list(_rules(session, view, view.form.rules, moment, ""))


def problems_of_step(session: Session, view: View, step: EffectiveStep, moment: str) -> list[Problem]:
    """The problems of one step."""
    found = [p for field in step.fields for p in _field(session, view, field, moment)]
    return found + list(_rules(session, view, step.rules, moment, step.id))


def prerequisites(session: Session, view: View, rules: Iterable[RuleUse]) -> list[Problem]:
    """The rules of a list that do not hold on a sheet, whatever the moment they name."""
    return list(_rules(session, view, rules, None, ""))


def _field(session: Session, view: View, field: EffectiveField, moment: str) -> Iterator[Problem]:
    definition, kind = field.field, KINDS[field.field.kind]
    if field.id in view.node.raw:
        yield from _invalid(view, field)
        return
    value = view.stored(field.id)
    blank = kind.python(value, definition) in (None, "", [], {}) and definition.kind != "boolean"
    if moment in ("send", "deliver") and definition.required and blank:
        yield _problem(view, field.step, field.id, definition.words, MISSING)
        return
    if moment in ("send", "deliver") and not blank:
        for path in kind.missing(value, definition, lambda cell, row: _asked(view, definition, cell, row)):
            yield _problem(view, field.step, f"{field.id}.{path}", _label(definition, path), MISSING)
    if not blank and field.entered:
        for message in kind.check(value, definition, view.context):
            yield _problem(view, field.step, field.id, definition.words, message)
    if definition.kind == "rows" and definition.rules:
        yield from _row_rules(session, view, field, value or [], moment)


def _asked(view: View, rows: FormField, cell: FormField, row: Any) -> bool:
    cells = {c.id: KINDS[c.kind].python(row.get(c.id), c) for c in rows.fields}
    return view.holds(cell.when, row=rows, cells=cells) if cell.when else True


def _label(definition: FormField, path: str) -> str:
    cell = next((c for c in definition.fields if c.id in path.split(".")), None)
    return f"{definition.words} — {cell.words}" if cell else definition.words


def _invalid(view: View, field: EffectiveField) -> Iterator[Problem]:
    try:
        KINDS[field.field.kind].clean(view.node.raw[field.id], field.field, view.context)
    except Fault as fault:
        cells = getattr(fault, "cells", None) or {}
        for row_id, messages in cells.items():
            for cell_id, message in messages.items():
                path = f"{field.id}.{row_id}.{cell_id}"
                yield _problem(view, field.step, path, _label(field.field, path), message)
        if not cells:
            yield _problem(view, field.step, field.id, field.field.words, fault.message)


def _row_rules(session: Session, view: View, field: EffectiveField, rows: list[Any], moment: str) -> Iterator[Problem]:
    for row in rows:
        for use in _dated(view, field.field.rules, moment):
            rule_view = SheetRuleView(view, load_facts(session, view, use), (field.field, row))
            if use.when is not None and not rule_view.holds(use.when):
                continue
            for problem in RULES[use.rule].function(use.parameters, rule_view):
                cell = problem.field or ""
                path = f"{field.id}.{row['_id']}" + (f".{cell}" if cell else "")
                message = said(use, problem.message)
                yield _problem(view, field.step, path, _label(field.field, path), message, use.severity)


def _rules(session: Session, view: View, uses: Iterable[RuleUse], moment: str | None, step: str) -> Iterator[Problem]:
    for use in _dated(view, uses, moment):
        rule_view = SheetRuleView(view, load_facts(session, view, use))
        if not view.holds(use.when):
            continue
        for problem in RULES[use.rule].function(use.parameters, rule_view):
            path = problem.field or ""
            label = rule_view.label(path) if path else _adding(view, problem.below)
            message = said(use, problem.message)
            place = "" if problem.below else step or _step_of(view, path)
            yield _problem(view, place, path, label, message, use.severity, problem.below)


def _adding(view: View, level_id: str) -> str:
    """The words of the button that adds a sheet of a level; none when nobody adds any."""
    level = view.tenant.level(level_id) if level_id else None
    return level.creatable.label if level is not None and level.creatable else ""


def said(use: RuleUse, found: str) -> str:
    """The words of a rule that does not hold: the region's, in which `{found}` stands for what the rule found."""
    return use.message.replace("{found}", found) if use.message else found


def _step_of(view: View, path: str) -> str:
    shown = view.form.fields.get(path.partition(".")[0])
    return shown.step if shown else ""


def _dated(view: View, uses: Iterable[RuleUse], moment: str | None) -> Iterator[RuleUse]:
    for use in uses:
        starts, ends = (date.fromisoformat(d) if d else None for d in (use.valid_from, use.valid_until))
        dated = (starts is None or view.today >= starts) and (ends is None or view.today <= ends)
        if dated and (moment is None or moment in use.on):
            yield use


def _problem(
    view: View, step: str, path: str, label: str, message: str, severity: str = "block", below: str = ""
) -> Problem:
    node = view.node
    return Problem(node.id, node.level, node.title, step, path, label, message, severity, below)


def blocking(problems: Iterable[Problem]) -> list[Problem]:
    """Those that refuse; the others only warn."""
    return [p for p in problems if p.severity == "block"]


def step_status(view: View, step: EffectiveStep, problems: Iterable[Problem]) -> str:
    """Where a step stands: `empty`, `started`, `complete` or `wrong` (something is not valid or breaks a rule)."""
    own = [p for p in problems if p.step == step.id and p.severity == "block"]
    if any(p.message != MISSING for p in own):
        return "wrong"
    if not own:
        return "complete"
    given = any(f.entered and (f.id in view.node.raw or f.id in view.node.data) for f in step.fields)
    return "started" if given else "empty"
