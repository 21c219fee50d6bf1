"""What time brings in one region: the moves that are due are performed; one that a guard refuses says why and is
tried again.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.moves.due import timed_moves
from portal.domain.moves.perform import Done, local_day, lock_with_unit, perform_move
from portal.domain.people import SYSTEM
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.models import Sheet, SheetState
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.domain.workflow import MoveRefused
from portal.tenancy.tenant import Tenant

RETRY = timedelta(minutes=15)


def due_moves(session: Session, now: datetime, limit: int = 200) -> list[uuid.UUID]:
    """The ids of the states whose timed move is due, oldest first."""
    query = select(SheetState.id).join(Sheet, Sheet.id == SheetState.sheet_id)
    query = query.where(SheetState.due_at <= now, Sheet.deleted_at.is_(None))
    return list(session.scalars(query.order_by(SheetState.due_at).limit(limit)))


def perform_due(session: Session, tenant: Tenant, state_id: uuid.UUID, now: datetime) -> Done | None:
    """Perform one due move. Waits for whoever is changing the sheet; the caller commits after each.

    The move happens at the time it was due, as if the portal had never slept. Of several that leave the state, the
    first whose guard holds; when none does, the first says why, and all are tried again. Returns None when there is
    nothing to do.
    """
    row = session.get(SheetState, state_id)
    sheet = session.get(Sheet, row.sheet_id) if row is not None else None
    if row is None or sheet is None:
        return None
    lock_with_unit(session, tenant, sheet)  # the sheet before its state, as whoever presses a move does
    session.refresh(row, with_for_update=True)
    if row.due_at is None or row.due_at > now:
        return None
    found, refused = _candidates(session, tenant, sheet, row), None
    for moment, move_id in found:
        if moment > now:
            break
        try:
            with session.begin_nested():
                at = max(moment, row.due_at)
                return perform_move(session, tenant, sheet, move_id, axis=row.axis, actor=SYSTEM, at=at)
        except MoveRefused as refusal:
            refused = refused or refusal.message
    following = [moment for moment, _ in found if moment > now]
    row.due_problem = refused
    row.due_at = min([now + RETRY, *following]) if found else None
    session.flush()
    return None


def _candidates(session: Session, tenant: Tenant, sheet: Sheet, row: SheetState) -> list[tuple[datetime, str]]:
    day = local_day(tenant, row.due_at or row.since)
    view = View(tenant, load_node(session, sheet), day, lookups=ReferenceLookups(), at=row.due_at)
    return timed_moves(tenant, view, row.axis, row, {})
