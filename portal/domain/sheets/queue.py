"""What awaits the next word of those who decide: submissions and change requests, tab by tab, in pages."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.domain.fields import KINDS
from portal.domain.organisations.models import Organisation
from portal.domain.people import Actor
from portal.domain.sheets.models import Decision, Revision, Sheet, SheetState
from portal.domain.sheets.nodes import Snapshot, load_nodes
from portal.domain.sheets.queries import sheets_in_states
from portal.domain.sheets.search import Above, holds_words, lineages
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField
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
class Wanted:
    """How a tab is narrowed and ordered: by `deadline`, or by `age` since it was sent."""

    text: str = ""
    programme: str | None = None
    organisation: uuid.UUID | None = None
    order: str = "deadline"
    backwards: bool = False


@dataclass(frozen=True)
class Waiting:
    """One line of the queue. `first` says that nothing was ever approved; `changes` counts what differs otherwise.

    `proposals` are those of a change request as it holds them, for sheets of a level that amends.
    """

    id: uuid.UUID
    level: str
    code: str
    title: str
    organisation: str | None
    programme: str | None
    since: datetime
    deadline: date | None
    sent_by: str = ""
    first: bool = True
    changes: int = 0
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
    if wanted.text:
        query = query.where(holds_words(wanted.text))
    if wanted.programme:
        query = query.where(Sheet.programme == wanted.programme)
    if wanted.organisation:
        query = query.where(Sheet.organisation_id == wanted.organisation)
    deadline = _deadline(tenant, basket.level, today)
    main: Any = deadline if wanted.order == "deadline" else SheetState.since
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
        Organisation.name.label("organisation"), SheetState.since, deadline.label("deadline"),
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
) -> list[tuple[uuid.UUID, str]]:
    """The organisations that have something in a tab, by name."""
    holders = _base(session, tenant, actor, basket, today).with_only_columns(Sheet.organisation_id)
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(holders))
    return [(row.id, row.name) for row in session.execute(query.order_by(Organisation.name))]


@dataclass(frozen=True)
class _Versions:
    pending: Mapping[uuid.UUID, Revision]  # by unit
    approved: Mapping[uuid.UUID, Revision]  # by their own id


def _versions(session: Session, rows: Sequence[Any]) -> _Versions:
    """What is pending and what is in force for some sheets. One query."""
    decided = select(Decision.id).where(Decision.revision_id == Revision.id).exists()
    pending = and_(Revision.unit_id.in_([r.id for r in rows]), Revision.kind == "submitted", ~decided)
    approved = Revision.id.in_([r.approved_revision_id for r in rows if r.approved_revision_id])
    found = session.scalars(select(Revision).where(or_(pending, approved)).order_by(Revision.number)).all()
    in_force = {r.approved_revision_id for r in rows}
    return _Versions({r.unit_id: r for r in found if r.id not in in_force}, {r.id: r for r in found})


def _waiting(tenant: Tenant, row: Any, above: list[Above], versions: _Versions) -> Waiting:
    pending, approved = versions.pending.get(row.id), versions.approved.get(row.approved_revision_id)
    told: dict[str, Any] = {}
    if pending is not None:
        told = {"sent_by": pending.made_by_name}
        if approved is not None:
            told |= {"first": False, "changes": count_changes(tenant, approved.snapshot, pending.snapshot)}
    base = {name: value for name, value in row._mapping.items() if name not in ("approved_revision_id", "data")}
    data = row.data if tenant.level(row.level).amends is not None else {}
    return Waiting(**{**base, "above": above, "data": data, **told})


def count_changes(tenant: Tenant, before: Snapshot, after: Snapshot) -> int:
    """How many values given by people or by sources differ, plus the sheets added and removed; what is computed from
    them is not counted. Reads two frozen units without opening them.
    """
    old, new = before["sheets"], after["sheets"]
    own = [i for i, s in new.items() if i in old and s["data"] != old[i]["data"]]
    fields = sum(
        not KINDS[f.kind].same(old[i]["data"].get(f.id), new[i]["data"].get(f.id), f)
        for i in own
        for f in tenant.fields(new[i]["level"]).values()
        if is_given(f)
    )
    return fields + len(old.keys() ^ new.keys())


def is_given(definition: FormField) -> bool:
    """Whether a field's value is given, rather than computed from others or always taken from elsewhere."""
    computed = definition.value is not None or definition.function is not None
    return not computed and not (definition.fill is not None and definition.fill.locked and not definition.fill.when)
