"""The levels of tenant.yaml: what is required before a sheet is made, and what a change request may change."""

from collections.abc import Iterable, Iterator

from portal.domain.checking.common import Path, check_expression, check_rule
from portal.domain.checking.sources import check_source
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.tenant import Tenant


def check_levels(tenant: Tenant) -> Iterator[Finding]:
    """The rules and scopes of the levels."""
    for name, level in tenant.who.levels.items():
        at: Path = ("levels", name)
        for r, rule in enumerate(level.requires):
            yield from check_rule(tenant, name, rule, "tenant.yaml", (*at, "requires", r))
        if level.deletable:
            yield from check_expression(tenant, name, level.deletable.when, "tenant.yaml", (*at, "deletable", "when"))
        for scope, patterns in (level.amends or {}).items():
            yield from _amended(tenant, level.parent or name, patterns, (*at, "amends", scope))
        if level.creatable is None:
            continue
        for r, rule in enumerate(level.creatable.requires):
            yield from check_rule(tenant, level.parent or name, rule, "tenant.yaml", (*at, "creatable", "requires", r))
        for key, origin in level.creatable.copy_from.items():
            yield from _copied(tenant, name, key, origin, (*at, "creatable", "copy", key))
        for key in level.creatable.set:
            if key not in tenant.fields(name):
                yield Finding(
                    "tenant.yaml", (*at, "creatable", "set", key), unknown("champ inconnu", key, tenant.fields(name))
                )


def _copied(tenant: Tenant, level: str, key: str, origin: str, at: Path) -> Iterator[Finding]:
    target = tenant.field(level, key)
    if target is None:
        yield Finding("tenant.yaml", at, unknown("champ inconnu", key, tenant.fields(level)))
    else:
        yield from check_source(tenant, level, origin, target, "tenant.yaml", at)


def _amended(tenant: Tenant, parent: str, patterns: Iterable[str], at: Path) -> Iterator[Finding]:
    levels = [parent, *tenant.descendants(parent)]
    known = {f"{lv}.{f}" for lv in levels for f in tenant.fields(lv)} | {f"{lv}.*" for lv in levels}
    for i, pattern in enumerate(patterns):
        if pattern not in known:
            yield Finding("tenant.yaml", (*at, i), unknown("champ inconnu", pattern, known))
