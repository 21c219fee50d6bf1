"""Use-cases of a decision on many sheets: ask it, take it, decide of one sheet after the other. Callers commit."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.domain.batches.errors import BatchRefused
from portal.domain.batches.groups import Told
from portal.domain.batches.models import DONE, FAILED, REFUSED, SKIPPED, WAITING, Batch, BatchItem
from portal.domain.batches.signature import signature_of
from portal.domain.moves.perform import perform_move
from portal.domain.people import Actor
from portal.domain.sheets.errors import SheetError
from portal.domain.sheets.models import Revision, Sheet
from portal.domain.sheets.queries import locked_sheet
from portal.domain.sheets.revisions import approved_revision, pending_revision
from portal.domain.workflow import MoveRefused, find_move
from portal.tenancy.tenant import Tenant

MOST = 500
LEASE = timedelta(seconds=120)
NOTHING = "Cochez au moins une fiche."
TOO_MANY = f"Une décision porte sur {MOST} fiches au plus : décochez-en."
NO_REASON = "Indiquez le motif."
NOT_HERE = "Cette décision ne se prend pas sur plusieurs fiches à la fois."
CHANGED = "La fiche a changé depuis que vous l'avez lue : décidez-en à part."
DECIDED = "Une décision a déjà été prise sur cette version."
STUMBLED = "Un incident est survenu de notre côté ; la fiche est restée comme elle était."


def ask_batch(
    session: Session,
    tenant: Tenant,
    revisions: Collection[uuid.UUID],
    *,
    level: str,
    axis: str,
    move_id: str,
    signature: str,
    changes: Sequence[Told],
    reason: str | None,
    actor: Actor,
    at: datetime,
) -> Batch:
    """Ask that a move be performed on the units of some versions, as they were read; a worker does it. Flushes.

    Raises BatchRefused: no version, more than MOST, a move that is not done so, a reason that must be said.
    """
    move = find_move(tenant, level, move_id, axis)[1]
    said = (reason or "").strip()
    if not move.batch or move.asks:
        raise BatchRefused(NOT_HERE)
    if move.reason == "required" and not said:
        raise BatchRefused(NO_REASON)
    query = select(Revision.id, Sheet.id, Sheet.title, Sheet.code).join(Sheet, Sheet.id == Revision.unit_id)
    rows = session.execute(query.where(Revision.id.in_(revisions), Sheet.level == level).order_by(Sheet.id)).all()
    if not rows or len(rows) > MOST:
        raise BatchRefused(TOO_MANY if rows else NOTHING)
    batch = Batch(
        level=level, axis=axis, move=move_id, signature=signature, changes=[asdict(one) for one in changes],
        reason=said or None, state=WAITING, made_by=actor.user_id, made_by_name=actor.name,
        on_behalf_of=actor.on_behalf_of, parts=_parts(actor), at=at,
    )  # fmt: skip
    session.add(batch)
    session.flush()
    session.add_all(
        BatchItem(batch_id=batch.id, rank=i, sheet_id=row[1], revision_id=row[0], title=row[2] or row[3])
        for i, row in enumerate(rows)
    )
    session.flush()
    return batch


def _parts(actor: Actor) -> dict[str, Any]:
    held = {str(sheet): sorted(roles) for sheet, roles in actor.parts.items()}
    return {"roles": sorted(actor.roles), "sheets": held, "side": actor.side}


def actor_of(batch: Batch) -> Actor:
    """Whoever decided, with the roles they had then."""
    held = {uuid.UUID(sheet): frozenset(roles) for sheet, roles in batch.parts["sheets"].items()}
    return Actor(
        batch.made_by, batch.made_by_name, frozenset(batch.parts["roles"]), parts=held, side=batch.parts["side"],
        on_behalf_of=batch.on_behalf_of,
    )  # fmt: skip


def take(session: Session, batch_id: uuid.UUID, *, at: datetime) -> Batch | None:
    """Take a batch to work on it; None when it is over, or in hands that give signs of life."""
    batch = session.get(Batch, batch_id, with_for_update={"skip_locked": True}, populate_existing=True)
    if batch is None or batch.state == DONE:
        return None
    if batch.state == "working" and batch.beat_at is not None and batch.beat_at >= at - LEASE:
        return None
    batch.state, batch.beat_at = "working", at
    session.flush()
    return batch


def release(session: Session, batch: Batch) -> None:
    """Leave a batch to whoever takes it next, without waiting for the end of the lease."""
    batch.beat_at = None
    session.flush()


def next_item(session: Session, batch: Batch) -> BatchItem | None:
    """The next sheet of a batch, its row kept from others; None when all are done: the batch is then over."""
    query = select(BatchItem).where(BatchItem.batch_id == batch.id, BatchItem.outcome == WAITING)
    return session.scalar(query.order_by(BatchItem.rank).limit(1).with_for_update(skip_locked=True))


def finish(session: Session, batch: Batch, *, at: datetime) -> bool:
    """Say that a batch is over, when nothing of it waits."""
    waiting = select(func.count()).where(BatchItem.batch_id == batch.id, BatchItem.outcome == WAITING)
    if session.scalar(waiting):
        return False
    batch.state, batch.finished_at = DONE, at
    session.flush()
    return True


def decide_item(session: Session, tenant: Tenant, batch: Batch, item: BatchItem, *, at: datetime) -> None:
    """Perform the move on one sheet, whole or not at all, and write what became of it. Raises nothing that is foreseen:
    a sheet that changed is skipped, one whose move is refused says why.
    """
    batch.beat_at = at
    try:
        with session.begin_nested():
            sheet = locked_sheet(session, item.sheet_id)
            why = _overtaken(session, tenant, batch, item, sheet)
            if not why:
                perform_move(
                    session, tenant, sheet, batch.move, axis=batch.axis, actor=actor_of(batch), at=at,
                    reason=batch.reason,
                )  # fmt: skip
        _write(item, SKIPPED if why else DONE, why, at)
    except (MoveRefused, SheetError) as refusal:
        _write(item, REFUSED, refusal.message, at)
    session.flush()


def fail_item(session: Session, item_id: uuid.UUID, *, at: datetime) -> None:
    """Write that a sheet met what nobody foresaw: nothing of it was changed."""
    item = session.get(BatchItem, item_id)
    if item is not None and item.outcome == WAITING:
        _write(item, FAILED, STUMBLED, at)
        session.flush()


def _overtaken(session: Session, tenant: Tenant, batch: Batch, item: BatchItem, sheet: Sheet) -> str | None:
    """Why a sheet is no longer what was decided of; None when it still is."""
    pending, approved = pending_revision(session, sheet), approved_revision(session, sheet)
    if pending is None:
        return DECIDED
    if pending.id != item.revision_id or approved is None:
        return CHANGED
    same = signature_of(tenant, approved.snapshot, pending.snapshot) == batch.signature
    return None if same else CHANGED


def _write(item: BatchItem, outcome: str, message: str | None, at: datetime) -> None:
    item.outcome, item.message, item.at = outcome, message, at
