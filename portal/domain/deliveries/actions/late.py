"""Receipts that come after the sending: by a signed callback, in a file read back, from somebody at a desk.

A receipt is recorded once. The same proof again is a replay; the same answer under a new proof changes nothing.
"""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.domain.deliveries.actions.alerts import alert
from portal.domain.deliveries.actions.following import follow_receipts
from portal.domain.deliveries.actions.record import Amended, Recording, lock_units, settle, touches_sheets
from portal.domain.deliveries.errors import DeliveryNotFound
from portal.domain.deliveries.models import Delivery, DeliveryAttempt
from portal.domain.deliveries.parcels import Answer
from portal.tenancy.tenant import Tenant

Late = Literal["recorded", "known", "replayed", "contrary", "unsent", "failed"]
SPOKEN = ("acknowledged", "rejected")


@dataclass(frozen=True)
class Received:
    """What became of a receipt, and the delivery as it now stands."""

    how: Late
    delivery: Delivery


def receive_late(
    session: Session,
    tenant: Tenant,
    delivery_id: uuid.UUID,
    answer: Answer,
    *,
    proof: str,
    at: datetime,
    target: str | None = None,
    amended: Amended = lambda revision: None,
    chance: Callable[[], float] = random.random,
) -> Received:
    """Record an answer given after the sending. Raises DeliveryNotFound; flushes, the caller commits.

    It is heard while the delivery is sent, and also when it overtakes the answer to the sending itself, or comes for a
    try of which nothing is known. `target` says who speaks, when that is not proved otherwise.
    """
    found = session.get(Delivery, delivery_id)
    if found is None or (target is not None and found.target != target):
        raise DeliveryNotFound
    if touches_sheets(tenant, {found.target}):
        lock_units(session, [found.revision_id])
    locked = select(Delivery).where(Delivery.id == delivery_id).with_for_update()
    row = session.scalars(locked.execution_options(populate_existing=True)).one()
    if (refused := _refused(row, answer, proof)) is not None:
        return Received(refused, row)
    _end_try(session, row, at)
    counted = settle(Recording(session, tenant, at, amended, chance), row, answer)
    if counted.outcome not in SPOKEN:
        return Received("failed", row)  # its codes could not be written: it is asked for again
    row.proof = proof
    session.flush()
    if row.state == "acknowledged":
        follow_receipts(session, tenant, [row], at=at)
    alert(session, tenant, row, at=at)
    return Received("recorded", row)


def _refused(row: Delivery, answer: Answer, proof: str) -> Late | None:
    if row.proof == proof:
        return "replayed"
    if row.state in SPOKEN:
        return "known" if row.state == answer.outcome else "contrary"
    under_way = row.state in ("sent", "sending") or (row.state in ("due", "held", "failed") and row.attempts > 0)
    return None if under_way else "unsent"


def _end_try(session: Session, row: Delivery, at: datetime) -> None:
    """The try under way was taken, since its receipt is here: its worker will find the row settled."""
    open_ones = (DeliveryAttempt.delivery_id == row.id, DeliveryAttempt.ended_at.is_(None))
    ended = update(DeliveryAttempt).where(*open_ones).values(ended_at=at, outcome="accepted")
    session.execute(ended.execution_options(synchronize_session=False))
