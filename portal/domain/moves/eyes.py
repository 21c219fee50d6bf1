"""Four eyes: where the region asks it, whoever did one step of a submission may not do another."""

import uuid
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.journal.models import JournalEntry
from portal.domain.people import Actor
from portal.domain.workflow import MoveRefused, Possible
from portal.tenancy.schema import Axis, Move
from portal.tenancy.tenant import Tenant

REFUSED = "Vous avez déjà fait « {done} » sur cet envoi : une autre personne doit faire cette étape."


def check_four_eyes(
    session: Session, tenant: Tenant, sheet_id: uuid.UUID, axis_id: str, move: Move, actor: Actor
) -> None:
    """Raise MoveRefused when the region wants other eyes than the actor's, or than those of whom they act for."""
    if refused := refusal(session, tenant, sheet_id, axis_id, move, actor):
        raise MoveRefused(refused)


def with_four_eyes(
    session: Session, tenant: Tenant, sheet_id: uuid.UUID, moves: Iterable[Possible], actor: Actor
) -> list[Possible]:
    """The moves somebody may press, those that want other eyes blocked with the reason. Asks nothing of the database
    where no move says so.
    """
    return [
        one if one.blocked else replace(one, blocked=refusal(session, tenant, sheet_id, one.axis, one.move, actor))
        for one in moves
    ]


def refusal(session: Session, tenant: Tenant, sheet_id: uuid.UUID, axis_id: str, move: Move, actor: Actor) -> str:
    """Why other eyes are wanted for a move; empty when these will do."""
    if not move.four_eyes:
        return ""
    axis = tenant.axis(axis_id)
    mine = {actor.user_id, actor.on_behalf_of} - {None}
    for move_id, entry in _since_sent(session, sheet_id, axis_id, axis, move.four_eyes).items():
        if mine & {entry.actor_id, entry.on_behalf_of}:
            return REFUSED.format(done=axis.moves[move_id].label or move_id)
    return ""


def _since_sent(
    session: Session, sheet_id: uuid.UUID, axis_id: str, axis: Axis, wanted: Iterable[str]
) -> dict[str, JournalEntry]:
    """The last time each of these moves was made since the sheet was last sent for a decision, the sending included."""
    sending = {name for name, move in axis.moves.items() if "revise" in move.effects}
    names = {f"{axis_id}.{name}": name for name in {*sending, *wanted}}
    query = select(JournalEntry).where(JournalEntry.sheet_id == sheet_id, JournalEntry.move.in_(sorted(names)))
    query = query.where(JournalEntry.kind == "state.changed").order_by(JournalEntry.at.desc(), JournalEntry.id.desc())
    found: dict[str, JournalEntry] = {}
    for entry in session.scalars(query):
        move_id = names[entry.move or ""]
        if move_id in set(wanted):
            found.setdefault(move_id, entry)
        if move_id in sending:
            break
    return found
