"""Who is away and who stands in: the colleague is written to as well, and may act in the name of whoever is away."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.domain.habits.errors import HabitRefused
from portal.domain.habits.models import Absence
from portal.domain.journal.actions import append
from portal.domain.organisations.models import Membership, User
from portal.domain.people import Actor
from portal.tenancy.tenant import Tenant

LONGEST = timedelta(days=366)
_away, _cover = aliased(User), aliased(User)


@dataclass(frozen=True)
class Cover:
    """One absence, in names."""

    id: uuid.UUID
    user_id: uuid.UUID
    user_name: str
    cover_id: uuid.UUID
    cover_name: str
    starts_on: date
    ends_on: date

    def holds_on(self, day: date) -> bool:
        """Whether the person is away that day."""
        return self.starts_on <= day <= self.ends_on


def colleagues(session: Session, tenant: Tenant) -> list[tuple[uuid.UUID, str]]:
    """Those who decide in the region: they may be away, and may stand in for one another."""
    query = select(User.id, User.name).join(Membership, Membership.user_id == User.id)
    query = query.where(Membership.role.in_(_deciding(tenant)), User.active).distinct().order_by(User.name, User.id)
    return [(row[0], row[1]) for row in session.execute(query)]


def _deciding(tenant: Tenant) -> list[str]:
    return [name for name, role in tenant.who.roles.items() if role.side == "validator"]


def absences(session: Session, today: date, *, about: uuid.UUID | None = None) -> list[Cover]:
    """The absences that are not over, the first to come first; those of one person, or that they cover. One query."""
    query = select(Absence, _away.name, _cover.name).join(_away, _away.id == Absence.user_id)
    query = query.join(_cover, _cover.id == Absence.cover_id).where(Absence.ends_on >= today)
    if about is not None:
        query = query.where(or_(Absence.user_id == about, Absence.cover_id == about))
    rows = session.execute(query.order_by(Absence.starts_on, _away.name, Absence.id))
    return [
        Cover(row.id, row.user_id, away, row.cover_id, cover, row.starts_on, row.ends_on) for row, away, cover in rows
    ]


def standing_in(session: Session, cover_id: uuid.UUID, user_id: uuid.UUID, today: date) -> Cover | None:
    """The absence by which somebody may act today in the name of another; None when there is none."""
    mine = absences(session, today, about=cover_id)
    return next((a for a in mine if (a.user_id, a.cover_id) == (user_id, cover_id) and a.holds_on(today)), None)


def declare_absence(
    session: Session,
    tenant: Tenant,
    actor: Actor,
    *,
    user_id: uuid.UUID,
    cover_id: uuid.UUID,
    starts_on: date,
    ends_on: date,
    today: date,
    at: datetime,
    for_others: bool = False,
) -> Absence:
    """Say that somebody is away between two days, both included, and who stands in.

    Raises HabitRefused when it is somebody else and `for_others` is not given, when one of them does not decide in the
    region, when the days make no sense, and when one of them is away or covers somebody on those days already.
    """
    _check_people(session, tenant, actor, user_id, cover_id, for_others=for_others)
    _check_days(starts_on, ends_on, today)
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"absence {tenant.slug}"))))
    taken = [a for a in absences(session, starts_on) if a.starts_on <= ends_on]
    if any(a.user_id == user_id for a in taken):
        raise HabitRefused("Une absence est déjà notée sur une partie de ces jours.", "du")
    if any(a.user_id == cover_id for a in taken):
        raise HabitRefused("Cette personne est elle-même absente sur une partie de ces jours.", "remplacant")
    if (covering := next((a for a in taken if a.cover_id == user_id), None)) is not None:
        words = f"remplace {covering.user_name} du {covering.starts_on:%d/%m/%Y} au {covering.ends_on:%d/%m/%Y}"
        raise HabitRefused(f"La personne absente {words} : changez d’abord ce remplacement.", "du")
    row = Absence(user_id=user_id, cover_id=cover_id, starts_on=starts_on, ends_on=ends_on, made_by_name=actor.name)
    session.add(row)
    session.flush()
    append(session, at=at, actor=actor, sheet_id=None, kind="absence.declared", after=_said(row))
    return row


def _check_people(
    session: Session, tenant: Tenant, actor: Actor, user_id: uuid.UUID, cover_id: uuid.UUID, *, for_others: bool
) -> None:
    known = {id_ for id_, _ in colleagues(session, tenant)}
    if user_id != actor.user_id and not for_others:
        raise HabitRefused("Vous ne notez que vos propres absences.", "absent")
    if user_id not in known:
        raise HabitRefused("Choisissez qui est absent, parmi ceux qui décident.", "absent")
    if cover_id not in known or cover_id == user_id:
        raise HabitRefused("Choisissez un collègue qui décide lui aussi.", "remplacant")


def _check_days(starts_on: date, ends_on: date, today: date) -> None:
    if ends_on < starts_on:
        raise HabitRefused("Le dernier jour vient avant le premier.", "au")
    if ends_on < today:
        raise HabitRefused("Cette absence est déjà finie.", "au")
    if ends_on - starts_on > LONGEST:
        raise HabitRefused("Une absence dure un an au plus.", "au")


def end_absence(
    session: Session, actor: Actor, absence_id: uuid.UUID, *, at: datetime, for_others: bool = False
) -> bool:
    """Take an absence away: one's own, or anybody's with `for_others`; returns whether there was one."""
    row = session.get(Absence, absence_id, with_for_update=True)
    if row is None or (row.user_id != actor.user_id and not for_others):
        return False
    append(session, at=at, actor=actor, sheet_id=None, kind="absence.ended", before=_said(row))
    session.delete(row)
    return True


def _said(row: Absence) -> dict[str, str]:
    days = {"starts_on": row.starts_on.isoformat(), "ends_on": row.ends_on.isoformat()}
    return {"user_id": str(row.user_id), "cover_id": str(row.cover_id), **days}


def covers_of(
    session: Session, tenant: Tenant, addresses: Iterable[str], today: date
) -> Mapping[str, tuple[str, str, date]]:
    """Of those of these addresses who are away: (the colleague's address, who is away, until when). One query. A
    colleague who decides no more in the region is told nothing more of it.
    """
    wanted = sorted({address.lower() for address in addresses})
    query = select(_away.email, _cover.email, _away.name, Absence.ends_on).select_from(Absence)
    query = query.join(_away, _away.id == Absence.user_id).join(_cover, _cover.id == Absence.cover_id)
    query = query.where(Absence.starts_on <= today, Absence.ends_on >= today, _cover.active)
    decides = select(Membership.id).where(Membership.user_id == _cover.id, Membership.role.in_(_deciding(tenant)))
    query = query.where(decides.correlate(_cover).exists())
    rows = session.execute(query.where(_away.email.in_(wanted)).order_by(_away.email))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}
