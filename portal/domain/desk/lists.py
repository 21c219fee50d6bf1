"""Lists of sheets as desk.yaml declares them: filtered, sorted and paged by PostgreSQL, said in the region's words.

    page = list_page(session, tenant, actor, "sessions", Asked(words=request.args.to_dict(flat=False)), today=today)
    page.heads, page.rows, page.total

Five statements whatever the number of rows: the ids with their total, the sheets and what is above, their states, their
organisations, their last transmissions; one more where filters offer values found in the sheets.
"""

import math
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, case, func, nulls_last
from sqlalchemy.orm import Session

from portal.domain.deliveries.queries import errors_of
from portal.domain.desk.among import CHUNK, Among, views
from portal.domain.desk.cells import Cell
from portal.domain.desk.columns import Facts, Head, head_of, teller
from portal.domain.desk.defaults import with_defaults
from portal.domain.desk.filters import Offered, apply_filters, offered_filters
from portal.domain.desk.sql import Unsayable
from portal.domain.people import SYSTEM, Actor
from portal.domain.sheets.answering import PATTERN
from portal.domain.sheets.links import linked
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.view import View
from portal.domain.workflow import locked_by, locks_on, may_edit
from portal.tenancy.schema import Column, ListView
from portal.tenancy.tenant import Tenant

SIZES = (10, 25, 50, 100)
ALWAYS_SORT = ("created_at", "changed_at", "code", "title")
"""What a list may be sorted by at first, whatever its columns."""

CODE_WIDTH = 12  # codes are mostly numbers: 9 comes before 10


@dataclass(frozen=True)
class Asked:
    """What one asks of a list: values by filter id (`q` for words), sort, page; `under` keeps what is below a sheet,
    `counter` what a figure of the dashboard counts.
    """

    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    size: int = 0
    under: View | None = None
    counter: str | None = None


@dataclass(frozen=True)
class Row:
    """One sheet of a list. `step` is the first step this person may type in; None where there is none."""

    sheet_id: uuid.UUID
    code: str
    title: str
    step: str | None
    cells: list[Cell]


@dataclass(frozen=True)
class ListPage:
    """One page of a list."""

    id: str
    view: ListView
    heads: list[Head]
    rows: list[Row]
    total: int
    page: int
    size: int
    sort: str
    filters: list[Offered]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, math.ceil(self.total / self.size))


def lists_for(tenant: Tenant, actor: Actor, level: str | None = None) -> dict[str, ListView]:
    """The lists a person may open, those of one level where one is named."""
    return {
        name: view
        for name, view in tenant.desk.lists.items()
        if (level is None or view.level == level) and (not view.roles or actor.roles & set(view.roles))
    }


def list_of_level(tenant: Tenant, actor: Actor, level: str) -> tuple[str, ListView]:
    """The first list of a level; one of its own making where the region declares none: number, title, states."""
    declared = lists_for(tenant, actor, level)
    if declared:
        return next(iter(declared.items()))
    known = tenant.level(level)
    states = [Column(id=axis, label=a.label or axis, state=axis) for axis, a in tenant.axes_of(level).items()]
    columns = [Column(id="code", label="N°"), Column(id="title", label=known.label), *states]
    return level, ListView(label=known.plural or known.label, level=level, columns=columns, sort="code")


def list_page(
    session: Session, tenant: Tenant, actor: Actor, list_id: str, view: ListView, asked: Asked, *, today: date
) -> ListPage:
    """One page of a list, for somebody."""
    asked = _answered(session, tenant, actor, view, asked, today)
    among = _among(session, tenant, actor, view, asked, today)
    keys = sortable(tenant, view)
    sort = asked.sort if asked.sort.removeprefix("-") in keys else view.sort
    size = asked.size if asked.size in {*SIZES, view.page_size} else view.page_size
    query = _ordered(among, view, sort, Sheet.id, func.count().over())
    page = max(1, asked.page)
    found = session.execute(query.limit(size).offset((page - 1) * size)).all()
    if not found and page > 1:  # beyond the last page: the first one rather than nothing
        page, found = 1, session.execute(query.limit(size)).all()
    heads = [replace(head_of(tenant, view.level, c), sort=c.id if c.id in keys else None) for c in view.shown]
    rows = list(_rows(session, tenant, actor, view, [sheet_id for sheet_id, _ in found], today))
    total = found[0][1] if found else 0
    offered = offered_filters(session, tenant, view, asked.words, among) if asked.under is None else []
    return ListPage(list_id, view, heads, rows, total, page, size, sort, offered)


def every_id(
    session: Session, tenant: Tenant, actor: Actor, view: ListView, asked: Asked, *, today: date
) -> list[uuid.UUID]:
    """The ids of everything a list holds, in its order: what an export reads by chunks."""
    asked = _answered(session, tenant, actor, view, asked, today)
    among = _among(session, tenant, actor, view, asked, today)
    sort = asked.sort if asked.sort.removeprefix("-") in sortable(tenant, view) else view.sort
    return list(session.scalars(_ordered(among, view, sort, Sheet.id)))


