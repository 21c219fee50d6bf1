"""What may be done to deliveries: opened with a decision, claimed and recorded by a job, held and retried by people."""

from portal.domain.deliveries.actions.batches import ClaimedBatch, claim_batches
from portal.domain.deliveries.actions.claim import Claim, claim_due, release_claims
from portal.domain.deliveries.actions.hold import hold_target, release_target, retry_all, retry_delivery
from portal.domain.deliveries.actions.late import Received, receive_late
from portal.domain.deliveries.actions.open import open_deliveries
from portal.domain.deliveries.actions.readiness import recheck_amended, recheck_held
from portal.domain.deliveries.actions.receipt import write_codes
from portal.domain.deliveries.actions.record import Tried, hasten_target, record_answers

__all__ = [
    "Claim",
    "ClaimedBatch",
    "Received",
    "Tried",
    "claim_batches",
    "claim_due",
    "hasten_target",
    "hold_target",
    "open_deliveries",
    "receive_late",
    "recheck_amended",
    "recheck_held",
    "record_answers",
    "release_claims",
    "release_target",
    "retry_all",
    "retry_delivery",
    "write_codes",
]
