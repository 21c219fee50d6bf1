"""What the region knows already, looked up all at once: never a query for a line."""

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, any_, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.domain.accounts.models import Invitation
from portal.domain.imports.models import ImportedRow
from portal.domain.organisations.models import Contact, Membership, Organisation, Site, User
from portal.domain.sheets.models import Sheet, SheetLink

MANY = 5_000  # values in one query


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A sheet that an earlier file made, and what the source said of it then."""

    id: uuid.UUID
    level: str
    key: str
    sheet_id: uuid.UUID
    values: Mapping[str, Any]
    vanished: bool
    deleted: bool


@dataclass(frozen=True, slots=True)
class Owner:
    """A sheet that bears a code."""

    id: uuid.UUID
    scope_id: uuid.UUID | None
    organisation_id: uuid.UUID | None
    deleted: bool


def known_rows(session: Session, import_id: str) -> dict[tuple[str, str], KnownRow]:
    """The sheets that an import made, by level and key. One query."""
    columns = (
        ImportedRow.id, ImportedRow.level, ImportedRow.key, ImportedRow.sheet_id, ImportedRow.values,
        ImportedRow.vanished_at.is_not(None), Sheet.deleted_at.is_not(None),
    )  # fmt: skip
    query = select(*columns).join(Sheet, Sheet.id == ImportedRow.sheet_id).where(ImportedRow.import_id == import_id)
    return {(row[1], row[2]): KnownRow(*row) for row in session.execute(query)}


def organisations_of(session: Session, sirets: Collection[str]) -> dict[str, uuid.UUID]:
    """The organisations the region knows, by SIRET."""
    query = select(Organisation.siret, Organisation.id)
    return {
        siret: found
        for some in batches(sirets)
        for siret, found in session.execute(query.where(among(Organisation.siret, some)))
    }


def sites_of(session: Session, organisations: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Site]]:
    """The sites of some organisations, those still offered first, by name."""
    found: dict[uuid.UUID, list[Site]] = {}
    query = select(Site).order_by(Site.offered.desc(), Site.name, Site.id)
    for some in batches(organisations):
        for site in session.scalars(query.where(among(Site.organisation_id, some))):
            found.setdefault(site.organisation_id, []).append(site)
    return found


def owners_of(session: Session, level: str, codes: Collection[str]) -> dict[str, list[Owner]]:
    """The sheets of a level that bear some codes, deleted ones included: a code is not given twice."""
    found: dict[str, list[Owner]] = {}
    query = select(Sheet.code, Sheet.id, Sheet.scope_id, Sheet.organisation_id, Sheet.deleted_at).where(
        Sheet.level == level
    )
    for some in batches(codes):
        for row in session.execute(query.where(among(Sheet.code, some))):
            owner = Owner(row.id, row.scope_id, row.organisation_id, row.deleted_at is not None)
            found.setdefault(row.code, []).append(owner)
    return found


def titles_of(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The titles of some sheets."""
    return {
        sheet_id: title
        for some in batches(ids)
        for sheet_id, title in session.execute(select(Sheet.id, Sheet.title).where(among(Sheet.id, some)))
    }


def parts_held(session: Session, roles: Collection[str]) -> set[tuple[str, str, uuid.UUID]]:
    """(address, role, organisation) of those who play one of these roles, or are invited to. Two queries."""
    held = (
        select(User.email, Membership.role, Membership.organisation_id)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.role.in_(roles), Membership.organisation_id.is_not(None))
    )
    offered = select(Invitation.email, Invitation.role, Invitation.organisation_id).where(
        Invitation.role.in_(roles), Invitation.used_at.is_(None), Invitation.organisation_id.is_not(None)
    )
    every = (row for query in (held, offered) for row in session.execute(query))
    return {(mail, role, organisation) for mail, role, organisation in every if organisation is not None}


def parts_on_sheets(session: Session, roles: Collection[str]) -> set[tuple[str, str, uuid.UUID]]:
    """(address, role, sheet) of those who play one of these roles sheet by sheet. One query."""
    held = (
        select(User.email, Membership.role, Membership.sheet_id)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.role.in_(roles), Membership.sheet_id.is_not(None))
    )
    return {(mail, role, sheet) for mail, role, sheet in session.execute(held) if sheet is not None}


def contacts_of(session: Session, organisations: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, str], Contact]:
    """The contacts of some organisations that have a number, by organisation and number; of two with the same number,
    one that is offered.
    """
    found: dict[tuple[uuid.UUID, str], Contact] = {}
    query = select(Contact).where(Contact.code.is_not(None)).order_by(Contact.offered.desc(), Contact.id)
    for some in batches(organisations):
        for contact in session.scalars(query.where(among(Contact.organisation_id, some))):
            found.setdefault((contact.organisation_id, contact.code or ""), contact)
    return found


def links_of(session: Session, link: str, sheets: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, uuid.UUID]]:
    """What some sheets lead to under a link: for each, the codes of the others, and which link it is."""
    found: dict[uuid.UUID, dict[str, uuid.UUID]] = {}
    query = select(SheetLink.from_id, Sheet.code, SheetLink.id).join(Sheet, Sheet.id == SheetLink.to_id)
    for some in batches(sheets):
        for source, code, row_id in session.execute(
            query.where(SheetLink.link == link, among(SheetLink.from_id, some))
        ):
            found.setdefault(source, {})[code] = row_id
    return found


def batches(values: Collection[Any], size: int = MANY) -> Iterator[list[Any]]:
    """Some values at a time."""
    every = list(values)
    yield from (every[start : start + size] for start in range(0, len(every), size))


def among(column: InstrumentedAttribute[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Whether a column holds one of many values, given as one parameter: a list of thousands is slow to write out."""
    return column == any_(literal(list(values), ARRAY(column.type)))
