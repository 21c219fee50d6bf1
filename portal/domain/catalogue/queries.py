"""Reading the public's copy: search, one session, counts. Plain rows, and few statements whatever their number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from portal.domain.catalogue.facets import FACETS_HELD
from portal.domain.catalogue.models import GROUP, VALID_CODE, PublishedEvent, PublishedSession
from portal.domain.catalogue.paging import Key, key_of, one_page
from portal.domain.catalogue.places import Place
from portal.domain.catalogue.words import words_query
from portal.domain.reference.models import Certification
from portal.domain.reference.queries import select_communes_within
from portal.tenancy.tenant import Tenant

Found = Sequence[Row[*tuple[Any, ...]]]
CAP = 1000

LISTED = (
    PublishedSession.id, PublishedSession.tenant, PublishedSession.reference, PublishedSession.title,
    PublishedSession.organisation, PublishedSession.programme_label, PublishedSession.starts_on,
    PublishedSession.ends_on, PublishedSession.seats, PublishedSession.town, PublishedSession.postal_code,
    PublishedSession.department, PublishedSession.facets, PublishedSession.published_at,
)  # fmt: skip
"""What a list shows."""


@dataclass(frozen=True)
class SearchQuery:
    """What a visitor looks for, on a given day. `words` end with the one being typed."""

    today: date
    words: str = ""
    place: Place | None = None
    radius_km: int = 0
    starts_from: date | None = None
    starts_until: date | None = None
    programme: str | None = None
    department: str | None = None
    facets: Mapping[str, str] = field(default_factory=dict)
    after: Key | None = None
    before: Key | None = None
    limit: int = 20


@dataclass(frozen=True)
class Results:
    """A page of sessions, and where the others are. `total` stops at CAP; `capped` says that there are more."""

    rows: Found
    total: int
    capped: bool
    previous: str | None
    following: str | None


def search(session: Session, tenant: Tenant | None, query: SearchQuery) -> Results:
    """The sessions a visitor may want, in order of start: one region's, or every region's. Two statements."""
    wanted = _wanted(tenant, query)
    page = one_page(select(*LISTED).where(*wanted), query.limit + 1, after=query.after, before=query.before)
    found = list(session.execute(page))
    backwards = query.before is not None and query.after is None
    more, rows = len(found) > query.limit, found[: query.limit]
    if backwards:
        rows.reverse()
    total = _count(session, wanted)
    ahead, behind = (bool(rows), more) if backwards else (more, query.after is not None and bool(rows))
    return Results(
        rows, min(total, CAP), total > CAP,
        key_of(rows[0]).text() if rows and behind else None,
        key_of(rows[-1]).text() if rows and ahead else None,
    )  # fmt: skip


def _count(session: Session, wanted: Sequence[ColumnElement[bool]]) -> int:
    some = select(PublishedSession.id).where(*wanted).limit(CAP + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _wanted(tenant: Tenant | None, query: SearchQuery) -> list[ColumnElement[bool]]:
    conditions = open_on(query.today)
    if tenant is not None:
        conditions.append(PublishedSession.tenant == tenant.slug)
    if (words := words_query(query.words)) is not None:
        conditions.append(PublishedSession.words.op("@@")(words))
    if query.place is not None:
        conditions.append(_around(query.place, query.radius_km))
    if query.starts_from is not None:
        conditions.append(PublishedSession.starts_on >= query.starts_from)
    if query.starts_until is not None:
        conditions.append(PublishedSession.starts_on <= query.starts_until)
    if query.programme is not None:
        conditions.append(PublishedSession.programme == query.programme)
    if query.department is not None:
        conditions.append(PublishedSession.department == query.department)
    if query.facets:
        asked = {name: [code] for name, code in query.facets.items()}
        conditions.append(PublishedSession.facets.contains({FACETS_HELD: asked}))
    return conditions


def open_on(day: date) -> list[ColumnElement[bool]]:
    """What the public is shown on a day: open, and not past its listing."""
    visible = or_(PublishedSession.visible_until.is_(None), PublishedSession.visible_until >= day)
    return [PublishedSession.status == "open", visible, ~_code_ended(day)]


def _code_ended(day: date) -> ColumnElement[bool]:
    """Read when one looks, not when one publishes: what ends a code may come to be known in between."""
    code, year = PublishedSession.facets[VALID_CODE].astext, Certification.last_session_year
    usable_until = func.coalesce(Certification.valid_until, func.make_date(year, 12, 31))
    return exists().where(Certification.certif_info == code, usable_until < day)


def code_ended(session: Session, row: Row[Any], day: date) -> bool:
    """Whether the code on which the listing of a session depends has ended. One statement, none without such a code."""
    if VALID_CODE not in row.facets:
        return False
    return bool(session.scalar(select(_code_ended(day)).where(PublishedSession.id == row.id)))


def _around(place: Place, radius_km: int) -> ColumnElement[bool]:
    if place.department is not None:
        return PublishedSession.department == place.department
    here: ColumnElement[bool] = PublishedSession.insee == place.insee
    if radius_km > 0 and place.lat is not None and place.lon is not None:
        near = select_communes_within(place.lat, place.lon, radius_km).order_by(None).subquery()
        here = PublishedSession.insee.in_(select(near.c.insee))
    unknown = and_(PublishedSession.insee.is_(None), PublishedSession.postal_code.in_(place.loose_codes))
    return or_(here, PublishedSession.postal_code.in_(place.codes), unknown)


def session_page(session: Session, tenant: Tenant, reference: str) -> Row[Any] | None:
    """The row of a session by its address, whatever became of it; None when there never was one. One statement."""
    table = PublishedSession.__table__
    columns = [column for column in table.columns if column.name != "words"]
    mine = (PublishedSession.tenant == tenant.slug, PublishedSession.reference == reference)
    return session.execute(select(*columns).where(*mine)).one_or_none()


def group_page(session: Session, tenant: Tenant, reference: str, day: date) -> tuple[Row[Any] | None, Found]:
    """The sessions told together under one sheet: the copy published last, and those shown on a day, in order of start.
    None when there never was any. Two statements.
    """
    mine = (PublishedSession.tenant == tenant.slug, PublishedSession.facets[GROUP]["reference"].astext == reference)
    columns = (*LISTED, PublishedSession.sheet_id, PublishedSession.page)
    latest = select(*columns).where(*mine).order_by(PublishedSession.published_at.desc(), PublishedSession.id.desc())
    order = (PublishedSession.starts_on.nulls_last(), PublishedSession.id)
    shown = select(*columns).where(*mine, *open_on(day)).order_by(*order).limit(CAP)
    return session.execute(latest.limit(1)).one_or_none(), session.execute(shown).all()


def events_of(session: Session, row: Row[Any]) -> Sequence[Row[Any]]:
    """The events of a published session, in order. One statement."""
    mine = (PublishedEvent.tenant == row.tenant, PublishedEvent.session_id == row.id)
    order = (PublishedEvent.starts_on.nulls_last(), PublishedEvent.starts_at.nulls_first(), PublishedEvent.row_id)
    return session.execute(select(PublishedEvent.__table__).where(*mine).order_by(*order)).all()


def open_counts(session: Session, day: date) -> dict[str, int]:
    """How many sessions each region shows on a day. One statement."""
    query = (
        select(PublishedSession.tenant, func.count().label("number"))
        .where(*open_on(day))
        .group_by(PublishedSession.tenant)
    )
    return {row.tenant: row.number for row in session.execute(query)}


def upcoming(session: Session, tenant: Tenant | None, day: date, limit: int = 6) -> Found:
    """The next sessions to begin. One statement."""
    wanted = _wanted(tenant, SearchQuery(today=day, starts_from=day))
    order = (PublishedSession.starts_on, PublishedSession.id)
    return session.execute(select(*LISTED).where(*wanted).order_by(*order).limit(limit)).all()
