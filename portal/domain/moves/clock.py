"""What time brings in one region: the moves that are due are performed; one that a guard refuses says why and is
tried again.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.moves.perform import Done, perform_move
from portal.domain.people import SYSTEM
from portal.domain.sheets.models import Sheet, SheetState
from portal.domain.workflow import MoveRefused
from portal.tenancy.tenant import Tenant

RETRY = timedelta(minutes=15)


def due_moves(session: Session, now: datetime, limit: int = 200) -> list[uuid.UUID]:
    """The ids of the states whose timed move is due, oldest first."""
    query = select(SheetState.id).join(Sheet, Sheet.id == SheetState.sheet_id)
    query = query.where(SheetState.due_at <= now, Sheet.deleted_at.is_(None))
    return list(session.scalars(query.order_by(SheetState.due_at).limit(limit)))


def perform_due(session: Session, tenant: Tenant, state_id: uuid.UUID, now: datetime) -> Done | None:
    """Perform one due move. Claims it (another worker leaves it); the caller commits after each.

    The move happens at the time it was due, as if the portal had never slept. Returns None when there is nothing to do.
    """
    query = (
        select(SheetState).where(SheetState.id == state_id, SheetState.due_at <= now).with_for_update(skip_locked=True)
    )
    row = session.scalar(query)
    if row is None or row.due_move is None or row.due_at is None:
        return None
    sheet = session.get(Sheet, row.sheet_id)
    if sheet is None:
        return None
    try:
        with session.begin_nested():
            return perform_move(session, tenant, sheet, row.due_move, axis=row.axis, actor=SYSTEM, at=row.due_at)
    except MoveRefused as refusal:
        row.due_problem, row.due_at = refusal.message, now + RETRY
        session.flush()
        return None
