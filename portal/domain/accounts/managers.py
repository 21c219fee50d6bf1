"""Who may let people in: the region's administrators; where it declares none, its validators."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.organisations.models import Membership, User
from portal.domain.people import Actor, Side
from portal.tenancy.schema import Role
from portal.tenancy.tenant import Tenant


def managing_side(tenant: Tenant) -> Side:
    """The side whose people look after the members of a region."""
    return "admin" if any(role.side == "admin" for role in tenant.who.roles.values()) else "validator"


def may_manage(tenant: Tenant, actor: Actor) -> bool:
    """Whether somebody may invite, remove and answer in this region."""
    return actor.side == managing_side(tenant)


def managing_roles(tenant: Tenant) -> list[str]:
    """The roles of that side, given on the whole region."""
    side = managing_side(tenant)
    return [name for name, role in tenant.who.roles.items() if role.side == side and role.scope == "tenant"]


def roles_to_give(tenant: Tenant) -> dict[str, Role]:
    """The roles one may invite somebody to, in the order the region declares them."""
    return dict(tenant.who.roles)


def managers_of(session: Session, tenant: Tenant, *, lock: bool = False) -> list[Membership]:
    """The parts, in the region in scope, of those who may manage and can sign in."""
    query = select(Membership).join(User, User.id == Membership.user_id)
    query = query.where(Membership.role.in_(managing_roles(tenant)), User.active, User.password_hash.is_not(None))
    query = query.order_by(Membership.id)
    return list(session.scalars(query.with_for_update(of=Membership) if lock else query))
