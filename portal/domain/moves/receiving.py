"""What targets answered, and all that it means: receipts, codes given to the public, moves that await a receipt.

The same meaning whether the answer came with the sending or later.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.catalogue.actions import publish
from portal.domain.deliveries.actions import Received, Tried, receive_late, record_answers
from portal.domain.deliveries.models import Delivery
from portal.domain.deliveries.parcels import Answer
from portal.domain.moves.acknowledged import fire_acknowledged
from portal.domain.sheets.models import Revision, Sheet
from portal.tenancy.tenant import Tenant


def record_tries(
    session: Session,
    tenant: Tenant,
    tried: Sequence[Tried],
    *,
    at: datetime,
    amended: Callable[[Revision], None] | None = None,
) -> list[Delivery]:
    """Record how some tries ended; returns the deliveries recorded. Flushes; the caller commits."""
    tell = amended or publisher(session, tenant, at)
    recorded = record_answers(session, tenant, tried, at=at, amended=tell)
    for row in recorded:
        _fire(session, tenant, row, at)
    return recorded


def record_late(
    session: Session,
    tenant: Tenant,
    delivery_id: uuid.UUID,
    answer: Answer,
    *,
    proof: str,
    at: datetime,
    target: str | None = None,
) -> Received:
    """Record a receipt that came after the sending. Raises DeliveryNotFound; flushes, the caller commits."""
    tell = publisher(session, tenant, at)
    received = receive_late(session, tenant, delivery_id, answer, proof=proof, at=at, target=target, amended=tell)
    if received.how == "recorded":
        _fire(session, tenant, received.delivery, at)
    return received


def publisher(session: Session, tenant: Tenant, at: datetime) -> Callable[[Revision], None]:
    """Codes that came back reach the public page: the one place where a delivery touches the catalogue."""

    def tell(amended: Revision) -> None:
        unit = session.get(Sheet, amended.unit_id)
        if unit is not None:
            publish(session, tenant, unit, amended, at)

    return tell


def _fire(session: Session, tenant: Tenant, row: Delivery, at: datetime) -> None:
    if row.state == "acknowledged" and row.verb == "put":
        fire_acknowledged(session, tenant, row.sheet_id, row.target, at=at)
