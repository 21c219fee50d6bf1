"""Reading deliveries: where a session stands at each target, and how the targets fare."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from portal.domain.deliveries import wording
from portal.domain.deliveries.models import Delivery, DeliveryAttempt
from portal.domain.sheets.models import Sheet
from portal.tenancy.tenant import Tenant

GIVEN_UP = ("superseded", "cancelled")
OPEN = ("due", "sending")


@dataclass(frozen=True)
class Hop:
    """One line of « Où en est ma session ? »: what is owed to one target, with its dates and who to call.

    `carried` is false of what is relayed while its relay has not received it.
    """

    sheet_id: uuid.UUID
    target: str
    label: str
    contact: str | None
    relayed_by: str | None
    delivery: Delivery
    carried: bool = True

    @property
    def words(self) -> str:
        """The state, in words; what a relay carries waits for the relay to have it."""
        return wording.STATES[self.delivery.state] if self.carried else wording.NOT_CARRIED

    @property
    def late(self) -> bool:
        """Whether it is being tried again."""
        return self.delivery.state in OPEN and self.delivery.attempts > 0


def deliveries_of(
    session: Session, sheet_ids: Iterable[uuid.UUID], *, past: bool = False
) -> dict[uuid.UUID, list[Delivery]]:
    """The deliveries of some sheets, latest first; by default the last word of each target only. One query."""
    query = select(Delivery).where(Delivery.sheet_id.in_(list(sheet_ids)))
    if not past:
        latest = query.where(Delivery.state.not_in(GIVEN_UP)).ext(distinct_on(Delivery.sheet_id, Delivery.target))
        query = latest.order_by(Delivery.sheet_id, Delivery.target, Delivery.id.desc())
    found: dict[uuid.UUID, list[Delivery]] = defaultdict(list)
    for row in sorted(session.scalars(query), key=lambda row: row.id, reverse=True):
        found[row.sheet_id].append(row)
    return dict(found)


def hops_of(session: Session, tenant: Tenant, sheet_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Hop]]:
    """« Où en est ma session ? », target by target in the order the region declares them. One query."""
    order = {name: i for i, name in enumerate(tenant.flows.targets)}
    carriers = {flow.target: flow.via for flow in tenant.flows.flows if flow.via}
    hops: dict[uuid.UUID, list[Hop]] = {}
    for sheet_id, rows in deliveries_of(session, sheet_ids).items():
        states = {row.target: row.state for row in rows}
        found = [_hop(tenant, row, carriers.get(row.target), _carried(row.target, carriers, states)) for row in rows]
        hops[sheet_id] = sorted(found, key=lambda hop: order.get(hop.target, len(order)))
    return hops


def _carried(target: str, carriers: Mapping[str, str], states: Mapping[str, str]) -> bool:
    """Whether what is relayed to a target has reached its relay, however long the chain."""
    way = {target}
    while states.get(target) == "relayed" and (carrier := carriers.get(target)) and carrier not in way:
        way.add(carrier)
        target = carrier
    return states.get(target, "acknowledged") in ("acknowledged", "relayed") or len(way) == 1


def _hop(tenant: Tenant, row: Delivery, carrier: str | None, carried: bool) -> Hop:
    target = tenant.flows.targets.get(row.target)
    label, contact = (target.label, target.contact) if target else (row.target, None)
    relayed_by = wording.label_of(tenant, carrier) if carrier else None
    return Hop(row.sheet_id, row.target, label, contact, relayed_by, row, carried)


def errors_of(session: Session, sheet_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many targets the last delivery of each sheet did not reach; a sheet never sent is absent. One query."""
    latest = deliveries_of(session, sheet_ids)
    return {sheet: sum(row.state in ("rejected", "failed") for row in rows) for sheet, rows in latest.items()}


def last_tries(session: Session, delivery_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, DeliveryAttempt]:
    """The last try of some deliveries; those never tried are absent. One query."""
    query = select(DeliveryAttempt).where(DeliveryAttempt.delivery_id.in_(list(delivery_ids)))
    latest = query.ext(distinct_on(DeliveryAttempt.delivery_id))
    tries = session.scalars(latest.order_by(DeliveryAttempt.delivery_id, DeliveryAttempt.n.desc()))
    return {one.delivery_id: one for one in tries}


