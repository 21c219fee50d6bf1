"""Recording how tries ended, many at a time. Each outcome has one handler, which alone writes what it means."""

import logging
import random
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from portal.domain.deliveries import wording
from portal.domain.deliveries.actions.alerts import alert
from portal.domain.deliveries.actions.claim import Claim
from portal.domain.deliveries.actions.following import follow_receipts
from portal.domain.deliveries.actions.receipt import write_codes
from portal.domain.deliveries.models import Delivery, DeliveryAttempt
from portal.domain.deliveries.parcels import Answer
from portal.domain.deliveries.refusals import note_refusal
from portal.domain.sheets.models import Revision, Sheet
from portal.tenancy.tenant import Tenant

log = logging.getLogger(__name__)

FIRST_RETRY = timedelta(seconds=5)
LAST_RETRY = timedelta(minutes=10)
MOST_ATTEMPTS = 300  # two days of retries at the longest interval; then somebody has to look
NOT_RECORDED = "received, but its receipt could not be recorded"
Amended = Callable[[Revision], None]


@dataclass(frozen=True)
class Tried:
    """One try that ended."""

    claim: Claim
    answer: Answer
    started_at: datetime
    ended_at: datetime
    digest: str = ""


@dataclass
class Recording:
    """What handlers need."""

    session: Session
    tenant: Tenant
    at: datetime
    amended: Amended
    chance: Callable[[], float]


def record_answers(
    session: Session,
    tenant: Tenant,
    tried: Sequence[Tried],
    *,
    at: datetime,
    amended: Amended = lambda revision: None,
    chance: Callable[[], float] = random.random,
) -> list[Delivery]:
    """Record the answers to some tries; returns the deliveries recorded. Flushes; the caller commits.

    A try whose claim no longer holds is left out: another worker has taken over since. `amended` is told of each
    revision put in force because codes came back; should writing codes raise, that delivery is tried again and the
    same key will bring the same receipt.
    """
    recording = Recording(session, tenant, at, amended, chance)
    if touches_sheets(tenant, {one.claim.target for one in tried}):
        lock_units(session, [one.claim.revision_id for one in tried])
    rows = _locked(session, [one.claim for one in tried])
    ours = [one for one in tried if one.claim.id in rows and one.claim.holds(rows[one.claim.id])]
    settled = [_settle(recording, rows[one.claim.id], one) for one in ours]
    _end_attempts(session, settled)
    session.flush()
    recorded = [rows[one.claim.id] for one in ours]
    follow_receipts(session, tenant, [row for row in recorded if row.state == "acknowledged"], at=at)
    for row in recorded:
        alert(session, tenant, row, at=at)
    return recorded


def touches_sheets(tenant: Tenant, targets: set[str]) -> bool:
    """Whether a receipt of one of these targets may change sheets: by its codes, or by a move it performs."""
    writes = any(name in targets and target.writes for name, target in tenant.flows.targets.items())
    moves = (move for axis in tenant.workflow.axes.values() for move in axis.moves.values())
    return writes or any(m.on == "acknowledged" and (m.target is None or m.target in targets) for m in moves)


def lock_units(session: Session, revisions: Iterable[uuid.UUID | None]) -> None:
    """Units first, then their deliveries: the order in which a move takes them, so that nobody waits in a circle."""
    units = select(Revision.unit_id).where(Revision.id.in_(list(revisions)))
    session.execute(select(Sheet.id).where(Sheet.id.in_(units)).order_by(Sheet.id).with_for_update())


def _locked(session: Session, claims: list[Claim]) -> Mapping[object, Delivery]:
    query = select(Delivery).where(Delivery.id.in_([claim.id for claim in claims])).order_by(Delivery.id)
    rows = session.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {row.id: row for row in rows}


def _settle(recording: Recording, row: Delivery, tried: Tried) -> Tried:
    """Write a try on its row; the try as it is to be told, which is a failure when codes cannot be written."""
    row.payload_digest = tried.digest or None
    answer = settle(recording, row, tried.answer)
    return tried if answer is tried.answer else Tried(tried.claim, answer, tried.started_at, tried.ended_at)


