"""The calendar of a step in words: what is to be done before the day chosen, and the day today still allows."""

from dataclasses import dataclass

from portal.domain.entry.planning import Plan, Stage, plan_of
from portal.domain.fields import french
from portal.domain.sheets.view import View
from portal.tenancy.schema import Step


@dataclass(frozen=True)
class Line:
    """One line of the calendar: what, when at the latest, where today stands."""

    label: str
    day: str
    words: str
    late: bool = False


@dataclass(frozen=True)
class Calendar:
    """The calendar under the label of the day it leads to; `earliest` is the first day still possible, if any."""

    label: str
    lines: list[Line]
    earliest: str


def calendar_of(view: View, step: Step) -> Calendar | None:
    """The calendar of a step; None when the region declares none, or none of it bears on this sheet."""
    plan = plan_of(view, step.planning) if step.planning else None
    if plan is None or not plan.stages:
        return None
    lines = [Line(s.label, french.day(s.day) if s.day else "", _words(s), s.place == "late") for s in plan.stages]
    return Calendar(plan.label, [*lines, *_last(plan)], french.day(plan.earliest) if plan.earliest else "")


def _words(stage: Stage) -> str:
    days = french.plural(stage.days, "jour")
    said = {"done": "Fait", "late": f"En retard de {days}", "today": "C’est aujourd’hui", "ahead": f"Dans {days}"}
    return said[stage.place] if stage.day or stage.place == "done" else ""


def _last(plan: Plan) -> list[Line]:
    return [Line(plan.label, french.day(plan.day), "")] if plan.day else []
