"""Where each fault is mended: the address of the field, and what to do where it is not simply typed."""

import uuid
from dataclasses import dataclass

from flask import url_for

from portal.domain.entry.completeness import Problem, prerequisites
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.view import View
from portal.tenancy.schema import RuleUse
from portal.web.org.opened import Opened


@dataclass(frozen=True)
class Condition:
    """One thing the region asks before a sheet is created or edited: its words, whether and where it is done."""

    message: str
    done: bool
    href: str | None
    link: str


def problem_href(problem: Problem, request: uuid.UUID | None = None) -> str:
    """The field at fault on its step's page, or where the sheet that is missing is added; else the sheet's page.
    `request`: the change request in which that field is proposed.
    """
    if problem.below:
        return url_for("org.ask_creation", level_id=problem.below, parent=problem.sheet_id)
    if not problem.step:
        return url_for("org.show_sheet", sheet_id=problem.sheet_id)
    address = url_for("org.show_step", sheet_id=problem.sheet_id, step_id=problem.step)
    if request is not None and request != problem.sheet_id:
        address = url_for("org.show_step", sheet_id=request, target_id=problem.sheet_id, step_id=problem.step)
    return f"{address}#field-{problem.field}" if problem.field else address


def conditions(opened: Opened, view: View, level_id: str) -> list[Condition]:
    """What the region asks before sheets of a level are created or edited around `view`, done or not."""
    level = opened.tenant.level(level_id)
    uses = level.requires or (level.creatable.requires if level.creatable else [])
    return [_condition(opened, view, use) for use in uses if use.severity == "block" and view.holds(use.when)]


def _condition(opened: Opened, view: View, use: RuleUse) -> Condition:
    problems = prerequisites(opened.session, view, [use])
    message = use.message or (problems[0].message if problems else "")
    href, link = _where(view, use)
    return Condition(message, not problems, href, link)


def _where(view: View, use: RuleUse) -> tuple[str | None, str]:
    """The step that asks the field a rule is about; where its level is not edited, the requests that may change it."""
    across = use.parameters.get("across") or {}
    named = use.parameters.get("fields") or [use.parameters.get("field", "")]
    dotted = str(named[0] if isinstance(named, list) else named)
    head, _, rest = dotted.partition(".")
    level = across.get("level") or (head if head in view.tenant.who.levels else view.node.level)
    name = rest if head == level and rest else dotted
    if view.tenant.level(level).editable:
        return _step_of(view, level, name)
    return _request_on(view, f"{level}.{name}")


def _step_of(view: View, level: str, name: str) -> tuple[str | None, str]:
    holder, step = view.node.ancestor(level), view.tenant.step_of(level, name)
    if holder is None or step is None:
        return None, ""
    href = url_for("org.show_step", sheet_id=holder.id, step_id=step.id)
    return f"{href}#field-{name}", f"Renseigner : {step.label}"


def _request_on(view: View, field: str) -> tuple[str | None, str]:
    for level_id, level in view.tenant.who.levels.items():
        patterns = {pattern for names in (level.amends or {}).values() for pattern in names}
        holder = view.node.ancestor(level.parent) if level.parent else None
        if holder is not None and (field in patterns or f"{field.partition('.')[0]}.*" in patterns):
            return request_href(holder, level_id), level.label
    return None, ""


def request_href(holder: Node, level_id: str) -> str:
    """The address where a change request about a sheet is made."""
    return url_for("org.ask_creation", level_id=level_id, parent=holder.id)
