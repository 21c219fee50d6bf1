"""Acting in the name of a colleague who is away: chosen on the desk, kept in the session, checked at each request."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from flask import g, session
from flask_login import current_user

from portal.domain.habits.absences import standing_in
from portal.domain.moves.perform import local_day
from portal.domain.organisations.queries import Belonging, belongings_of_user
from portal.extensions import db
from portal.tenancy.tenant import Tenant

STANDING = "standing"  # session key: {slug: id of the colleague in whose name one acts}


@dataclass(frozen=True)
class Standing:
    """The colleague in whose name the person acts in a region, with the parts they play there."""

    user_id: UUID
    name: str
    belongings: list[Belonging]


def stand_in(tenant: Tenant, user_id: UUID) -> bool:
    """Act from now on in the name of a colleague; returns whether they are away today and named this person."""
    if standing_in(db.session(), current_user.id, user_id, _today(tenant)) is None:
        return False
    session[STANDING] = {**session.get(STANDING, {}), tenant.slug: str(user_id)}
    return True


def stand_down(tenant: Tenant) -> None:
    """Act again in one's own name."""
    session[STANDING] = {slug: id_ for slug, id_ in session.get(STANDING, {}).items() if slug != tenant.slug}


def standing(tenant: Tenant) -> Standing | None:
    """In whose name the person acts in the region in scope; None, and forgotten, once the absence is over."""
    chosen = session.get(STANDING, {}).get(tenant.slug)
    if chosen is None or tenant is not g.get("tenant"):
        return None
    if "standing" not in g:
        cover = standing_in(db.session(), current_user.id, UUID(chosen), _today(tenant))
        g.standing = None
        if cover is None:
            stand_down(tenant)
        else:
            parts = [b for b in belongings_of_user(db.session(), cover.user_id) if b.tenant == tenant.slug]
            g.standing = Standing(cover.user_id, cover.user_name, parts)
    found: Standing | None = g.standing
    return found


def _today(tenant: Tenant) -> date:
    return local_day(tenant, datetime.now(UTC))
