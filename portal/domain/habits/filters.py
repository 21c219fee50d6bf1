"""Filters of the queue kept under a name: one's own, and those that colleagues of the same role share."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.domain.habits.errors import HabitRefused
from portal.domain.habits.models import SavedFilter
from portal.domain.organisations.models import User
from portal.domain.people import Actor
from portal.ids import uuid7

LONGEST = 60
MOST = 30  # filters of one person in one region


@dataclass(frozen=True)
class Kept:
    """One filter, as it is offered: `by` names the colleague who shares it, and is empty for one's own."""

    id: uuid.UUID
    name: str
    params: Mapping[str, str]
    shared: bool
    by: str = ""


def filters_for(session: Session, actor: Actor) -> list[Kept]:
    """One's own filters by name, then those shared with one's roles. One query."""
    mine = SavedFilter.user_id == actor.user_id
    query = select(SavedFilter, User.name).join(User, User.id == SavedFilter.user_id)
    query = query.where(or_(mine, SavedFilter.role.in_(sorted(actor.roles)))).order_by(mine.desc(), SavedFilter.name)
    return [
        Kept(row.id, row.name, row.params, row.role is not None, "" if row.user_id == actor.user_id else who)
        for row, who in session.execute(query)
    ]


def keep_filter(session: Session, actor: Actor, name: str, params: Mapping[str, str], role: str | None = None) -> None:
    """Keep a filter under a name; the one of that name is replaced. `role` shares it with those who have it.

    Raises HabitRefused without a name, with one too long, for a role one has not, and beyond MOST filters.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST:
        raise HabitRefused(f"Donnez un nom à ce filtre, de {LONGEST} caractères au plus.", "nom")
    if role is not None and role not in actor.roles:
        raise HabitRefused("Vous ne partagez un filtre qu’avec un rôle que vous tenez.", "partage")
    others = select(func.count(SavedFilter.id)).where(SavedFilter.user_id == actor.user_id, SavedFilter.name != name)
    if (session.scalar(others) or 0) >= MOST:
        raise HabitRefused(f"Vous gardez déjà {MOST} filtres : retirez-en un d’abord.", "nom")
    said = {"params": dict(params), "role": role}
    row = insert(SavedFilter).values(id=uuid7(), user_id=actor.user_id, name=name, **said)
    session.execute(row.on_conflict_do_update(index_elements=["tenant", "user_id", "name"], set_=said))


def drop_filter(session: Session, actor: Actor, filter_id: uuid.UUID) -> bool:
    """Forget one of one's own filters; returns whether there was one."""
    row = session.scalar(select(SavedFilter).where(SavedFilter.id == filter_id, SavedFilter.user_id == actor.user_id))
    if row is not None:
        session.delete(row)
    return row is not None
