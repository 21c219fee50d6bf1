"""Whether a sheet is ready for a target: rules read on the revision, with the words the organisation reads."""

import uuid
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.deliveries import delays, wording
from portal.domain.deliveries.models import Delivery
from portal.domain.deliveries.payload import is_checked, local_day, problems_for
from portal.domain.entry.completeness import Problem, blocking, prerequisites
from portal.domain.sheets.models import Revision
from portal.domain.sheets.nodes import nodes_of
from portal.domain.sheets.view import View
from portal.tenancy.schema import Flow
from portal.tenancy.tenant import Tenant

AT_ONCE = 100


def why_not_ready(session: Session, view: View, flow: Flow) -> str | None:
    """What holds a delivery, in words; None when nothing does."""
    problems = blocking(unready(session, view, flow))
    return " ".join(dict.fromkeys(problem.message for problem in problems)) or None


def unready(session: Session, view: View, flow: Flow) -> list[Problem]:
    """What holds a delivery, each problem at its field: the rules of the flow, then what its format cannot say."""
    problems = prerequisites(session, view, flow.ready) if flow.ready else []
    return [*problems, *problems_for(view, flow)]


def _checked(tenant: Tenant) -> dict[str, Flow]:
    """The flows whose sheets something may hold, by target."""
    return {flow.target: flow for flow in tenant.flows.flows if flow.ready or is_checked(tenant, flow)}


def next_look(tenant: Tenant, at: datetime) -> datetime:
    """When to read again what holds a delivery: a revision never changes, so only a new day can tell otherwise."""
    zone = ZoneInfo(tenant.who.time_zone)
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, zone).astimezone(at.tzinfo)


def recheck_amended(session: Session, tenant: Tenant, revision: Revision, *, now: datetime) -> int:
    """Read what holds the deliveries of a unit on the revision just put in force; returns how many were let go.

    They leave with that revision. What a relay carries waits for its carrier to leave again.
    """
    flows = {target: flow for target, flow in _checked(tenant).items() if not flow.via}
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
    flows = _checked(tenant)
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
        let_go(session, tenant, row, flow, now)
    else:
        row.held_because, row.due_at = because, next_look(tenant, now)


def let_go(session: Session, tenant: Tenant, row: Delivery, flow: Flow | None, now: datetime) -> None:
    """Nothing holds a row any more: it is sent, announced, or waits for another target's receipt, and its promise runs
    from here.
    """
    row.held_because = None
    if flow is None:
        row.state, row.due_at = "due", now
        return
    row.due_at = delays.departure(tenant, flow, decided=row.created_at, now=now)
    row.expected_by = delays.after(tenant, now, flow.expect) if flow.expect else row.expected_by
    if flow.via is not None:
        row.state = "relayed"
    elif flow.after is not None and not _has_receipt(session, row, flow.after):
        row.state, row.held_because = "waiting", wording.waits(tenant, flow.after)
    else:
        row.state = leaves_as(tenant, flow.target)


def leaves_as(tenant: Tenant, target: str) -> str:
    """The state of what nothing holds: to be sent; already there, when the target is a desk of this portal."""
    declared = tenant.flows.targets.get(target)
    return "sent" if declared and declared.outlet == "desk" else "due"


def _has_receipt(session: Session, row: Delivery, target: str) -> bool:
    """Whether a target has taken in charge what the same decision owed it for the same sheet."""
    same = (Delivery.journal_entry_id == row.journal_entry_id, Delivery.sheet_id == row.sheet_id)
    query = select(Delivery.id).where(*same, Delivery.target == target, Delivery.state == "acknowledged")
    return session.scalar(query) is not None