def attempts_of(session: Session, delivery_id: uuid.UUID) -> list[DeliveryAttempt]:
    """The tries of a delivery, in order."""
    query = select(DeliveryAttempt).where(DeliveryAttempt.delivery_id == delivery_id)
    return list(session.scalars(query.order_by(DeliveryAttempt.n)))


def owed_targets(session: Session, now: datetime, lease: timedelta) -> list[str]:
    """The targets to which something may be sent now, leases of dead workers included."""
    due = and_(Delivery.state == "due", Delivery.due_at <= now)
    forsaken = and_(Delivery.state == "sending", Delivery.claimed_at < now - lease)
    return list(session.scalars(select(Delivery.target).where(or_(due, forsaken)).distinct().order_by(Delivery.target)))


@dataclass(frozen=True)
class Health:
    """How the deliveries of a region fare. `counts` is by target, then state; `trouble` the last problem by target;
    `owed_since` since when the oldest delivery owed to each target waits.
    """

    oldest_owed: datetime | None
    age: float  # seconds; 0 when nothing is owed
    owed_since: dict[str, datetime] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    retrying: dict[str, int] = field(default_factory=dict)
    trouble: dict[str, str] = field(default_factory=dict)


def health(session: Session, now: datetime) -> Health:
    """The oldest delivery owed and not sent, and the counts by target and state."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    standing = select(Delivery.target, Delivery.state, func.count()).group_by(Delivery.target, Delivery.state)
    for target, state, count in session.execute(standing):
        counts[target][state] = count
    again = select(Delivery.target, func.count(), func.max(Delivery.problem))
    again = again.where(Delivery.state.in_(OPEN), Delivery.attempts > 0).group_by(Delivery.target)
    retries = session.execute(again).all()
    retrying, trouble = {t: n for t, n, _ in retries}, {t: words for t, _, words in retries if words}
    waiting = select(Delivery.target, func.min(_since())).where(_owed(now)).group_by(Delivery.target)
    owed_since: dict[str, datetime] = dict(session.execute(waiting).all())
    oldest = min(owed_since.values(), default=None)
    age = max((now - oldest).total_seconds(), 0.0) if oldest else 0.0
    return Health(oldest, age, owed_since, dict(counts), retrying, trouble)


def oldest_owed(session: Session, now: datetime) -> datetime | None:
    """Since when the oldest delivery owed waits: it should have left then. None when nothing is owed. For /readyz."""
    return session.scalar(select(func.min(_since())).where(_owed(now)))


def _owed(now: datetime) -> ColumnElement[bool]:
    return and_(Delivery.state.in_(OPEN), or_(Delivery.due_at <= now, Delivery.attempts > 0))


def _since() -> ColumnElement[datetime]:
    """A retry puts `due_at` off: what was tried once is owed since it was opened."""
    return case((Delivery.attempts > 0, Delivery.created_at), else_=Delivery.due_at)


@dataclass(frozen=True)
class Listed:
    """One delivery of a list, with the sheet it is about."""

    delivery: Delivery
    code: str
    title: str


def listed_deliveries(
    session: Session, *, states: Iterable[str] = (), target: str | None = None, limit: int = 20, offset: int = 0
) -> tuple[list[Listed], int]:
    """A page of the region's deliveries, the last opened first, and how many there are. Two queries."""
    query = select(Delivery, Sheet.code, Sheet.title).join(Sheet, Sheet.id == Delivery.sheet_id)
    if wanted := list(states):
        query = query.where(Delivery.state.in_(wanted))
    if target is not None:
        query = query.where(Delivery.target == target)
    total = session.scalar(query.with_only_columns(func.count(Delivery.id))) or 0
    rows = session.execute(query.order_by(Delivery.id.desc()).limit(limit).offset(offset))
    return [Listed(*row) for row in rows], total
