"""What a visitor's address asks for. Nothing in an address is trusted, and nothing in it is ever a fault of ours."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from portal.domain.catalogue.facets import facets_of
from portal.domain.fields import Fault
from portal.domain.fields.dates import read_day
from portal.tenancy.tenant import Tenant

RADII = ((0, "Cette commune"), (5, "5 km"), (10, "10 km"), (20, "20 km"), (30, "30 km"), (50, "50 km"), (100, "100 km"))
RADIUS = 20
LONGEST = 200
FACET = "c."  # what the name of a facet follows in an address, where it could be that of another parameter
CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
DAYS = {"debut": "du début au plus tôt", "fin": "du début au plus tard"}


@dataclass(frozen=True)
class Asked:
    """The parameters as typed, cleaned; `problems` are those that could not be understood, told to the visitor."""

    q: str = ""
    lieu: str = ""
    rayon: int = RADIUS
    debut: str = ""
    fin: str = ""
    programme: str = ""
    starts_from: date | None = None
    starts_until: date | None = None
    facets: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = field(default=())

    @property
    def anything(self) -> bool:
        """Whether the visitor asked for something."""
        return bool(self.q or self.lieu or self.debut or self.fin or self.programme or self.facets)

    @property
    def more(self) -> bool:
        """Whether something is asked beyond words and place."""
        return bool(self.debut or self.fin or self.programme or self.facets)

    def without(self, name: str) -> "Asked":
        """The same search, one thing less."""
        return replace(self, **cast(Any, {name: ""}))

    def without_facet(self, name: str) -> "Asked":
        """The same search, one facet less."""
        return replace(self, facets={facet: code for facet, code in self.facets.items() if facet != name})

    def address(self, path: str, **more: str) -> str:
        """The address of this search, what says nothing left out."""
        said: dict[str, str] = {"q": self.q, "lieu": self.lieu}
        if self.lieu and self.rayon != RADIUS:
            said["rayon"] = str(self.rayon)
        said |= {"debut": self.debut, "fin": self.fin, "programme": self.programme}
        said |= {FACET + name: code for name, code in self.facets.items()} | more
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{path}?{query}" if query else path


def read(args: MultiDict[str, str], tenant: Tenant | None) -> Asked:
    """The search an address asks for; of a parameter given twice, the first counts."""
    days = {name: _day(text(args, name)) for name in DAYS}
    programme = text(args, "programme")
    problems = [f"Date {DAYS[name]} : {problem}" for name, (_, problem) in days.items() if problem]
    first, last = days["debut"][0], days["fin"][0]
    if first and last and first > last:
        problems.append("La date du début au plus tôt est après celle du début au plus tard.")
    return Asked(
        q=text(args, "q"),
        lieu=text(args, "lieu"),
        rayon=_radius(text(args, "rayon")),
        debut=first.isoformat() if first else text(args, "debut"),
        fin=last.isoformat() if last else text(args, "fin"),
        programme=programme if tenant is not None and programme in tenant.who.programmes else "",
        starts_from=first,
        starts_until=last,
        facets=_facets(args, tenant),
        problems=tuple(problems),
    )


def text(args: MultiDict[str, str], name: str) -> str:
    """One parameter, on one line, of a length a person could have typed."""
    return CONTROL.sub(" ", args.get(name, "")).strip()[:LONGEST].strip()


def _day(typed: str) -> tuple[date | None, str]:
    if not typed:
        return None, ""
    try:
        return read_day(typed), ""
    except Fault as fault:
        return None, fault.message


def _facets(args: MultiDict[str, str], tenant: Tenant | None) -> dict[str, str]:
    """The region's own choices, among the values it offers."""
    asked = {facet: text(args, FACET + facet.name) for facet in (facets_of(tenant) if tenant else [])}
    return {facet.name: code for facet, code in asked.items() if code in dict(facet.options)}


def _radius(typed: str) -> int:
    """One of the radii offered: the nearest that is not smaller than what is asked."""
    if not typed.isascii() or not typed.isdigit():
        return RADIUS
    wanted = int(typed[:6])
    return next((value for value, _ in RADII if value >= wanted), RADII[-1][0])
