"""What the person signed in may be and do, read once per request."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from flask import g, session
from flask_login import current_user

from portal.domain.organisations.queries import Belonging, belongings_of_user
from portal.domain.people import Actor, Side
from portal.extensions import db
from portal.tenancy.registry import UnknownTenantError, registry
from portal.tenancy.tenant import Tenant
from portal.web.standing import standing

ESTABLISHMENTS = "establishments"  # session key: {slug: id of the establishment chosen}
WIDEST_FIRST: tuple[Side, ...] = ("admin", "validator", "org")


@dataclass(frozen=True)
class Establishment:
    """An organisation for which the person may enter."""

    id: UUID
    name: str


def belongings() -> list[Belonging]:
    """Every part the person plays, in regions this portal still serves; none for a visitor."""
    if not current_user.is_authenticated:
        return []
    if "belongings" not in g:
        mine = belongings_of_user(db.session(), current_user.id)
        g.belongings = [b for b in mine if side_of(b) is not None]
    return g.belongings


def side_of(belonging: Belonging) -> Side | None:
    """The side on which a part is played; None when the region or the role is no more."""
    try:
        role = registry.get(belonging.tenant).role(belonging.role)
    except UnknownTenantError:
        return None
    return role.side if role else None


def sides_in(tenant: Tenant) -> set[Side]:
    """The sides on which the person plays in a region."""
    return {side for b in belongings() if b.tenant == tenant.slug and (side := side_of(b))}


def establishments_in(tenant: Tenant) -> list[Establishment]:
    """The organisations the person may enter for, by name."""
    mine = (b for b in belongings() if b.tenant == tenant.slug and side_of(b) == "org" and b.organisation_id)
    named = {b.organisation_id: b.organisation_name for b in mine}
    return [Establishment(id_, name) for id_, name in named.items() if id_]


def chosen_establishment(tenant: Tenant, among: Sequence[Establishment]) -> Establishment | None:
    """The one chosen in the header; the only one when there is no choice; None when all are shown together."""
    if len(among) == 1:
        return among[0]
    chosen = session.get(ESTABLISHMENTS, {}).get(tenant.slug)
    return next((e for e in among if str(e.id) == chosen), None)


def choose_establishment(tenant: Tenant, chosen: UUID | None) -> None:
    """Remember the establishment chosen for a region; None shows all."""
    kept = {slug: id_ for slug, id_ in session.get(ESTABLISHMENTS, {}).items() if slug != tenant.slug}
    session[ESTABLISHMENTS] = kept | ({tenant.slug: str(chosen)} if chosen else {})


def actor_in(tenant: Tenant, sides: Sequence[Side], establishment: Establishment | None) -> Actor | None:
    """Who the person is on one of these sides of a region; None when they play no part there.

    A person on several of the sides asked is taken on the widest one, with the roles of all of them. The establishment
    chosen, if any, narrows what is shown and done on the side of organisations. Whoever stands in for a colleague is on
    the side of those who decide what that colleague is, as long as they decide in the region themselves.
    """
    here = [b for b in belongings() if b.tenant == tenant.slug and side_of(b) in sides]
    if establishment is not None:
        here = [b for b in here if b.organisation_id in (None, establishment.id) or side_of(b) != "org"]
    if not here:
        return None
    if "validator" in sides and any(side_of(b) == "validator" for b in here) and (other := standing(tenant)):
        theirs = [b for b in other.belongings if side_of(b) == "validator"]
        if theirs:
            name = f"{current_user.name}, pour le compte de {other.name}"
            return replace(_actor(theirs), name=name, on_behalf_of=other.user_id)
    return _actor(here)


def _actor(here: Sequence[Belonging]) -> Actor:
    """The person signed in, with these parts."""
    played = {side_of(b) for b in here}
    return Actor(
        user_id=current_user.id,
        name=current_user.name,
        roles=frozenset(b.role for b in here),
        organisations=frozenset(b.organisation_id for b in here if b.organisation_id),
        parts=_parts(here),
        side=next(side for side in WIDEST_FIRST if side in played),
    )


def _parts(here: Sequence[Belonging]) -> dict[UUID, frozenset[str]]:
    """The roles held sheet by sheet."""
    found: dict[UUID, frozenset[str]] = {}
    for one in here:
        if one.sheet_id:
            found[one.sheet_id] = found.get(one.sheet_id, frozenset()) | {one.role}
    return found
