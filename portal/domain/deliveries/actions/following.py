"""What the receipt of one target sets going for the others: what it relays, what waited for it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.deliveries import delays
from portal.domain.deliveries.actions.readiness import let_go, next_look, why_not_ready
from portal.domain.deliveries.models import Delivery
from portal.domain.deliveries.payload import local_day
from portal.domain.sheets.models import Revision
from portal.domain.sheets.nodes import nodes_of
from portal.domain.sheets.view import View
from portal.tenancy.schema import Flow
from portal.tenancy.tenant import Tenant


def follow_receipts(session: Session, tenant: Tenant, rows: Sequence[Delivery], *, at: datetime) -> None:
    """Rows were just acknowledged: promise what they carry, let go what waited for them. Flushes."""
    promise_relayed(session, tenant, rows, at)
    _let_go_waiting(session, tenant, rows, at)
    session.flush()


def promise_relayed(session: Session, tenant: Tenant, rows: Sequence[Delivery], at: datetime) -> None:
    """What these targets relay, however long the chain, has really left now: its promise runs from here."""
    flows = [flow for flow in tenant.flows.flows if flow.via and flow.expect]
    promised: dict[tuple[str, str], str | None] = {
        (carrier, f.target): f.expect for f in flows for carrier in _carriers(tenant, f)
    }
    for relayed, carrier in _beside(session, rows, {carrier for carrier, _ in promised}, "relayed"):
        delay = promised.get((carrier, relayed.target))
        if delay:
            relayed.expected_by = delays.after(tenant, at, delay)


def _let_go_waiting(session: Session, tenant: Tenant, rows: Sequence[Delivery], at: datetime) -> None:
    """What waited for one of these receipts leaves, if it is ready by now."""
    waiting = {flow.target: flow for flow in tenant.flows.flows if flow.after}
    for row, carrier in _beside(session, rows, {flow.after for flow in waiting.values() if flow.after}, "waiting"):
        flow = waiting.get(row.target)
        if flow is None or flow.after != carrier:
            continue
        because = _still_held(session, tenant, row, flow, at)
        if because is None:
            let_go(session, tenant, row, flow, at)
        else:
            row.state, row.held_because, row.due_at = "held", because, next_look(tenant, at)


def _still_held(session: Session, tenant: Tenant, row: Delivery, flow: Flow, at: datetime) -> str | None:
    revision = session.get(Revision, row.revision_id) if row.revision_id and row.verb == "put" else None
    node = nodes_of(revision.snapshot).get(row.sheet_id) if revision else None
    return why_not_ready(session, View(tenant, node, local_day(tenant, at)), flow) if node else None


def _beside(session: Session, rows: Sequence[Delivery], carriers: set[str], state: str) -> list[tuple[Delivery, str]]:
    """The rows that the same decisions opened for the same sheets, in a state, each with the target that carries."""
    entries = {(row.journal_entry_id, row.sheet_id): row.target for row in rows if row.target in carriers}
    if not entries:
        return []
    query = select(Delivery).where(
        Delivery.sheet_id.in_({sheet for _, sheet in entries}),
        Delivery.journal_entry_id.in_({entry for entry, _ in entries}),
        Delivery.state == state,
    )
    found = session.scalars(query.order_by(Delivery.id).with_for_update())
    return [(row, entries[key]) for row in found if (key := (row.journal_entry_id, row.sheet_id)) in entries]


def _carriers(tenant: Tenant, flow: Flow) -> list[str]:
    """The targets through which a flow goes, the nearest first."""
    via = {f.target: f.via for f in tenant.flows.flows if f.via}
    found: list[str] = []
    carrier = flow.via
    while carrier is not None and carrier not in found:
        found.append(carrier)
        carrier = via.get(carrier)
    return found
