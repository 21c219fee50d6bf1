"""Reading a catalogue: the sessions of some programmes that the public sees on a day, in the order they are filed."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Text, cast, func, literal, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from portal.domain.catalogue.cells import Listed
from portal.domain.catalogue.groups import GROUPINGS, NO_GROUP, Group, Grouping
from portal.domain.catalogue.models import PublishedEvent, PublishedSession
from portal.domain.catalogue.queries import LISTED, open_on
from portal.tenancy.schema import PublicCatalogue
from portal.tenancy.tenant import Tenant

CHUNK = 200  # sessions read at once
FILED = "filed_under"
EMPTY = "Aucune session n’est publiée dans ce catalogue à ce jour."
Address = Callable[[str], str]


@dataclass(frozen=True)
class Catalogue:
    """A catalogue of a region on a day. `address` gives the page of a session by its reference."""

    tenant: Tenant
    id: str
    words: PublicCatalogue
    today: date
    address: Address

    @property
    def grouping(self) -> Grouping:
        """How it is divided."""
        return GROUPINGS[self.words.group]

    def holds(self) -> list[ColumnElement[bool]]:
        """The conditions by which a session is in it."""
        wanted = [*open_on(self.today), PublishedSession.tenant == self.tenant.slug]
        if self.words.programmes:
            wanted.append(PublishedSession.programme.in_(self.words.programmes))
        return wanted


@dataclass(frozen=True)
class State:
    """What a catalogue holds, as one may compare it: it changes with every session that enters, leaves or changes."""

    count: int
    digest: int


def state_of(session: Session, catalogue: Catalogue) -> State:
    """The state of a catalogue. One statement."""
    said = func.concat(PublishedSession.id, PublishedSession.revision_id, PublishedSession.published_at)
    digest = func.bit_xor(func.hashtextextended(said, 0))
    row = session.execute(select(func.count(), digest).where(*catalogue.holds())).one()
    return State(row[0], row[1] or 0)


def groups_of(session: Session, catalogue: Catalogue) -> list[Group]:
    """The parts of a catalogue, in order; those filed under nothing come last. Two statements."""
    grouping = catalogue.grouping
    query = select(grouping.column, func.count()).where(*catalogue.holds()).group_by(grouping.column)
    counted = [(row[0] or None, row[1]) for row in session.execute(query.order_by(grouping.column.nulls_last()))]
    labels = grouping.labels(session, [key for key, _ in counted if key])
    known = [Group(key, labels.get(key, key), count) for key, count in counted if key]
    unknown = sum(count for key, count in counted if not key)
    return [*known, Group(None, grouping.missing, unknown)] if unknown else known


def page_of(session: Session, catalogue: Catalogue, group: Group | None, offset: int, limit: int) -> list[Listed]:
    """A page of a catalogue, or of one of its parts. Two statements."""
    query = _rows(catalogue).order_by(*_order(catalogue)).offset(offset).limit(limit)
    if group is not None:
        query = query.where(_key(catalogue) == literal(group.code))
    return _listed(session, catalogue, session.execute(query).all())


def every_session(session: Session, catalogue: Catalogue) -> Iterator[tuple[str | None, Listed]]:
    """(key of its group, session) of a whole catalogue, in order. Read some at a time: what is withdrawn meanwhile is
    left out.
    """
    ids = session.scalars(select(PublishedSession.id).where(*catalogue.holds()).order_by(*_order(catalogue))).all()
    for at in range(0, len(ids), CHUNK):
        wanted = ids[at : at + CHUNK]
        rows = {row.id: row for row in session.execute(_rows(catalogue).where(PublishedSession.id.in_(wanted)))}
        found = _listed(session, catalogue, [rows[known] for known in wanted if known in rows])
        yield from ((None if (key := getattr(one.row, FILED)) == NO_GROUP else key, one) for one in found)


def _rows(catalogue: Catalogue) -> Any:
    return select(*LISTED, PublishedSession.page, _key(catalogue).label(FILED)).where(*catalogue.holds())


def _key(catalogue: Catalogue) -> ColumnElement[str]:
    return func.coalesce(func.nullif(cast(catalogue.grouping.column, Text), ""), NO_GROUP)


def _order(catalogue: Catalogue) -> tuple[Any, ...]:
    column = func.nullif(cast(catalogue.grouping.column, Text), "")
    starts_on, title = PublishedSession.starts_on, PublishedSession.title
    return (column.nulls_last(), starts_on.nulls_last(), title, PublishedSession.id)


def _listed(session: Session, catalogue: Catalogue, rows: Sequence[Row[Any]]) -> list[Listed]:
    events = _events(session, catalogue, [row.id for row in rows]) if rows else {}
    zone, address = ZoneInfo(catalogue.tenant.who.time_zone), catalogue.address
    return [Listed(row, catalogue.today, zone, address(row.reference), events.get(row.id, ())) for row in rows]


def _events(session: Session, catalogue: Catalogue, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Row[Any]]]:
    mine = (PublishedEvent.tenant == catalogue.tenant.slug, PublishedEvent.session_id.in_(ids))
    order = (PublishedEvent.starts_on.nulls_last(), PublishedEvent.starts_at.nulls_first(), PublishedEvent.row_id)
    found: dict[uuid.UUID, list[Row[Any]]] = {}
    for row in session.execute(select(PublishedEvent.__table__).where(*mine).order_by(*order)):
        found.setdefault(row.session_id, []).append(row)
    return found
