"""Whether a sheet is ready for a target: rules read on the revision, with the words the organisation reads."""

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
    let_go = 0
    for row, revision in session.execute(query).all():
        flow, node = flows.get(row.target), nodes_of(revision.snapshot).get(row.sheet_id)
        because = row.held_because
        if flow is not None and node is not None:
            because = why_not_ready(session, View(tenant, node, local_day(tenant, now)), flow)
        if because is None:
            row.state, row.held_because, row.due_at = "relayed" if flow and flow.via else "due", None, now
            let_go += 1
        else:
            row.held_because, row.due_at = because, next_look(tenant, now)
    session.flush()
    return let_go
