"""Remarks and moves: a return carries them, an approval waits for them; an answer or a withdrawal is told by mail."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.corrections.actions import answer_correction, put_correction, send_corrections, settle_correction
from portal.domain.corrections.errors import CorrectionRefused
from portal.domain.corrections.models import Correction
from portal.domain.corrections.places import find_place
from portal.domain.corrections.queries import correction_of, open_corrections
from portal.domain.corrections.rights import carriers, may_put, may_settle
from portal.domain.corrections.wording import said
from portal.domain.mails.actions import write_mails
from portal.domain.moves.effects import Run
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node, unit_of
from portal.domain.sheets.queries import locked_sheet
from portal.domain.sheets.revisions import pending_revision
from portal.domain.sheets.view import View
from portal.domain.workflow import MoveRefused
from portal.tenancy.schema import Move
from portal.tenancy.tenant import Tenant

NOT_YOURS = "Vous ne pouvez pas faire de remarque sur cette fiche, ou plus."
OVERTAKEN = "Cette fiche a changé pendant que vous la lisiez : relisez-la avant d'y faire une remarque."
UNKNOWN = "Cette remarque n'existe pas."
MAILED = {"withdraw": "correction.withdrawn", "waive": "correction.waived"}


class CorrectionsOpen(MoveRefused):
    """Approval waits for remarks to be closed, waived or withdrawn: `corrections`."""

    def __init__(self, corrections: Sequence[Correction]) -> None:
        super().__init__(open_words(len(corrections)))
        self.corrections = list(corrections)


def open_words(count: int) -> str:
    """Why approval is refused."""
    if count == 1:
        return "Une correction demandée est encore ouverte : fermez-la, levez-la ou retirez-la d'abord."
    return f"{count} corrections demandées sont encore ouvertes : fermez-les, levez-les ou retirez-les d'abord."


def approves(move: Move) -> bool:
    """Whether a move puts in force a submission that somebody has read."""
    return "publish" in move.effects and "revise" not in move.effects


def _open(session: Session, tenant: Tenant, sheet: Sheet) -> list[Correction]:
    """The remarks open on a sheet; none, and nothing is read, where the region has no move that carries any."""
    return open_corrections(session, sheet.id) if any(carriers(tenant, sheet.level)) else []


def check_corrections(session: Session, tenant: Tenant, sheet: Sheet, move: Move) -> None:
    """Refuse to approve while a remark is open. Raises CorrectionsOpen."""
    if approves(move) and (found := _open(session, tenant, sheet)):
        raise CorrectionsOpen(found)


def stand_for_reason(session: Session, sheet: Sheet, move: Move) -> bool:
    """Whether remarks say what a reason would: they go with this move."""
    return move.corrections and bool(open_corrections(session, sheet.id))


def carry_corrections(run: Run) -> str:
    """Send with a return the remarks that wait for it; the remarks still open, as a message tells them."""
    if not run.move.corrections:
        return said(one for one in _open(run.session, run.tenant, run.sheet) if one.sent_at is not None)
    return said(send_corrections(run.session, run.tenant, run.sheet.id, actor=run.actor, at=run.at))


def put(
    session: Session,
    tenant: Tenant,
    unit_id: uuid.UUID,
    revision_id: uuid.UUID,
    where: tuple[uuid.UUID, str, str],
    text: str,
    *,
    actor: Actor,
    at: datetime,
) -> Correction:
    """Put a remark on the submission that waits, at (sheet, path, step), for whoever may send it back.

    Raises CorrectionRefused: not this person's, another version than the one read, no such place, no words.
    """
    unit = locked_sheet(session, unit_id)  # nobody decides of it meanwhile
    pending = pending_revision(session, unit)
    live = View(tenant, load_node(session, unit), at.date())
    if not may_put(tenant, unit.level, live.states, actor.roles_on(live.node)):
        raise CorrectionRefused(NOT_YOURS)
    if pending is None or pending.id != revision_id:
        raise CorrectionRefused(OVERTAKEN)
    place = find_place(View(tenant, unit_of(pending.snapshot), at.date()), *where)
    return put_correction(session, tenant, pending, place, text, actor=actor, at=at)


def settle(
    session: Session,
    view: View,
    correction_id: uuid.UUID,
    how: str,
    *,
    reason: str | None = None,
    actor: Actor,
    at: datetime,
) -> Correction:
    """Close, waive, withdraw or reopen a remark of a unit; the organisation is told of what it need no longer do.

    Raises CorrectionRefused.
    """
    locked_sheet(session, view.node.id)
    correction = correction_of(session, view.node.id, correction_id)
    if correction is None:
        raise CorrectionRefused(UNKNOWN)
    if not may_settle(view.tenant, view.node.level, actor.roles_on(view.node)):
        raise CorrectionRefused(NOT_YOURS)
    settle_correction(session, view.tenant, correction, how, reason=reason, actor=actor, at=at)
    if how in MAILED and correction.sent_at is not None:
        _tell(session, view, correction, MAILED[how], actor, at)
    return correction


def answer(
    session: Session, view: View, correction_id: uuid.UUID, text: str, *, actor: Actor, at: datetime
) -> Correction:
    """Answer a remark, for whoever corrects the sheet. Raises CorrectionRefused."""
    locked_sheet(session, view.node.id)
    correction = correction_of(session, view.node.id, correction_id)
    if correction is None or correction.sent_at is None:
        raise CorrectionRefused(UNKNOWN)
    answer_correction(session, view.tenant, correction, text, actor=actor, at=at)
    _tell(session, view, correction, "correction.answered", actor, at)
    return correction


def _tell(session: Session, view: View, correction: Correction, event: str, actor: Actor, at: datetime) -> None:
    reason, words = correction.settled_reason or "", {"corrections": said([correction])}
    cause = f"{correction.id}:{event}:{int(at.timestamp())}"
    write_mails(session, view.tenant, view, event, at=at, actor=actor, reason=reason, cause=cause, words=words)
