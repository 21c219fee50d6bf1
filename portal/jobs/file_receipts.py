"""Reading back what targets answer by files: each receipt once, each file put away once it was read."""

import hashlib
import json
import logging
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.deliveries.addresses import folder_of
from portal.domain.deliveries.errors import DeliveryNotFound
from portal.domain.deliveries.parcels import Answer, answer_said
from portal.domain.moves.receiving import record_late
from portal.jobs.outlets.file import ReceiptFile, receipt_files
from portal.jobs.setup import Jobs
from portal.tenancy.tenant import Tenant

log = logging.getLogger(__name__)


def read_receipts(session: Session, tenant: Tenant, jobs: Jobs, at: datetime) -> int:
    """Read the receipts that the targets of a region left in their folders; returns how many were recorded.

    A file is put away after its receipts are committed: a worker that dies reads it again, and what is known already
    changes nothing.
    """
    recorded = 0
    for name, target in tenant.flows.targets.items():
        folder = folder_of(jobs.settings, tenant.slug, name) if target.outlet == "file" else None
        for file in receipt_files(folder) if folder else ():
            recorded += _read(session, tenant, name, file, at)
    return recorded


def _read(session: Session, tenant: Tenant, target: str, file: ReceiptFile, at: datetime) -> int:
    if file.said is None:
        log.error("%s/%s: %s is no file of receipts", tenant.slug, target, file.path.name)
        file.put_away(readable=False)
        return 0
    recorded = sum(_record(session, tenant, target, said, at) for said in file.said)
    file.put_away(readable=True)
    return recorded


def _record(session: Session, tenant: Tenant, target: str, said: dict[str, Any], at: datetime) -> bool:
    """Record one receipt, in a transaction of its own: one that says nonsense stops no other."""
    answer = answer_said(said)
    try:
        delivery_id = uuid.UUID(str(said.get("delivery")))
        if answer is None:
            raise ValueError("neither acknowledged nor refused")
        received = _record_one(session, tenant, target, delivery_id, answer, said, at)
    except (ValueError, DeliveryNotFound) as error:
        session.rollback()
        log.error("%s/%s: a receipt is left out: %s", tenant.slug, target, error)
        return False
    return received


def _record_one(
    session: Session,
    tenant: Tenant,
    target: str,
    delivery_id: uuid.UUID,
    answer: Answer,
    said: dict[str, Any],
    at: datetime,
) -> bool:
    proof = "file:" + hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    received = record_late(session, tenant, delivery_id, answer, proof=proof, at=at, target=target)
    session.commit()
    if received.how in ("contrary", "unsent"):
        log.error("%s/%s: the receipt of %s does not fit what is known", tenant.slug, target, delivery_id)
    return received.how == "recorded"
