"""/recherche and /<tenant>/sessions: the search, whose whole state is in the address."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Response, g, request, url_for

from portal.domain.catalogue.days import in_words
from portal.domain.catalogue.facets import facets_of
from portal.domain.catalogue.paging import read_key
from portal.domain.catalogue.places import Place, find_place
from portal.domain.catalogue.queries import CAP, Results, SearchQuery, search
from portal.domain.fields.french import plural
from portal.extensions import db
from portal.tenancy.tenant import Tenant
from portal.web.access import public
from portal.web.answers import answer
from portal.web.public.asked import FACET, RADII, Asked, read, text
from portal.web.public.blueprint import blueprint
from portal.web.public.caching import kept, known
from portal.web.public.cards import card
from portal.web.public.days import today_in
from portal.web.public.offered import declared_with


@dataclass(frozen=True)
class Chip:
    """One thing asked, and the address of the search without it."""

    label: str
    href: str


@blueprint.get("/recherche")
@public
def national_search() -> Response:
    """Sessions of every region."""
    return _search(None, url_for("public.national_search"))


@blueprint.get("/<tenant>/sessions")
@public
def region_search() -> Response:
    """Sessions of one region."""
    return _search(g.tenant, url_for("public.region_search"))


def _search(tenant: Tenant | None, path: str) -> Response:
    asked, today = read(request.args, tenant), today_in(tenant)
    place = find_place(asked.lieu) if asked.lieu else None
    query = SearchQuery(
        today=today, words=asked.q, place=place, radius_km=asked.rayon, starts_from=asked.starts_from,
        starts_until=asked.starts_until, programme=asked.programme or None, facets=asked.facets,
        after=read_key(text(request.args, "apres")), before=read_key(text(request.args, "avant")),
    )  # fmt: skip
    results = search(db.session(), tenant, query)
    facts = (today, results.total, results.capped, [(row.id, row.published_at) for row in results.rows], place)
    if (unchanged := known(*facts)) is not None:
        return unchanged
    context = _context(tenant, path, asked, place, results)
    context["cards"] = [card(row, today, region=tenant is None) for row in results.rows]
    return kept(answer("public/search.html", "public/_results.html", **context), *facts)


def _context(tenant: Tenant | None, path: str, asked: Asked, place: Place | None, results: Results) -> dict[str, Any]:
    unknown = [f"Le lieu « {asked.lieu} » n’a pas été reconnu : il n’est pas pris en compte."]
    return {
        "path": path,
        "asked": asked,
        "radii": RADII,
        "programmes": tenant.who.programmes if tenant else {},
        "facets": facets_of(tenant) if tenant else [],
        "facet_mark": FACET,
        "problems": [*asked.problems, *(unknown if asked.lieu and place is None else [])],
        "catalogues": declared_with(asked.programme) if asked.programme else [],
        "count": _count(results),
        "chips": _chips(tenant, path, asked, place),
        "previous": asked.address(path, avant=results.previous) if results.previous else None,
        "following": asked.address(path, apres=results.following) if results.following else None,
        "first": asked.address(path) if results.previous else None,
        "wider": replace(asked, rayon=RADII[-1][0]).address(path),
        "elsewhere": replace(asked, programme="", facets={}).address(url_for("public.national_search")),
    }


def _count(results: Results) -> str:
    if results.capped:
        return f"Plus de {plural(CAP, 'session')}"
    return plural(results.total, "session") if results.total else "Aucune session"


def _chips(tenant: Tenant | None, path: str, asked: Asked, place: Place | None) -> list[Chip]:
    """What is asked, one by one, each with a way to ask it no more."""
    said = {
        "q": f"« {asked.q} »" if asked.q else "",
        "lieu": _around(place, asked.rayon) if place else "",
        "debut": f"Début à partir du {in_words(asked.starts_from)}" if asked.starts_from else "",
        "fin": f"Début jusqu’au {in_words(asked.starts_until)}" if asked.starts_until else "",
        "programme": tenant.who.programmes[asked.programme].label if tenant and asked.programme else "",
    }
    chips = [Chip(label, asked.without(name).address(path)) for name, label in said.items() if label]
    for facet in facets_of(tenant) if tenant else []:
        if code := asked.facets.get(facet.name):
            words = f"{facet.label} : {facet.word(code)}"
            chips.append(Chip(words, asked.without_facet(facet.name).address(path)))
    return chips


def _around(place: Place, radius: int) -> str:
    return place.label if place.department or not radius else f"{place.label} et {radius} km autour"
