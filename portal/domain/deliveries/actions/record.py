"""Recording how a try ended. Each outcome has one handler, which alone writes what it means."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.domain.deliveries import delays, wording
from portal.domain.deliveries.actions.alerts import alert
from portal.domain.deliveries.actions.claim import Claim, still_ours
from portal.domain.deliveries.actions.receipt import write_codes
from portal.domain.deliveries.models import Delivery, DeliveryAttempt
from portal.domain.deliveries.parcels import Answer
from portal.domain.sheets.models import Revision
from portal.tenancy.tenant import Tenant

FIRST_RETRY = timedelta(seconds=5)
LAST_RETRY = timedelta(minutes=10)
MOST_ATTEMPTS = 300  # two days of retries at the longest interval; then somebody has to look


@dataclass(frozen=True)
class Recorded:
    """What became of a delivery. `amended` is the revision put in force because codes came back."""

    delivery: Delivery
    amended: Revision | None = None


def record_answer(
    session: Session,
    tenant: Tenant,
    claim: Claim,
    answer: Answer,
    *,
    at: datetime,
    chance: Callable[[], float] = random.random,
) -> Recorded | None:
    """Record the answer to a try. None when the claim no longer holds: another worker has taken over since.

    Codes that come back are written in the same transaction: should that raise, nothing is recorded.
    """
    query = select(Delivery).where(*still_ours(claim)).with_for_update()  # type: ignore[arg-type]
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        return None
    _end_attempt(session, claim, answer, at)
    amended = None
    if answer.outcome == "acknowledged":
        amended = _acknowledge(session, tenant, row, answer, at)
    elif answer.outcome == "accepted":
        row.state, row.problem = "sent", None
    elif answer.outcome == "rejected":
        row.state, row.done_at, row.problem = "rejected", at, wording.refusal(tenant, row.target, answer)
    else:
        _try_later(tenant, row, answer, at, chance)
    row.claimed_at = None
    session.flush()
    alert(session, tenant, row, at=at)
    return Recorded(row, amended)


def _end_attempt(session: Session, claim: Claim, answer: Answer, at: datetime) -> None:
    words = answer.error or answer.message
    session.execute(
        update(DeliveryAttempt)
        .where(DeliveryAttempt.delivery_id == claim.id, DeliveryAttempt.n == claim.attempts)
        .values(ended_at=at, outcome=answer.outcome, http_status=answer.http_status, error=words)
        .execution_options(synchronize_session=False)
    )


def _acknowledge(session: Session, tenant: Tenant, row: Delivery, answer: Answer, at: datetime) -> Revision | None:
    row.state, row.done_at, row.problem, row.receipt = "acknowledged", at, None, answer.receipt
    _promise_relayed(session, tenant, row, at)
    if row.verb != "put":
        return None
    written = write_codes(session, tenant, row, answer.receipt, at=at)
    row.problem = wording.unreadable_codes(tenant, row.target, written.problems) if written.problems else None
    return written.amended


def _promise_relayed(session: Session, tenant: Tenant, row: Delivery, at: datetime) -> None:
    """What this target relays has really left now: its promise runs from here."""
    promised = {f.target: f.expect for f in tenant.flows.flows if f.via == row.target and f.expect}
    if not promised:
        return
    query = select(Delivery).where(
        Delivery.journal_entry_id == row.journal_entry_id,
        Delivery.sheet_id == row.sheet_id,
        Delivery.state == "relayed",
        Delivery.target.in_(promised),
    )
    for relayed in session.scalars(query):
        relayed.expected_by = delays.after(tenant, at, promised[relayed.target])


def _try_later(tenant: Tenant, row: Delivery, answer: Answer, at: datetime, chance: Callable[[], float]) -> None:
    if row.superseded_by is not None:
        row.state, row.done_at = "superseded", at
    elif row.attempts >= MOST_ATTEMPTS:
        row.state, row.done_at, row.problem = "failed", at, wording.gave_up(tenant, row.target)
    else:
        row.state, row.problem = "due", wording.later(tenant, row.target)
        row.due_at = at + retry_delay(row.attempts, answer.retry_after, chance)


def retry_delay(attempts: int, retry_after: float | None, chance: Callable[[], float]) -> timedelta:
    """How long to wait after the n-th try: doubled each time up to a cap, less up to a half by chance.

    Chance keeps rows that failed together from coming back together. A target that says how long is obeyed.
    """
    full = min(FIRST_RETRY * 2 ** min(attempts - 1, 20), LAST_RETRY)
    return max(full * (1 - chance() / 2), timedelta(seconds=retry_after or 0))


def hasten_target(session: Session, target: str, *, now: datetime) -> int:
    """A target answers again: what waited for its next try is due now. Returns how many rows."""
    waiting = (Delivery.target == target, Delivery.state == "due", Delivery.attempts > 0, Delivery.due_at > now)
    moved = update(Delivery).where(*waiting).values(due_at=now).execution_options(synchronize_session=False)
    return int(session.execute(moved).rowcount)  # type: ignore[attr-defined]
