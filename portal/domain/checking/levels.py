"""The levels of tenant.yaml: what is required before a sheet is made, and what a change request may change."""

from collections.abc import Iterable, Iterator

from portal.domain.checking.common import Path, check_expression, check_rule
from portal.domain.checking.sources import check_source
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.tenant import Tenant
from portal.tenancy.ties import ties_of

ASKED = (
    "text", "longtext", "integer", "decimal", "money", "boolean", "date", "time", "datetime", "choice", "choices",
    "email", "phone", "url", "siret",
)  # fmt: skip
"""Kinds of the fields that may be asked of a sheet that does not exist yet: they need neither rows nor a search."""
OWN = ("programme", "code", "title", "reference", "option", "organisation", "state", "n")
"""What every sheet says, whatever its level."""


def check_levels(tenant: Tenant) -> Iterator[Finding]:
    """The names that links give, the rules and scopes of the levels."""
    yield from _ties(tenant)
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
        for n, key in enumerate(level.creatable.fields):
            asked = tenant.field(name, key)
            if asked is None:
                words = unknown("champ inconnu", key, tenant.fields(name))
                yield Finding("tenant.yaml", (*at, "creatable", "fields", n), words)
            elif asked.kind not in ASKED:
                words = f"un champ de type « {asked.kind} » ne se demande pas avant que la fiche existe"
                yield Finding("tenant.yaml", (*at, "creatable", "fields", n), words)
        for key in level.creatable.set:
            if key not in tenant.fields(name):
                yield Finding(
                    "tenant.yaml", (*at, "creatable", "set", key), unknown("champ inconnu", key, tenant.fields(name))
                )


def _ties(tenant: Tenant) -> Iterator[Finding]:
    """A name that a link gives to the sheets of a level means nothing else there."""
    for level in tenant.who.levels:
        for name, tie in ties_of(tenant, level).items():
            if name in OWN or tenant.field(level, name) or name in tenant.axes_of(level):
                words = f"« {name} » est déjà un nom du niveau « {level} »"
                yield Finding("tenant.yaml", ("links", tie.link), words)


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
