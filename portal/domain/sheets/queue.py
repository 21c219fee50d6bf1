"""What awaits the next word of those who decide: submissions and change requests, tab by tab, in pages."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from portal.domain.organisations.models import Organisation
from portal.domain.people import Actor
from portal.domain.sheets.changed import changed_steps, count_changes
from portal.domain.sheets.models import Decision, Revision, Sheet, SheetState
from portal.domain.sheets.narrowing import Wanted, narrowed
from portal.domain.sheets.nodes import load_nodes
from portal.domain.sheets.queries import sheets_in_states
from portal.domain.sheets.search import Above, lineages
from portal.domain.sheets.view import View
from portal.tenancy.tenant import Tenant

MOST_IN_LINE = 5000  # sheets of one tab among which the next one is looked for


@dataclass(frozen=True)
class Basket:
    """One tab of the queue: the sheets of a level that stand in some states. Age is counted on `axis`."""

    id: str
    label: str
    level: str
    axis: str
    states: Mapping[str, list[str]]
    where: str | None = None


@dataclass(frozen=True)
class Waiting:
    """One line of the queue. `first` says that nothing was ever approved; otherwise `changes` counts what differs and
    `steps` name where. `sent_back` is when a correction was last asked, if it was the last decision.

    `data` is that of a change request, for sheets of a level that amends.
    """

    id: uuid.UUID
    level: str
    code: str
    title: str
    organisation: str | None
    programme: str | None
    since: datetime
    deadline: date | None
    state: str = ""
    sent_by: str = ""
    first: bool = True
    changes: int = 0
    steps: list[str] = field(default_factory=list)
    sent_back: datetime | None = None
    above: list[Above] = field(default_factory=list)
    data: Mapping[str, Any] = field(default_factory=dict)


def baskets_of(tenant: Tenant, actor: Actor) -> list[Basket]:
    """The tabs of somebody's queue: the tasks the region declares for their roles, then every state that waits for one
    of them and that no task shows.
    """
    declared = [
        Basket(name, task.label, task.level, next(iter(task.states)), task.states, task.where)
        for name, task in tenant.desk.tasks.items()
        if actor.roles & set(task.roles) and task.states
    ]
    shown = {(b.level, axis, state) for b in declared for axis, states in b.states.items() for state in states}
    return declared + [b for b in _held(tenant, actor) if (b.level, b.axis, *b.states[b.axis]) not in shown]


def _held(tenant: Tenant, actor: Actor) -> list[Basket]:
    found = []
    for level_id, level in tenant.who.levels.items():
        for axis_id, axis in tenant.axes_of(level_id).items():
            for state_id, state in axis.states.items():
                if state.holder in actor.roles:
                    label = f"{level.plural or level.label} – {state.label}"
                    found.append(Basket(f"{level_id}-{state_id}", label, level_id, axis_id, {axis_id: [state_id]}))
    return found


def counts(session: Session, tenant: Tenant, actor: Actor, baskets: list[Basket], today: date) -> dict[str, int]:
    """How many sheets wait in each tab. One query, and five more for each tab whose task has a condition."""
    if not baskets:
        return {}
    totals = [
        _base(session, tenant, actor, basket, today)
        .with_only_columns(func.count(Sheet.id))
        .scalar_subquery()
        .label(basket.id)
        for basket in baskets
    ]
    return dict(session.execute(select(*totals)).one()._mapping)


def _base(session: Session, tenant: Tenant, actor: Actor, basket: Basket, today: date) -> Select[Sheet]:
    query = sheets_in_states(actor, basket.level, dict(basket.states))
    if basket.where is None:
        return query
    nodes = load_nodes(session, list(session.scalars(query)), below=False)
    kept = [n.id for n in nodes.values() if n.level == basket.level and View(tenant, n, today).holds(basket.where)]
    return query.where(Sheet.id.in_(kept))


def _line(
    session: Session, tenant: Tenant, actor: Actor, basket: Basket, wanted: Wanted, today: date
) -> tuple[Select[Sheet], ColumnElement[date | None]]:
    """The tab narrowed and in order, joined to what its columns show."""
    query = _base(session, tenant, actor, basket, today)
    query = query.outerjoin(Organisation, Organisation.id == Sheet.organisation_id)
    query = query.join(SheetState, and_(SheetState.sheet_id == Sheet.id, SheetState.axis == basket.axis))
    deadline = _deadline(tenant, basket.level, today)
    query = narrowed(query, tenant, wanted, deadline, today)
    orders = {"age": SheetState.since, "organisation": Organisation.name, "programme": Sheet.programme}
    main: Any = orders.get(wanted.order, deadline)
    order = main.desc().nulls_last() if wanted.backwards else main.asc().nulls_last()
    return query.order_by(order, SheetState.since, Sheet.id), deadline


def _deadline(tenant: Tenant, level: str, today: date) -> ColumnElement[date | None]:
    """The first day of the sheet itself or of the sheets below; for a change request, the next one under its parent."""
    request = tenant.level(level).amends is not None
    top, root = (tenant.level(level).parent or level, Sheet.parent_id) if request else (level, Sheet.id)
    starts: list[Any] = [] if request else [Sheet.starts_on]
    for depth in range(1, _depth(tenant, top) + 1):
        chain = [aliased(Sheet) for _ in range(depth)]
        first = select(func.min(chain[-1].starts_on)).where(chain[0].parent_id == root, chain[-1].deleted_at.is_(None))
        for upper, lower in pairwise(chain):
            first = first.where(lower.parent_id == upper.id)
        if request:
            first = first.where(chain[-1].starts_on >= today)
        starts.append(first.correlate(Sheet).scalar_subquery())
    return func.least(*starts)


def _depth(tenant: Tenant, level: str) -> int:
    return max((1 + _depth(tenant, child) for child in tenant.children(level)), default=0)


def queue_page(
    session: Session,
    tenant: Tenant,
    actor: Actor,
    basket: Basket,
    wanted: Wanted,
    *,
    today: date,
    limit: int,
    offset: int = 0,
) -> tuple[list[Waiting], int]:
    """A page of a tab, and how many sheets it holds once narrowed. The same number of queries for 1 and 30 rows."""
    line, deadline = _line(session, tenant, actor, basket, wanted, today)
    total = session.scalar(line.with_only_columns(func.count(Sheet.id)).order_by(None)) or 0
    columns = (
        Sheet.id, Sheet.level, Sheet.code, Sheet.title, Sheet.programme, Sheet.approved_revision_id, Sheet.data,
        Organisation.name.label("organisation"), SheetState.since, SheetState.state, deadline.label("deadline"),
    )  # fmt: skip
    rows = session.execute(line.with_only_columns(*columns).limit(limit).offset(offset)).all()
    ids = [row.id for row in rows]
    above, versions = lineages(session, ids), _versions(session, rows)
    return [_waiting(tenant, row, above.get(row.id, []), versions) for row in rows], total


def queue_order(
    session: Session, tenant: Tenant, actor: Actor, basket: Basket, wanted: Wanted, *, today: date
) -> list[uuid.UUID]:
    """The ids of a tab in order: where one is in it, and what comes next."""
    line, _ = _line(session, tenant, actor, basket, wanted, today)
    return list(session.scalars(line.with_only_columns(Sheet.id).limit(MOST_IN_LINE)))


def organisations_waiting(
    session: Session, tenant: Tenant, actor: Actor, basket: Basket, today: date
) -> list[tuple[uuid.UUID, str, int]]:
    """The organisations that have something in a tab, by name, each with how many sheets."""
    held = _base(session, tenant, actor, basket, today).with_only_columns(Sheet.organisation_id, Sheet.id).subquery()
    query = select(Organisation.id, Organisation.name, func.count(held.c.id))
    query = query.join(held, held.c.organisation_id == Organisation.id).group_by(Organisation.id, Organisation.name)
    return [(row[0], row[1], row[2]) for row in session.execute(query.order_by(Organisation.name))]


def programmes_waiting(session: Session, tenant: Tenant, actor: Actor, basket: Basket, today: date) -> dict[str, int]:
    """How many sheets of a tab each programme has."""
    query = _base(session, tenant, actor, basket, today).with_only_columns(Sheet.programme, func.count(Sheet.id))
    return {row[0]: row[1] for row in session.execute(query.group_by(Sheet.programme)) if row[0]}


@dataclass(frozen=True)
class _Versions:
    pending: Mapping[uuid.UUID, Revision]  # by unit
    approved: Mapping[uuid.UUID, Revision]  # by their own id
    sent_back: Mapping[uuid.UUID, datetime]  # by unit


def _versions(session: Session, rows: Sequence[Any]) -> _Versions:
    """What is pending, what is in force and what was last sent back, for some sheets. Two queries."""
    units = [r.id for r in rows]
    decided = select(Decision.id).where(Decision.revision_id == Revision.id).exists()
    pending = and_(Revision.unit_id.in_(units), Revision.kind == "submitted", ~decided)
    approved = Revision.id.in_([r.approved_revision_id for r in rows if r.approved_revision_id])
    found = session.scalars(select(Revision).where(or_(pending, approved)).order_by(Revision.number)).all()
    in_force = {r.approved_revision_id for r in rows}
    last = select(Revision.unit_id, Decision.outcome, Decision.at).join(Decision, Decision.revision_id == Revision.id)
    last = last.where(Revision.unit_id.in_(units), Decision.outcome != "superseded").ext(distinct_on(Revision.unit_id))
    last = last.order_by(Revision.unit_id, Revision.number.desc())
    back = {row.unit_id: row.at for row in session.execute(last) if row.outcome == "returned"}
    return _Versions({r.unit_id: r for r in found if r.id not in in_force}, {r.id: r for r in found}, back)


def _waiting(tenant: Tenant, row: Any, above: list[Above], versions: _Versions) -> Waiting:
    pending, approved = versions.pending.get(row.id), versions.approved.get(row.approved_revision_id)
    told: dict[str, Any] = {}
    if pending is not None:
        told = {"sent_by": pending.made_by_name, "sent_back": versions.sent_back.get(row.id)}
        if approved is not None:
            versions_read = approved.snapshot, pending.snapshot
            told |= {"first": False, "changes": count_changes(tenant, *versions_read)}
            told |= {"steps": changed_steps(tenant, *versions_read)}
    base = {name: value for name, value in row._mapping.items() if name not in ("approved_revision_id", "data")}
    data = row.data if tenant.level(row.level).amends is not None else {}
    return Waiting(**{**base, "above": above, "data": data, **told})
