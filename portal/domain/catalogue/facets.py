"""What visitors may narrow a region's search by, beside words, place, dates and programme: choices of its own.

`facets` of public.yaml names them, as a field of the public level or of one above: `type_entree`, `action.certifiante`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portal.domain.catalogue.public_view import PublicView, private_names
from portal.domain.fields.choice import offers
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant

FACETS_HELD = "held"
"""Where a published session keeps what its facets hold, among the rest of `facets`."""
YES_NO = (("oui", "Oui"), ("non", "Non"))


@dataclass(frozen=True)
class Facet:
    """One choice offered above the search: its name in addresses, its words, and the values with theirs."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]

    def word(self, code: str) -> str:
        """The words of a value."""
        return dict(self.options).get(code, code)


def facets_of(tenant: Tenant) -> list[Facet]:
    """The facets of a region, in the order it gives (cached on the tenant); a name it no longer has is left out."""
    found: list[Facet] | None = tenant.compiled.get("facets")
    if found is None:
        named = {name: _field(tenant, name) for name in (tenant.public.facets if tenant.public else [])}
        found = [Facet(name, f.words, _options(f)) for name, f in named.items() if f is not None and _options(f)]
        tenant.compiled["facets"] = found
    return found


def held(view: PublicView) -> dict[str, Any]:
    """What a session holds of each facet: codes, so that one value and several are asked for alike."""
    found: dict[str, list[str]] = {}
    for facet in facets_of(view.tenant):
        place = view.field_at(facet.name)
        value = place[0].value_of(place[1]) if place else None
        values = value if isinstance(value, list) else [value]
        known = [_code(one) for one in values if one is not None]
        if kept := [code for code in known if code in dict(facet.options)]:
            found[facet.name] = kept
    return {FACETS_HELD: found} if found else {}


def check_facets(tenant: Tenant) -> Iterator[Finding]:
    """Names that are no choice of the public level or of one above, or that may not be shown."""
    assert tenant.public is not None
    level = tenant.public.level
    above = [level, *tenant.ancestors(level)]
    fields = {f if lv == level else f"{lv}.{f}": field for lv in above for f, field in tenant.fields(lv).items()}
    known = [name for name, field in fields.items() if _options(field) and not private_names(tenant, level, [name])]
    for i, name in enumerate(tenant.public.facets):
        if name not in known:
            words = "critère impossible (un choix, ou un oui/non, que le public peut voir)"
            yield Finding("public.yaml", ("facets", i), unknown(words, name, known))


def _field(tenant: Tenant, name: str) -> FormField | None:
    assert tenant.public is not None
    head, _, rest = name.partition(".")
    return tenant.field(head, rest) if rest else tenant.field(tenant.public.level, head)


def _options(field: FormField) -> tuple[tuple[str, str], ...]:
    if field.kind == "boolean":
        return YES_NO
    if field.kind not in ("choice", "choices") or field.among:
        return ()
    return tuple(offers(field, None) or ())


def _code(value: Any) -> str:
    return {True: "oui", False: "non"}[value] if isinstance(value, bool) else str(value)
