"""Reads about the directory: whose it is, what it holds, what still refers to an entry."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row as Line
from sqlalchemy import Select, Text, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from portal.domain.directory.nouns import Noun, Row
from portal.domain.journal.models import JournalEntry
from portal.domain.organisations.models import Contact, OpenDay, Organisation, Site
from portal.domain.people import Actor
from portal.domain.sheets.models import Revision, Sheet

MOST_DAYS = 5  # open days told on one page
READERS = ("validator", "admin")  # sides that read every directory of the region


def readable(actor: Actor) -> Select[Organisation]:
    """The organisations whose directory a person may read: one's own, or all on the side of the region."""
    query = select(Organisation)
    return query if actor.side in READERS else query.where(Organisation.id.in_(actor.organisations))


def may_write(actor: Actor, organisation: Organisation) -> bool:
    """Whether a person keeps the directory of an organisation: whoever enters for it."""
    return actor.side == "org" and organisation.id in actor.organisations


def organisation_for(session: Session, actor: Actor, organisation_id: uuid.UUID) -> Organisation | None:
    """An organisation whose directory the person may read; None when it is not theirs to see."""
    return session.scalar(readable(actor).where(Organisation.id == organisation_id))


def directories(
    session: Session, actor: Actor, *, text: str = "", limit: int = 50, offset: int = 0
) -> tuple[Sequence[Line[Any]], int]:
    """A page of (organisation, sites, contacts, open days to come or not), by name, and how many there are. Two
    queries.
    """
    query = readable(actor)
    for word in text.replace("\x00", "").lower().split():
        named = func.unaccent(func.lower(func.concat_ws(" ", Organisation.name, Organisation.siret, Organisation.code)))
        query = query.where(func.strpos(named, func.unaccent(word)) > 0)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    counts = [
        select(func.count()).where(model.organisation_id == Organisation.id).correlate(Organisation).scalar_subquery()
        for model in (Site, Contact, OpenDay)
    ]
    page = query.add_columns(*counts).order_by(Organisation.name, Organisation.siret).limit(limit).offset(offset)
    return session.execute(page).all(), total


def sites_of(session: Session, organisation: Organisation) -> Sequence[Site]:
    """The sites of an organisation: those offered first, by name."""
    query = select(Site).where(Site.organisation_id == organisation.id)
    return session.scalars(query.order_by(Site.offered.desc(), Site.name, Site.id)).all()


def contacts_of(session: Session, organisation: Organisation) -> Sequence[Contact]:
    """The contacts of an organisation: those offered first, by name."""
    query = select(Contact).where(Contact.organisation_id == organisation.id)
    return session.scalars(query.order_by(Contact.offered.desc(), Contact.name, Contact.id)).all()


def open_days_of(session: Session, organisation: Organisation) -> Sequence[OpenDay]:
    """The open days of an organisation, the latest first."""
    query = select(OpenDay).where(OpenDay.organisation_id == organisation.id)
    return session.scalars(query.order_by(OpenDay.starts_at.desc(), OpenDay.id)).all()


def open_days_to_come(session: Session, sheet_id: uuid.UUID, now: datetime) -> Sequence[Line[OpenDay, Site]]:
    """The (open day, site or None) that are not over, of the organisation that holds a sheet; the next ones first.
    `now` is in the region's own time.
    """
    over = func.coalesce(OpenDay.ends_at, func.date_trunc("day", OpenDay.starts_at) + timedelta(days=1))
    query = (
        select(OpenDay, Site)
        .join(Sheet, Sheet.organisation_id == OpenDay.organisation_id)
        .outerjoin(Site, Site.id == OpenDay.site_id)
        .where(Sheet.id == sheet_id, over > now)
    )
    return session.execute(query.order_by(OpenDay.starts_at, OpenDay.id).limit(MOST_DAYS)).all()


def entry_of(
    session: Session, noun: Noun, organisation: Organisation, entry_id: uuid.UUID, *, lock: bool = False
) -> Row | None:
    """An entry of an organisation; `lock` keeps it from anybody else until the end of the transaction."""
    model: Any = noun.model
    query = select(model).where(model.id == entry_id, model.organisation_id == organisation.id)
    found: Row | None = session.scalar(query.with_for_update() if lock else query)
    return found


def sheets_naming(session: Session, entry_id: uuid.UUID) -> list[uuid.UUID]:
    """The live sheets whose values name an entry."""
    query = select(Sheet.id).where(Sheet.deleted_at.is_(None), _names(Sheet.data, entry_id))
    return list(session.scalars(query.order_by(Sheet.id)))


def is_referred_to(session: Session, entry_id: uuid.UUID) -> bool:
    """Whether a sheet, a revision, the history of a sheet or an open day names an entry: it must then stay readable."""
    told = (
        JournalEntry.sheet_id.is_not(None),
        or_(_names(JournalEntry.before, entry_id), _names(JournalEntry.after, entry_id)),
    )
    found = or_(
        exists().where(or_(_names(Sheet.data, entry_id), _names(Sheet.raw, entry_id))),
        exists().where(_names(Revision.snapshot, entry_id)),
        exists().where(*told),
        exists().where(OpenDay.site_id == entry_id),
    )
    return bool(session.scalar(select(found)))


def _names(column: Any, entry_id: uuid.UUID) -> Any:
    return cast(column, Text).contains(str(entry_id))
