"""What every template may name. Each costs nothing until it is named, save two settled before the view."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Flask, g, has_request_context, request
from flask_login import current_user
from werkzeug.local import LocalProxy

from portal.domain.imports.queries import declared
from portal.tenancy.tenant import Tenant
from portal.web.destinations import exists, home_of
from portal.web.membership import actor_in, chosen_establishment, establishments_in, sides_in
from portal.web.places import areas_of, places
from portal.web.theme import theme_href


@dataclass(frozen=True)
class Link:
    """One entry of a menu."""

    href: str
    label: str
    active: bool


def init_app(app: Flask) -> None:
    """Give templates their common names; what a view passes under the same name comes first."""
    app.context_processor(_names)


def _names() -> dict[str, Any]:
    tenant = g.get("tenant") if has_request_context() else None
    return {
        "tenant": tenant,
        "actor": g.get("actor"),
        "areas": _once(lambda: _areas(tenant)),
        "memberships": _once(_memberships),
        "establishments": _once(lambda: _establishments(tenant)),
        "breadcrumbs": (),
        "theme_href": theme_href(tenant) if tenant else None,
        "request_id": g.get("request_id"),
    }


def _once(make: Callable[[], list[Any]]) -> Any:
    """A list made at the first look, and only then."""
    return LocalProxy(cache(make))


def _areas(tenant: Tenant | None) -> list[Link]:
    """The public site, then the areas of this region where the person plays a part."""
    if tenant is None:
        return []
    found = [(f"/{tenant.slug}/", "Catalogue")] if exists(f"/{tenant.slug}/") else []
    mine = sides_in(tenant) if current_user.is_authenticated else set()
    areas = areas_of(tenant).items()
    own = [(href, words) for side, words in areas if side in mine and (href := home_of(side, tenant.slug))]
    found += own
    if _brings_files(tenant):
        found.append((f"/{tenant.slug}/imports/", "Imports"))
    current = _longest_prefix([href for href, _ in found])
    if own and request.blueprint not in ("public", "imports") and current not in {href for href, _ in own}:
        current = own[0][0]  # a page of the organisations, read by those who decide: they are still at their desk
    return [Link(href, label, href == current) for href, label in found]


def _brings_files(tenant: Tenant) -> bool:
    """Whether the person may bring one of the region's files to import."""
    actor = actor_in(tenant, ("admin", "validator"), None) if current_user.is_authenticated else None
    return actor is not None and bool(declared(tenant, actor))


def _memberships() -> list[Link]:
    """Every place of the person in every region, for the switcher of the header."""
    mine = places()
    current = _longest_prefix([place.href for place in mine])
    return [Link(place.href, place.label, place.href == current) for place in mine]


def _establishments(tenant: Tenant | None) -> list[Any]:
    """(establishment, whether it is the one chosen), where there is a choice to make in this region."""
    if tenant is None or not current_user.is_authenticated:
        return []
    mine = establishments_in(tenant)
    chosen = chosen_establishment(tenant, mine)
    return [(one, one == chosen) for one in mine] if len(mine) > 1 else []


def _longest_prefix(hrefs: list[str]) -> str | None:
    return max((href for href in hrefs if request.path.startswith(href)), key=len, default=None)
