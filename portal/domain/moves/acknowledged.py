"""Moves that a receipt performs: `on: acknowledged`, on the sheet delivered or on one it belongs to."""

import logging
import uuid
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.moves.perform import Done, perform_move
from portal.domain.people import SYSTEM
from portal.domain.sheets.models import Sheet
from portal.domain.workflow import MoveRefused
from portal.tenancy.tenant import Tenant

log = logging.getLogger(__name__)


def fire_acknowledged(
    session: Session, tenant: Tenant, sheet_id: uuid.UUID, target: str, *, at: datetime
) -> list[Done]:
    """Perform the moves declared for a receipt of a target, where the states allow them; the caller commits.

    A guard that refuses is told in the log and undoes nothing: the delivery did arrive.
    """
    if not _is_awaited(tenant, target):
        return []
    done = []
    for sheet, axis_id, move_id in list(_awaited(session, tenant, sheet_id, target)):
        try:
            with session.begin_nested():
                done.append(perform_move(session, tenant, sheet, move_id, axis=axis_id, actor=SYSTEM, at=at))
        except MoveRefused as refusal:
            log.info("%s: %s.%s of %s waits: %s", tenant.slug, axis_id, move_id, sheet.id, refusal.message)
    return done


def _is_awaited(tenant: Tenant, target: str) -> bool:
    """Whether any move waits for a receipt of this target: most regions declare none, and nothing is read."""
    moves = (move for axis in tenant.workflow.axes.values() for move in axis.moves.values())
    return any(move.on == "acknowledged" and move.target in (None, target) for move in moves)


def _awaited(session: Session, tenant: Tenant, sheet_id: uuid.UUID, target: str) -> Iterator[tuple[Sheet, str, str]]:
    """The first awaited move of each axis that leaves the state a sheet of the lineage stands in."""
    sheet = session.get(Sheet, sheet_id)
    while sheet is not None and sheet.deleted_at is None:
        for axis_id, axis in tenant.axes_of(sheet.level).items():
            state = sheet.state(axis_id)
            for move_id, move in axis.moves.items():
                here = move.on == "acknowledged" and move.target in (None, target)
                if here and (not move.sources or state in move.sources):
                    yield sheet, axis_id, move_id
                    break
        sheet = session.get(Sheet, sheet.parent_id) if sheet.parent_id else None
