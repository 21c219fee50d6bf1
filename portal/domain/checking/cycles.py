"""Computed fields that go round: one that is worked out from another which is worked out from it."""

from collections.abc import Iterator

from portal.domain.conditions import ConditionError, Type
from portal.domain.language import condition
from portal.tenancy.faults import Finding
from portal.tenancy.tenant import Tenant

Name = tuple[str, str]


def check_cycles(tenant: Tenant) -> Iterator[Finding]:
    """One finding for each computed field from which reading its expression leads back to itself."""
    for level, form in tenant.forms.items():
        for i, step in enumerate(form.steps):
            for j, field in enumerate(step.fields):
                if field.value is not None and (way := _way_back(tenant, (level, field.id))):
                    words = " → ".join(f"« {name} »" for _, name in way)
                    at = ("steps", i, "fields", j, "value")
                    yield Finding(f"forms/{level}.yaml", at, f"ce calcul tourne en rond : {words}")


def _way_back(tenant: Tenant, start: Name) -> list[Name]:
    """The names met from a field to itself, both ends included; empty when there is no such way."""
    seen: set[Name] = set()
    ways = [[start]]
    while ways:
        way = ways.pop()
        for name in _read_by(tenant, way[-1]):
            if name == start:
                return [*way, start]
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


def _read_by(tenant: Tenant, name: Name) -> list[Name]:
    """The computed fields that the expression of one reads, on its sheet, above it or below it."""
    level, own = name
    field = tenant.field(level, own)
    if field is None or field.value is None:
        return []
    try:
        names = condition(tenant, level, field.value, want=Type.ANY).names
    except ConditionError:  # told where it is written
        return []
    found = [_place(tenant, level, said) for said in sorted(names)]
    return [(lv, fd) for lv, fd in found if (there := tenant.field(lv, fd)) is not None and there.value is not None]


def _place(tenant: Tenant, level: str, said: str) -> Name:
    head, _, rest = said.partition(".")
    if rest and head in tenant.who.levels:
        return head, rest.removeprefix("*.").partition(".")[0]
    return level, head
