"""The calendar of a step: what is to be done before a day, counted back from it, and on from today."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from portal.domain.sheets.view import View
from portal.tenancy.schema import Milestone, Planning

Place = Literal["done", "late", "today", "ahead"]


@dataclass(frozen=True)
class Stage:
    """One thing to do: the last day for it, and where today stands. `day` is None while the day of the planning is."""

    label: str
    day: date | None
    place: Place
    days: int


@dataclass(frozen=True)
class Plan:
    """The calendar: the day it leads to under its label, the stages in order, and the first day that could still be
    chosen if everything that is left began today.
    """

    label: str
    day: date | None
    stages: list[Stage]
    earliest: date | None

    @property
    def late(self) -> bool:
        """Whether a stage that is not done should have been."""
        return any(stage.place == "late" for stage in self.stages)


def plan_of(view: View, planning: Planning) -> Plan:
    """The calendar of a sheet, today."""
    field = view.tenant.field(view.node.level, planning.day)
    found = view.python_of(field) if field else None
    day = found.date() if isinstance(found, datetime) else found if isinstance(found, date) else None
    bearing = [m for m in planning.milestones if view.holds(m.when)]
    stages = [_stage(view, m, day) for m in bearing]
    stages.sort(key=lambda stage: stage.day or date.max)  # while there is no day, as the region lists them
    left = [m for m in bearing if not _done(view, m)]
    earliest = max(filter(None, (_earliest(view, m) for m in left)), default=None)
    return Plan(field.words if field else "", day, stages, earliest)


def _done(view: View, milestone: Milestone) -> bool:
    return milestone.done is not None and view.holds(milestone.done)


def _stage(view: View, milestone: Milestone, day: date | None) -> Stage:
    last = _last(view, milestone, day) if day is not None else None
    days = (last - view.today).days if last is not None else 0
    place: Place = "late" if days < 0 else "today" if last is not None and days == 0 else "ahead"
    return Stage(milestone.label, last, "done" if _done(view, milestone) else place, abs(days))


def _last(view: View, milestone: Milestone, day: date) -> date | None:
    closures = view.closures()
    if milestone.weeks is not None:
        return closures.weeks_before(day, milestone.weeks)
    return closures.working_days_before(day, milestone.working_days or 0)


def _earliest(view: View, milestone: Milestone) -> date | None:
    """The first day that leaves time for a stage begun today."""
    closures = view.closures()
    if milestone.weeks is not None:
        return closures.weeks_after(view.today, milestone.weeks)
    started = closures.working_days_after(view.today - timedelta(days=1), 1)  # today, if people work
    return closures.working_days_after(started, milestone.working_days or 0) if started else None
