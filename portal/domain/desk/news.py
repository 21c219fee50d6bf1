"""What somebody is told on arriving: what was sent back and why, what was decided lately."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from portal.domain.journal.models import JournalEntry
from portal.domain.people import Actor
from portal.domain.sheets.models import Decision, Revision, Sheet, SheetState
from portal.domain.sheets.queries import visible_sheets
from portal.tenancy.schema import Move
from portal.tenancy.tenant import Tenant

RECENT = timedelta(days=30)
MOST = 10


@dataclass(frozen=True)
class SentBack:
    """A submission sent back, that nobody has sent again since."""

    sheet_id: uuid.UUID
    title: str
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Decided:
    """A decision of those who decide, on a sheet somebody may see."""

    sheet_id: uuid.UUID
    title: str
    state: str
    tone: str
    reason: str
    at: datetime


def sent_back(session: Session, tenant: Tenant, actor: Actor) -> list[SentBack]:
    """What this person has to correct, latest first. One statement."""
    open_states = _editable_states(tenant, actor)
    if not open_states:
        return []
    later = aliased(Revision)
    again = select(later.id).where(later.unit_id == Sheet.id, later.kind == "submitted", later.number > Revision.number)
    columns = (Sheet.id, Sheet.title, Decision.reason, Decision.at, Decision.by_name)
    query = (
        visible_sheets(actor).with_only_columns(*columns)
        .join(Revision, and_(Revision.unit_id == Sheet.id, Revision.kind == "submitted"))
        .join(Decision, and_(Decision.revision_id == Revision.id, Decision.outcome == "returned"))
        .join(SheetState, and_(SheetState.sheet_id == Sheet.id, SheetState.axis == Revision.axis))
        .where(~again.exists())
        .where(or_(*(and_(SheetState.axis == a, SheetState.state.in_(s)) for a, s in open_states.items())))
        .order_by(Decision.at.desc())
    )  # fmt: skip
    return [SentBack(row[0], row[1], row[2] or "", row[3], row[4]) for row in session.execute(query.limit(MOST))]


def decided(session: Session, tenant: Tenant, actor: Actor, *, now: datetime) -> list[Decided]:
    """What those who decide did lately to the sheets of this person, latest first. One statement."""
    moves = _decisive(tenant)
    query = (
        visible_sheets(actor)
        .with_only_columns(Sheet.id, Sheet.title, JournalEntry.move, JournalEntry.reason, JournalEntry.at)
        .join(JournalEntry, JournalEntry.sheet_id == Sheet.id)
        .where(JournalEntry.move.in_(list(moves)), JournalEntry.at >= now - RECENT)
        .order_by(JournalEntry.at.desc())
    )
    found = session.execute(query.limit(MOST)).all() if moves else []
    return [_decided(tenant, *moves[row[2] or ""], row[0], row[1], row[3], row[4]) for row in found]


def _decided(
    tenant: Tenant, axis: str, move: Move, sheet_id: uuid.UUID, title: str, reason: str | None, at: datetime
) -> Decided:
    state = tenant.axis(axis).states.get(move.to or "")
    words = (state.label if state else "") or move.label or ""
    return Decided(sheet_id, title, words, state.tone if state else "info", reason or "", at)


def _decisive(tenant: Tenant) -> dict[str, tuple[str, Move]]:
    """The moves that only those who decide may press, by `axis.move`."""
    return {
        f"{axis_id}.{move_id}": (axis_id, move)
        for axis_id, axis in tenant.workflow.axes.items()
        for move_id, move in axis.moves.items()
        if not move.automatic and _sides(tenant, move) and "org" not in _sides(tenant, move)
    }


def _sides(tenant: Tenant, move: Move) -> set[str]:
    names = {*move.by, *(name for names in move.sources.values() for name in names or ())}
    return {role.side for name in names if (role := tenant.role(name)) is not None}


def _editable_states(tenant: Tenant, actor: Actor) -> dict[str, list[str]]:
    """The states in which these roles have the sheet in hand, on the axes of validation."""
    found = {
        axis_id: [name for name, state in axis.states.items() if actor.roles & set(state.edit)]
        for axis_id, axis in tenant.workflow.axes.items()
        if axis.unit is not None
    }
    return {axis_id: states for axis_id, states in found.items() if states}
