"""Use-cases of remarks: put, send, answer, settle. Each writes in the journal; callers lock the unit, and commit."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.corrections.errors import CorrectionRefused
from portal.domain.corrections.models import CLOSED, OPEN, WAIVED, WITHDRAWN, Correction
from portal.domain.corrections.places import Place
from portal.domain.corrections.queries import open_corrections
from portal.domain.journal.actions import append
from portal.domain.people import Actor
from portal.domain.sheets.models import Revision
from portal.tenancy.tenant import Tenant

LONGEST = 2000
NO_WORDS = "Écrivez ce qui est à corriger."
NO_ANSWER = "Écrivez votre réponse."
NO_REASON = "Indiquez le motif."
TOO_LONG = f"Ce texte dépasse {LONGEST} caractères."
NOT_NOW = "Cette remarque a changé entre-temps : relisez-la."


@dataclass(frozen=True)
class Settling:
    """One way to settle a remark: from which states, to which; whether it must say why, and have been sent."""

    state: str
    sources: tuple[str, ...]
    kind: str
    reasoned: bool = False
    sent: bool = False


SETTLINGS: Mapping[str, Settling] = {
    "close": Settling(CLOSED, (OPEN,), "correction.closed", sent=True),
    "waive": Settling(WAIVED, (OPEN,), "correction.waived", reasoned=True, sent=True),
    "withdraw": Settling(WITHDRAWN, (OPEN,), "correction.withdrawn"),
    "reopen": Settling(OPEN, (CLOSED, WAIVED, WITHDRAWN), "correction.reopened"),
}


def put_correction(
    session: Session, tenant: Tenant, revision: Revision, place: Place, text: str, *, actor: Actor, at: datetime
) -> Correction:
    """Put a remark on a submission that waits. The organisation reads it once a return carries it.

    Raises CorrectionRefused for words that are missing or too long.
    """
    correction = Correction(
        unit_id=revision.unit_id, revision_id=revision.id, sheet_id=place.sheet_id, level=place.level,
        step=place.step, path=place.path, place=place.words, text=_words(text, NO_WORDS),
        by=actor.user_id, by_name=actor.name, at=at, state=OPEN,
    )  # fmt: skip
    session.add(correction)
    session.flush()
    _note(session, tenant, correction, "correction.put", actor=actor, at=at)
    return correction


def send_corrections(
    session: Session, tenant: Tenant, unit_id: uuid.UUID, *, actor: Actor, at: datetime
) -> list[Correction]:
    """Send to the organisation the remarks that nothing carried yet; every open one is returned, oldest first."""
    found = open_corrections(session, unit_id)
    for correction in found:
        if correction.sent_at is None:
            correction.sent_at = at
            _note(session, tenant, correction, "correction.asked", actor=actor, at=at)
    session.flush()
    return found


def answer_correction(
    session: Session, tenant: Tenant, correction: Correction, text: str, *, actor: Actor, at: datetime
) -> None:
    """Write the organisation's answer beside a remark; the one before it stays in the journal.

    Raises CorrectionRefused for one that is settled, or without words.
    """
    if not correction.is_open or correction.sent_at is None:
        raise CorrectionRefused(NOT_NOW)
    correction.answer, correction.answered_by_name, correction.answered_at = _words(text, NO_ANSWER), actor.name, at
    _note(session, tenant, correction, "correction.answered", actor=actor, at=at, words=correction.answer)
    session.flush()


def settle_correction(
    session: Session,
    tenant: Tenant,
    correction: Correction,
    how: str,
    *,
    reason: str | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    """Close, waive, withdraw or reopen a remark: its words stay. `how` is one of SETTLINGS.

    Raises CorrectionRefused when its state does not allow it, or when the reason that must be said is not.
    """
    settling = SETTLINGS[how]
    if correction.state not in settling.sources or (settling.sent and correction.sent_at is None):
        raise CorrectionRefused(NOT_NOW)
    said = (reason or "").strip()
    if settling.reasoned or said:
        said = _words(said, NO_REASON)
    correction.state = settling.state
    opened = settling.state == OPEN
    correction.settled_by_name, correction.settled_at = (None, None) if opened else (actor.name, at)
    correction.settled_reason = None if opened else said or None
    _note(session, tenant, correction, settling.kind, actor=actor, at=at, words=said)
    session.flush()


def _words(text: str, missing: str) -> str:
    words = text.replace("\x00", "").strip()
    if not words:
        raise CorrectionRefused(missing)
    if len(words) > LONGEST:
        raise CorrectionRefused(TOO_LONG)
    return words


def _note(
    session: Session, tenant: Tenant, correction: Correction, kind: str, *, actor: Actor, at: datetime, words: str = ""
) -> None:
    """One line of the journal. A remark that was not sent is not told on the sheet, whose history the organisation
    reads.
    """
    sent = correction.sent_at is not None
    told = f"{correction.place} : {correction.text}" + (f"\n{words}" if words else "")
    append(
        session, at=at, actor=actor, sheet_id=correction.unit_id if sent else None, kind=kind, reason=told,
        after={"_correction": str(correction.id), "_unit": str(correction.unit_id)}, config_version=tenant.version,
    )  # fmt: skip
