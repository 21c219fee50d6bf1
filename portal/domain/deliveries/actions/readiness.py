"""Whether a sheet is ready for a target: rules read on the revision, with the words the organisation reads."""

import uuid
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.deliveries.models import Delivery
from portal.domain.deliveries.payload import local_day
from portal.domain.entry.completeness import blocking, prerequisites
from portal.domain.sheets.models import Revision
from portal.domain.sheets.nodes import nodes_of
from portal.domain.sheets.view import View
from portal.tenancy.schema import Flow
from portal.tenancy.tenant import Tenant

AT_ONCE = 100


def why_not_ready(session: Session, view: View, flow: Flow) -> str | None:
    """What holds a delivery, in words; None when nothing does."""
    problems = blocking(prerequisites(session, view, flow.ready)) if flow.ready else []
    return " ".join(dict.fromkeys(problem.message for problem in problems)) or None


def next_look(tenant: Tenant, at: datetime) -> datetime:
    """When to read again what holds a delivery: a revision never changes, so only a new day can tell otherwise."""
    zone = ZoneInfo(tenant.who.time_zone)
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, zone).astimezone(at.tzinfo)


def recheck_amended(session: Session, tenant: Tenant, revision: Revision, *, now: datetime) -> int:
    """Read what holds the deliveries of a unit on the revision just put in force; returns how many were let go.

    They leave with that revision. What a relay carries waits for its carrier to leave again.
    """
    flows = {flow.target: flow for flow in tenant.flows.flows if flow.ready and not flow.via}
    sheets = [uuid.UUID(key) for key in revision.snapshot["sheets"]]
    query = select(Delivery).where(
        Delivery.state == "held", Delivery.verb == "put", Delivery.target.in_(flows), Delivery.sheet_id.in_(sheets)
    )
    rows = list(session.scalars(query.order_by(Delivery.id).with_for_update()))
    for row in rows:
        row.revision_id = revision.id
        _look_again(session, tenant, row, revision, flows.get(row.target), now)
    session.flush()
    return sum(row.state != "held" for row in rows)


def recheck_held(session: Session, tenant: Tenant, *, now: datetime) -> int:
    """Read again what holds the deliveries due for it; returns how many were let go. Held targets are not looked at."""
    query = (
        select(Delivery, Revision)
        .join(Revision, Revision.id == Delivery.revision_id)
        .where(Delivery.state == "held", Delivery.due_at <= now)
        .order_by(Delivery.due_at)
        .limit(AT_ONCE)
        .with_for_update(of=Delivery, skip_locked=True)
    )
    flows = {flow.target: flow for flow in tenant.flows.flows if flow.ready}
    rows = session.execute(query).all()
    for row, revision in rows:
        _look_again(session, tenant, row, revision, flows.get(row.target), now)
    session.flush()
    return sum(row.state != "held" for row, _ in rows)


def _look_again(
    session: Session, tenant: Tenant, row: Delivery, revision: Revision, flow: Flow | None, now: datetime
) -> None:
    node, because = nodes_of(revision.snapshot).get(row.sheet_id), row.held_because
    if flow is not None and node is not None:
        because = why_not_ready(session, View(tenant, node, local_day(tenant, now)), flow)
    if because is None:
        row.state, row.held_because, row.due_at = "relayed" if flow and flow.via else "due", None, now
    else:
        row.held_because, row.due_at = because, next_look(tenant, now)
