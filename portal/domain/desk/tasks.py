"""The basket: what waits for somebody, one line per sheet or per group of sheets, with its deadline."""

import math
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, literal, nulls_last, select, union_all
from sqlalchemy.orm import Session

from portal.domain.conditions.syntax import tokenize
from portal.domain.desk.among import Among, views
from portal.domain.people import Actor
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.view import View
from portal.tenancy.schema import Tab, Task
from portal.tenancy.tenant import Tenant

SIZE = 20


@dataclass(frozen=True)
class TaskType:
    """One kind of task, and how many of it wait."""

    id: str
    label: str
    count: int


@dataclass(frozen=True)
class TaskLine:
    """One thing to do. `days` counts to the deadline and stops at zero; `overdue` says that it has passed."""

    sheet_id: uuid.UUID
    since: datetime
    programme: str
    words: str
    deadline: date | None
    days: int | None
    overdue: bool


@dataclass(frozen=True)
class Basket:
    """What waits: the kinds of task, the one that is opened, a page of its lines, the tab of a sheet it is done in."""

    types: list[TaskType]
    current: str
    task: Task
    tab: str | None
    lines: list[TaskLine]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, math.ceil(self.total / SIZE))


def tasks_for(tenant: Tenant, actor: Actor) -> dict[str, Task]:
    """The kinds of task of somebody's roles."""
    return {name: task for name, task in tenant.desk.tasks.items() if actor.roles & set(task.roles)}


def watched_by(tenant: Tenant, actor: Actor) -> dict[str, Task]:
    """Those that no state makes: sheets to keep an eye on, which wait for no decision."""
    return {name: task for name, task in tasks_for(tenant, actor).items() if not task.states}


def basket(
    session: Session,
    tenant: Tenant,
    actor: Actor,
    *,
    today: date,
    wanted: str | None = None,
    page: int = 1,
    kinds: dict[str, Task] | None = None,
) -> Basket | None:
    """Somebody's basket, opened on the kind wanted, or else on the first that has lines; None when no kind is theirs.
    `kinds` names fewer kinds of task than all of theirs.

    Five statements whatever the number of lines: the counts, the page, its sheets, their states and organisations.
    """
    mine = tasks_for(tenant, actor) if kinds is None else kinds
    if not mine:
        return None
    counts = _counts(session, tenant, actor, mine, today)
    types = [TaskType(name, task.label, counts[name]) for name, task in mine.items()]
    waiting = next((t.id for t in types if t.count), types[0].id)
    current = wanted if wanted in mine else waiting
    page = min(max(1, page), max(1, math.ceil(counts[current] / SIZE)))
    lines = _lines(session, tenant, actor, mine[current], today, page) if counts[current] else []
    return Basket(types, current, mine[current], tab_of(tenant, mine[current]), lines, counts[current], page)


def _among(session: Session, tenant: Tenant, actor: Actor, task: Task, today: date) -> tuple[Among, Any]:
    """The sheets of a task, and the row of the sheet under which they make one line."""
    among = Among(session, tenant, actor, task.level, today, to="work")
    group = among.reach.sheet(task.group or task.level)
    return among.standing(task.states).expired(task.expired).where(task.where), group


def _counts(session: Session, tenant: Tenant, actor: Actor, mine: dict[str, Task], today: date) -> dict[str, int]:
    parts: list[Select[Any]] = []
    for name, task in mine.items():
        among, group = _among(session, tenant, actor, task, today)
        parts.append(among.query(literal(name).label("name"), func.count(group.id.distinct()).label("count")))
    together = union_all(*parts).subquery()
    return {row[0]: row[1] for row in session.execute(select(together))}


def _lines(session: Session, tenant: Tenant, actor: Actor, task: Task, today: date, page: int) -> list[TaskLine]:
    among, group = _among(session, tenant, actor, task, today)
    since = among.reach.since(task.level, next(iter(task.states))) if task.states else Sheet.created_at
    first = func.min(since)
    deadline = func.min(among.speech.said(task.deadline).order) if task.deadline else None
    query = among.query(group.id, func.count(), first, *([] if deadline is None else [deadline])).group_by(group.id)
    query = query.order_by(*([] if deadline is None else [nulls_last(deadline)]), first, group.id)
    found = {row[0]: row for row in session.execute(query.limit(SIZE).offset((page - 1) * SIZE))}
    level = task.group or task.level
    lines = []
    for view in views(session, tenant, level, found, today, lookups=ReferenceLookups()):
        _, count, since_first, *earliest = found[view.node.id]
        lines.append(_line(view, task, count, since_first, earliest[0] if earliest else None, today))
    return lines


def _line(view: View, task: Task, count: int, since: datetime, earliest: date | str | None, today: date) -> TaskLine:
    day = date.fromisoformat(earliest) if isinstance(earliest, str) else earliest
    words = view.fill(task.words.replace("{count}", str(count)))
    days = max((day - today).days, 0) if day is not None else None
    overdue = day is not None and day < today
    return TaskLine(view.node.id, since, view.show("programme.short"), words, day, days, overdue)


def tab_of(tenant: Tenant, task: Task) -> str | None:
    """The tab of a line's page in which the task is done: the one that lists its sheets, or asks what it waits for."""
    tabs = tenant.desk.tabs.get(task.group or task.level, [])
    if task.group is None:
        asked = _steps_named(tenant, task)
        return next((tab.id for tab in tabs if tab.form in asked), None)
    return next((tab.id for tab in tabs if _level_of(tenant, tab) == task.level), None)


def _level_of(tenant: Tenant, tab: Tab) -> str | None:
    return tenant.desk.lists[tab.list].level if tab.list in tenant.desk.lists else tab.level


def _steps_named(tenant: Tenant, task: Task) -> set[str]:
    """The steps that ask the fields a task's condition is about."""
    names = {token.text for token in tokenize(task.where) if token.kind == "name"} if task.where else set()
    return {step.id for step in tenant.steps(task.level) if any(field.id in names for field in step.fields)}
