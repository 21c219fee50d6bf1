"""Opening what a decision owes, in the transaction of the decision: nothing owed can be forgotten afterwards."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from portal.domain.deliveries import delays, wording
from portal.domain.deliveries.actions.hold import held_targets
from portal.domain.deliveries.actions.plan import plan
from portal.domain.deliveries.actions.readiness import leaves_as, next_look, why_not_ready
from portal.domain.deliveries.models import Delivery
from portal.domain.deliveries.payload import local_day
from portal.domain.journal.models import JournalEntry
from portal.domain.sheets.models import Revision, Sheet
from portal.domain.sheets.view import View
from portal.ids import uuid7
from portal.tenancy.schema import Flow
from portal.tenancy.tenant import Tenant

UNSENT = ("held", "waiting", "due", "relayed")
ARRIVED = ("sending", "sent", "acknowledged", "relayed")
GIVEN_UP = ("superseded", "cancelled")


@dataclass(frozen=True)
class _Owed:
    """One row to open: a sheet as a revision holds it, for a target."""

    flow: Flow
    sheet_id: uuid.UUID
    revision_id: uuid.UUID
    verb: str
    view: View | None = None


def open_deliveries(
    session: Session,
    tenant: Tenant,
    *,
    entry: JournalEntry,
    revision: Revision,
    unit_sheet: Sheet,
    move: str,
    at: datetime,
    amended: bool = False,
) -> list[uuid.UUID]:
    """Open one row per flow declared for `axis.move` and per sheet delivered; returns the ids of those to be sent.

    `amended` says that the revision went out without a new decision, which some flows wait for as well.
    Older rows of the same sheet and target that have not left are superseded. A sheet that left the unit since it was
    delivered is withdrawn. A withdrawal of what was never sent cancels it and owes nothing.
    """
    planned = plan(tenant, revision, move, local_day(tenant, at), amended=amended)
    owed = [_Owed(p.flow, p.sheet_id, revision.id, p.verb, p.view) for p in planned]
    owed += _left_behind(session, owed, revision)
    if not owed:
        return []
    older = _lock_older(session, owed)
    held = held_targets(session)
    rows = []
    never_left: set[tuple[str | None, uuid.UUID]] = set()
    for one in owed:
        before, carrier = older[one.flow.target, one.sheet_id], one.flow.via or one.flow.after
        if one.verb == "withdraw" and (not _is_there(before) or (carrier, one.sheet_id) in never_left):
            never_left.add((one.flow.target, one.sheet_id))
            _cancel(before, at)
            continue
        row = _row(session, tenant, one, held, at)
        row.journal_entry_id = entry.id
        session.add(row)
        _supersede(before, row.id, at)
        rows.append(row)
    session.flush()
    return [row.id for row in rows if row.state == "due"]


def _row(session: Session, tenant: Tenant, owed: _Owed, held: dict[str, str], at: datetime) -> Delivery:
    flow = owed.flow
    state, because, due_at = "relayed", None, delays.departure(tenant, flow, decided=at, now=at)
    unready = why_not_ready(session, owed.view, flow) if owed.view is not None and owed.verb == "put" else None
    if unready is not None:
        state, because, due_at = "held", unready, next_look(tenant, at)
    elif flow.via is not None:
        pass  # we send nothing
    elif flow.target in held:
        state, because = "held", held[flow.target]
    elif flow.after is not None:
        state, because = "waiting", wording.waits(tenant, flow.after)
    else:
        state = leaves_as(tenant, flow.target)
    return Delivery(
        id=uuid7(),
        target=flow.target,
        sheet_id=owed.sheet_id,
        revision_id=owed.revision_id,
        verb=owed.verb,
        state=state,
        held_because=because,
        due_at=due_at,
        expected_by=delays.after(tenant, at, flow.expect) if flow.expect else None,
        created_at=at,
    )


def _lock_older(session: Session, owed: Iterable[_Owed]) -> dict[tuple[str, uuid.UUID], list[Delivery]]:
    """The earlier rows of the same sheets and targets, locked against a worker that records one."""
    targets, sheets = {o.flow.target for o in owed}, {o.sheet_id for o in owed}
    query = select(Delivery).where(Delivery.target.in_(targets), Delivery.sheet_id.in_(sheets))
    query = query.order_by(Delivery.id).with_for_update().execution_options(populate_existing=True)
    found: dict[tuple[str, uuid.UUID], list[Delivery]] = defaultdict(list)
    for row in session.scalars(query):
        found[row.target, row.sheet_id].append(row)
    return found


def _is_there(older: list[Delivery]) -> bool:
    """Whether the target may hold the sheet: something was sent, is being sent, or was tried without a known end."""
    there = False
    for row in older:
        if row.verb == "put":
            there = there or row.state in ARRIVED or row.attempts > 0
        elif row.state == "acknowledged":
            there = False
    return there


def _supersede(older: list[Delivery], by: uuid.UUID, at: datetime) -> None:
    """What has not left never will. What is leaving now is told: it will not be tried again should it fail."""
    for row in older:
        if row.state in UNSENT:
            row.state, row.superseded_by, row.done_at = "superseded", by, at
        elif row.state == "sending":
            row.superseded_by = by


def _cancel(older: list[Delivery], at: datetime) -> None:
    for row in older:
        if row.state in UNSENT:
            row.state, row.done_at = "cancelled", at


def _left_behind(session: Session, owed: list[_Owed], revision: Revision) -> list[_Owed]:
    """Sheets delivered with an earlier revision of the unit and gone from this one, where the unit is sent again.

    The document of their withdrawal is made from the last revision that held them.
    """
    flows = {o.flow.target: o.flow for o in owed if o.verb == "put"}
    if not flows:
        return []
    here = [uuid.UUID(key) for key in revision.snapshot["sheets"]]
    latest = (
        select(Delivery.target, Delivery.sheet_id, Delivery.revision_id, Delivery.verb)
        .join(Revision, Revision.id == Delivery.revision_id)
        .where(Revision.unit_id == revision.unit_id, Delivery.target.in_(flows), Delivery.sheet_id.not_in(here))
        .where(Delivery.state.not_in(GIVEN_UP))
        .order_by(Delivery.target, Delivery.sheet_id, Delivery.id.desc())
        .ext(distinct_on(Delivery.target, Delivery.sheet_id))
    )
    rows = session.execute(latest)
    return [_Owed(flows[r.target], r.sheet_id, r.revision_id, "withdraw") for r in rows if r.verb == "put"]
