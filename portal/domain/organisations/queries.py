"""Reads about users, their sessions and their memberships. Users and sessions belong to no region."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session

from portal.domain.organisations.models import Membership, Organisation, SignIn, User


@dataclass(frozen=True)
class Belonging:
    """A membership as the web carries it along a request: nothing to load later."""

    tenant: str
    role: str
    organisation_id: UUID | None
    organisation_name: str
    sheet_id: UUID | None


def normalised_email(email: str) -> str:
    """The form under which addresses are kept and looked up."""
    return email.strip().casefold()


def user_by_email(session: Session, email: str) -> User | None:
    """The account of an address, active or not."""
    return session.scalar(select(User).where(User.email == normalised_email(email)))


def open_sign_in(
    session: Session, user_id: UUID, sign_in_id: UUID, *, since: datetime
) -> Row[UUID, str, str, datetime] | None:
    """(user id, name, email, seen at) when the account is active and the session neither revoked nor left alone."""
    query = (
        select(User.id, User.name, User.email, SignIn.seen_at)
        .join(SignIn, SignIn.user_id == User.id)
        .where(User.id == user_id, User.active, SignIn.id == sign_in_id)
        .where(SignIn.revoked_at.is_(None), SignIn.seen_at > since)
    )
    return session.execute(query).one_or_none()


def sign_ins_of_user(session: Session, user_id: UUID, *, since: datetime) -> Sequence[SignIn]:
    """The sessions still open, the last seen first."""
    query = select(SignIn).where(SignIn.user_id == user_id, SignIn.revoked_at.is_(None), SignIn.seen_at > since)
    return session.scalars(query.order_by(SignIn.seen_at.desc())).all()


def belongings_of_user(session: Session, user_id: UUID) -> list[Belonging]:
    """Every part a person plays, in every region. Needs `user_scope`: the policy shows a person their own rows."""
    query = (
        select(
            Membership.tenant,
            Membership.role,
            Membership.organisation_id,
            Membership.organisation_name,
            Membership.sheet_id,
        )
        .where(Membership.user_id == user_id)
        .order_by(Membership.tenant, Membership.organisation_name, Membership.role)
        .execution_options(across_tenants=True)
    )
    return [Belonging(*row) for row in session.execute(query)]


def organisation_by_siret(session: Session, siret: str) -> Organisation | None:
    """The organisation as the region in scope knows it."""
    return session.scalar(select(Organisation).where(Organisation.siret == siret))


@dataclass(frozen=True)
class Member:
    """A part somebody plays in the region in scope, as a list shows it."""

    part_id: UUID
    role: str
    organisation: str
    siret: str | None
    user_id: UUID
    name: str
    email: str
    active: bool
    can_sign_in: bool
    since: datetime
    sheet_id: UUID | None


def members_of_region(
    session: Session, *, text: str = "", on: Sequence[UUID] = (), limit: int = 50, offset: int = 0
) -> tuple[list[Member], int, int]:
    """A page of those who play a part in the region in scope: the region's own people, then organisation by
    organisation; how many parts are played in all, and by how many people. Two queries.

    `text` keeps those it names, and those whose part is on one of the sheets of `on`.
    """
    columns = (
        Membership.id, Membership.role, func.coalesce(Organisation.name, Membership.organisation_name),
        Organisation.siret, User.id, User.name, User.email, User.active, User.password_hash.is_not(None),
        Membership.created_at, Membership.sheet_id,
    )  # fmt: skip
    query = select(*columns).join(User, User.id == Membership.user_id)
    query = query.outerjoin(Organisation, Organisation.id == Membership.organisation_id)
    said = func.unaccent(func.lower(func.concat_ws(" ", User.name, User.email, Organisation.name, Organisation.siret)))
    words = text.replace("\x00", "").lower().split()
    named = and_(True, *(func.strpos(said, func.unaccent(word)) > 0 for word in words))
    query = query.where(or_(named, Membership.sheet_id.in_(on)) if on else named)
    counted = func.count(Membership.id), func.count(func.distinct(Membership.user_id))
    parts, people = session.execute(query.with_only_columns(*counted)).one()
    order = (Organisation.name.asc().nulls_first(), Organisation.siret, User.name, Membership.role, Membership.id)
    rows = session.execute(query.order_by(*order).limit(limit).offset(offset))
    return [Member(*tuple(row)) for row in rows], parts, people