def settle(recording: Recording, row: Delivery, answer: Answer) -> Answer:
    """Write an answer on its row; the answer as it counts, which is a failure when its codes cannot be written."""
    if answer.outcome == "acknowledged" and row.verb == "put":
        answer = _take_codes(recording, row, answer)
    row.claimed_at = None
    HANDLERS[answer.outcome](recording, row, answer)
    return answer


def _take_codes(recording: Recording, row: Delivery, answer: Answer) -> Answer:
    target = recording.tenant.flows.targets.get(row.target)
    if target is None or not target.writes:
        return answer
    try:
        with recording.session.begin_nested():
            written = write_codes(recording.session, recording.tenant, row, answer.receipt, at=recording.at)
            if written.amended is not None:
                recording.amended(written.amended)
    except Exception:
        log.exception("%s/%s: the codes of %s cannot be written", recording.tenant.slug, row.target, row.id)
        return Answer("failed", answer.http_status, error=NOT_RECORDED)
    told = wording.unreadable_codes(recording.tenant, row.target, written.problems) if written.problems else None
    row.problem = told
    return answer


def _acknowledge(recording: Recording, row: Delivery, answer: Answer) -> None:
    if row.problem == wording.later(recording.tenant, row.target):
        row.problem = None
    row.state, row.done_at, row.receipt = "acknowledged", recording.at, answer.receipt


def _accept(recording: Recording, row: Delivery, answer: Answer) -> None:
    row.state, row.problem = "sent", None


def _reject(recording: Recording, row: Delivery, answer: Answer) -> None:
    row.state, row.done_at = "rejected", recording.at
    note_refusal(recording.session, recording.tenant, row, answer, at=recording.at)


def _try_later(recording: Recording, row: Delivery, answer: Answer) -> None:
    tenant, at = recording.tenant, recording.at
    if row.superseded_by is not None:
        row.state, row.done_at = "superseded", at
    elif row.attempts >= MOST_ATTEMPTS:
        row.state, row.done_at, row.problem = "failed", at, wording.gave_up(tenant, row.target)
    else:
        row.state, row.problem = "due", wording.later(tenant, row.target)
        row.due_at = at + retry_delay(row.attempts, answer.retry_after, recording.chance)


HANDLERS: Mapping[str, Callable[[Recording, Delivery, Answer], None]] = {
    "acknowledged": _acknowledge,
    "accepted": _accept,
    "rejected": _reject,
    "failed": _try_later,
    "lost": _try_later,
}


def retry_delay(attempts: int, retry_after: float | None, chance: Callable[[], float]) -> timedelta:
    """How long to wait after the n-th try: doubled each time up to a cap, less up to a half by chance.

    Chance keeps rows that failed together from coming back together. A target that says how long is obeyed.
    """
    full = min(FIRST_RETRY * 2 ** min(attempts - 1, 20), LAST_RETRY)
    return max(full * (1 - chance() / 2), timedelta(seconds=retry_after or 0))


def _end_attempts(session: Session, tried: Sequence[Tried]) -> None:
    table = DeliveryAttempt.__table__
    ended = (
        update(table)
        .where(table.c.delivery_id == bindparam("of"), table.c.n == bindparam("number"))
        .values(
            started_at=bindparam("began"),
            ended_at=bindparam("ended"),
            outcome=bindparam("how"),
            http_status=bindparam("status"),
            error=bindparam("words"),
        )
    )
    rows = [
        {
            "of": one.claim.id,
            "number": one.claim.attempts,
            "began": one.started_at,
            "ended": one.ended_at,
            "how": one.answer.outcome,
            "status": one.answer.http_status,
            "words": one.answer.error or one.answer.message,
        }
        for one in tried
    ]
    if rows:
        session.execute(ended, rows)


def hasten_target(session: Session, target: str, *, now: datetime) -> int:
    """A target answers again: what waited for its next try is due now. Returns how many rows."""
    waiting = (Delivery.target == target, Delivery.state == "due", Delivery.attempts > 0, Delivery.due_at > now)
    moved = update(Delivery).where(*waiting).values(due_at=now).execution_options(synchronize_session=False)
    return int(session.execute(moved).rowcount)  # type: ignore[attr-defined]
