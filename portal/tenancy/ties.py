"""Names that a link gives: from either end, the sheets of the other, as many as there are.

Where `links: {modules: {from: uf, to: module}}` is declared, a unit says `modules`; a module says `uf`, and the levels
above it: `parcours`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portal.tenancy.tenant import Tenant


@dataclass(frozen=True)
class Tie:
    """What a name gives on a level: sheets of `level`, at the other `end` of a link or above it."""

    link: str
    end: str
    level: str
    outward: bool  # whether the link starts from the sheet that says the name


def ties_of(tenant: Tenant, level: str) -> Mapping[str, Tie]:
    """The names that links give to the sheets of a level (cached on the tenant)."""
    known: dict[str, Mapping[str, Tie]] = tenant.compiled.setdefault("ties", {})
    if level not in known:
        known[level] = dict(_ties(tenant, level))
    return known[level]


def _ties(tenant: Tenant, level: str) -> Iterator[tuple[str, Tie]]:
    own = {level, *tenant.ancestors(level), *tenant.descendants(level)}
    for name, link in tenant.who.links.items():
        if link.origin == level and link.to in tenant.who.levels:
            yield name, Tie(name, link.to, link.to, outward=True)
        if link.to == level and link.origin in tenant.who.levels:
            for end in (link.origin, *tenant.ancestors(link.origin)):
                if end not in own:
                    yield end, Tie(name, link.origin, end, outward=False)


def says_a_tie(tenant: Tenant, level: str, dotted: str) -> bool:
    """Whether a dotted name, said on a level, goes through a link."""
    for part in dotted.replace(".*", "").split("."):
        if part in ties_of(tenant, level):
            return True
        if part not in (level, *tenant.ancestors(level), *tenant.descendants(level)):
            return False
        level = part
    return False
