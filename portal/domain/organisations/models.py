"""Organisations of a region, sites, contacts, open days; users and sign-ins, which are of no region; memberships."""

import uuid
from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.columns import CreatedAt, Json, Key, within_tenant
from portal.extensions import db
from portal.tenancy.scope import TenantOwned


class Organisation(TenantOwned, db.Model):  # type: ignore[name-defined]
    """A training organisation as one region knows it; the same one elsewhere is matched by the value of its SIRET."""

    __tablename__ = "organisation"
    __table_args__ = (*within_tenant(), UniqueConstraint("tenant", "siret"))

    id: Mapped[Key]
    siret: Mapped[str]
    name: Mapped[str]
    code: Mapped[str | None]
    activity_number: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    sites: Mapped[list["Site"]] = relationship(back_populates="organisation", order_by="Site.name")


class Site(TenantOwned, db.Model):  # type: ignore[name-defined]
    """A place where an organisation teaches, known by SIRET or UAI; `offered` until it is no longer to be chosen."""

    __tablename__ = "site"
    __table_args__ = (*within_tenant(("organisation_id", "organisation")), Index(None, "organisation_id"))

    id: Mapped[Key]
    organisation_id: Mapped[uuid.UUID]
    name: Mapped[str]
    code: Mapped[str | None]
    siret: Mapped[str | None]
    uai: Mapped[str | None]
    address: Mapped[Json]
    offered: Mapped[bool] = mapped_column(default=True, server_default="true")
    organisation: Mapped[Organisation] = relationship(back_populates="sites")


class Contact(TenantOwned, db.Model):  # type: ignore[name-defined]
    """Someone of an organisation whom sheets may name; `duties` are those the region declares."""

    __tablename__ = "contact"
    __table_args__ = (*within_tenant(("organisation_id", "organisation")), Index(None, "organisation_id"))

    id: Mapped[Key]
    organisation_id: Mapped[uuid.UUID]
    name: Mapped[str]
    code: Mapped[str | None]
    phone: Mapped[str | None]
    mail: Mapped[str | None]
    duties: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    offered: Mapped[bool] = mapped_column(default=True, server_default="true")


class OpenDay(TenantOwned, db.Model):  # type: ignore[name-defined]
    """A day on which an organisation opens its doors, in the region's own time; at one of its sites, or elsewhere."""

    __tablename__ = "open_day"
    __table_args__ = (
        *within_tenant(("organisation_id", "organisation"), ("site_id", "site")),
        Index(None, "organisation_id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[uuid.UUID]
    site_id: Mapped[uuid.UUID | None]
    address: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    starts_at: Mapped[datetime] = mapped_column(DateTime)
    ends_at: Mapped[datetime | None] = mapped_column(DateTime)
    text: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str | None]


class User(db.Model):  # type: ignore[name-defined]
    """A person who signs in. One account serves every region where the person has a membership."""

    __tablename__ = "app_user"

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True, server_default="true")
    totp_secret: Mapped[str | None]
    created_at: Mapped[CreatedAt]


class SignIn(db.Model):  # type: ignore[name-defined]
    """One signed-in browser: listed to its person, revocable at any time."""

    __tablename__ = "sign_in"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    at: Mapped[CreatedAt]
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    address: Mapped[str | None]
    agent: Mapped[str | None]
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Membership(TenantOwned, db.Model):  # type: ignore[name-defined]
    """A part a user plays in a region: on an organisation, on one sheet, or on the whole region.

    `organisation_name` is kept here so that the switcher in the header reads this table alone, whatever the region in
    scope.
    """

    __tablename__ = "membership"
    __table_args__ = (
        *within_tenant(("organisation_id", "organisation")),
        UniqueConstraint(
            "tenant", "user_id", "role", "organisation_id", "sheet_id", postgresql_nulls_not_distinct=True
        ),
        Index(None, "user_id"),
    )

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    role: Mapped[str]
    organisation_id: Mapped[uuid.UUID | None]
    sheet_id: Mapped[uuid.UUID | None]
    organisation_name: Mapped[str] = mapped_column(default="")
    created_at: Mapped[CreatedAt]
    user: Mapped[User] = relationship()
