"""Where a person goes once signed in, and the places they may go to."""

from dataclasses import dataclass

from flask import url_for

from portal.domain.people import Side
from portal.tenancy.registry import registry
from portal.tenancy.tenant import Tenant
from portal.web.destinations import home_of, local_path
from portal.web.membership import belongings, side_of

_WORDS: dict[Side, str] = {"org": "Espace organisme", "validator": "Validation", "admin": "Administration"}


def areas_of(tenant: Tenant) -> dict[Side, str]:
    """The areas in order, each under the words of the region, or the portal's own."""
    found = dict(_WORDS)
    for side, words in tenant.who.areas.items():
        found[side] = words
    return found


@dataclass(frozen=True)
class Place:
    """An area of a region where the person plays a part."""

    slug: str
    side: Side
    region: str
    name: str
    href: str
    roles: tuple[str, ...]
    organisations: tuple[str, ...]

    @property
    def label(self) -> str:
        """For menus."""
        return f"{self.name} – {areas_of(registry.get(self.slug))[self.side]}"


def places() -> list[Place]:
    """Each area of each region once, in the order of regions; areas this portal does not have are left out."""
    found: dict[tuple[str, Side], list[tuple[str, str]]] = {}
    for belonging in belongings():
        side = side_of(belonging)
        if side is not None:
            named = (belonging.role, belonging.organisation_name)
            found.setdefault((belonging.tenant, side), []).append(named)
    made = (_place(slug, side, parts) for (slug, side), parts in found.items())
    return [place for place in made if place is not None]


def _place(slug: str, side: Side, parts: list[tuple[str, str]]) -> Place | None:
    href = home_of(side, slug)
    if href is None:
        return None
    tenant = registry.get(slug)
    roles = dict.fromkeys(role.label for name, _ in parts if (role := tenant.role(name)))
    organisations = dict.fromkeys(name for _, name in parts if name)
    return Place(slug, side, tenant.region, tenant.name, href, tuple(roles), tuple(organisations))


def landing(suite: str | None) -> str:
    """The page asked for before signing in; else the only place there is; else the choice of places."""
    wanted = local_path(suite)
    if wanted is not None:
        return wanted
    mine = places()
    return mine[0].href if len(mine) == 1 else url_for("account.places")