def seen(
    session: Session,
    tenant: Tenant,
    actor: Actor,
    level: str,
    columns: Iterable[Column],
    ids: Sequence[uuid.UUID],
    today: date,
    others: Iterable[str] = (),
) -> Iterator[tuple[View, Facts]]:
    """Sheets with what their cells need, by chunks, in the order of the ids; `others` are expressions read besides."""
    listed = list(columns)
    said = [*others]
    said += [c.value or c.id for c in listed if not (c.state or c.since or c.deliveries or c.link)]
    said += [name[1] for c in listed if c.strong for name in PATTERN.finditer(c.strong)]
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        tied = {c.link: linked(session, tenant, actor, c.link, level, chunk) for c in listed if c.link}
        facts = Facts(errors_of(session, chunk) if any(c.deliveries for c in listed) else {}, tied)
        yield from ((view, facts) for view in views(session, tenant, level, chunk, today, expressions=said))


def _answered(session: Session, tenant: Tenant, actor: Actor, view: ListView, asked: Asked, today: date) -> Asked:
    """What is asked, the region's own answers included; but a figure and a tab show all that they count or hold."""
    if asked.under is not None or asked.counter is not None or not any(one.default for one in view.filters):
        return asked
    among = Among(session, tenant, actor, view.level, today)
    return replace(asked, words=with_defaults(session, tenant, view, asked.words, among))


def _among(session: Session, tenant: Tenant, actor: Actor, view: ListView, asked: Asked, today: date) -> Among:
    among = Among(session, tenant, actor, view.level, today)
    if asked.under is not None:
        among.under(asked.under.node.id, asked.under.node.level)
    else:
        apply_filters(among, view, asked.words)
    counter = tenant.desk.counters.get(asked.counter or "")
    if counter is not None and counter.level == view.level and actor.roles & set(counter.roles):
        among.where(counter.where)
    return among.where(view.where)


def _rows(
    session: Session, tenant: Tenant, actor: Actor, view: ListView, ids: list[uuid.UUID], today: date
) -> Iterator[Row]:
    tells = [teller(tenant, view.level, column) for column in view.shown]
    locks = [lock.when for lock in tenant.workflow.locks if lock.when and lock.level == view.level]
    for sheet, facts in seen(session, tenant, actor, view.level, view.shown, ids, today, locks):
        states = {axis: state for node in reversed(list(sheet.node.up())) for axis, state in node.states.items()}
        step = _first_typed(sheet, states, actor.roles_on(sheet.node))
        cells = [tell(sheet, facts) for tell in tells]
        yield Row(sheet.node.id, sheet.node.code, sheet.node.title, step, cells)


def _first_typed(sheet: View, states: Mapping[str, str], roles: frozenset[str]) -> str | None:
    """The first step in which these roles may type something; None where nothing is left open to them."""
    tenant, level = sheet.tenant, sheet.node.level
    if not may_edit(tenant, level, states, roles):
        return None
    locks = locks_on(tenant, level, states, roles, sheet.holds)
    fields = (f for step in sheet.form.steps for f in step.fields)
    return next((f.step for f in fields if f.entered and locked_by(locks, level, f.id) is None), None)


def _sort_key(among: Among, column: Column) -> Sequence[ColumnElement[Any]] | None:
    """What PostgreSQL sorts a column by; None when it cannot say it."""
    if column.deliveries or column.link:
        return None
    if column.since:
        return [among.reach.since(among.level, column.since)]
    if column.state:
        return _state_order(among, column.state)
    try:
        said = among.speech.said(column.value or column.id)
    except (Unsayable, LookupError):
        return None
    if said.constant is not None:
        return None
    return [func.lpad(said.sql, CODE_WIDTH, " ")] if (column.value or column.id) == "code" else [said.order]


def _state_order(among: Among, axis: str) -> Sequence[ColumnElement[Any]] | None:
    """The order in which the region declares its states."""
    known = among.tenant.axis(axis)
    if known.derived is not None:
        try:
            return [among.speech.said(known.derived).sql]
        except Unsayable:
            return None
    ranks = {state: rank for rank, state in enumerate(known.states)}
    return [case(ranks, value=among.reach.state(among.level, axis))]


def sortable(tenant: Tenant, view: ListView) -> frozenset[str]:
    """The columns by which PostgreSQL can sort a list; worked out once per version of the tenant's files."""
    key = ("sortable", view.level, view.label, tuple(c.id for c in view.columns))
    if key not in tenant.compiled:
        scratch = Among(cast(Session, None), tenant, SYSTEM, view.level, date.min)
        tenant.compiled[key] = frozenset(c.id for c in view.columns if _sort_key(scratch, c) is not None)
    found: frozenset[str] = tenant.compiled[key]
    return found


def _ordered(among: Among, view: ListView, sort: str, *columns: Any) -> Select[Any]:
    """The query of these columns, in order. What sorts is named first: it may need a join."""
    name, down = sort.removeprefix("-"), sort.startswith("-")
    column = next((c for c in view.columns if c.id == name), None)
    keys = _sort_key(among, column) if column is not None else None
    if keys is None:
        keys = [getattr(Sheet, name)] if name in ALWAYS_SORT else []
    return among.query(*columns).order_by(*(nulls_last(k.desc() if down else k.asc()) for k in keys), Sheet.id)
