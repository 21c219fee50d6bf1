"""What every part of the check asks: does an expression compile, does a rule mean something."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from portal.domain.conditions import ConditionError, Type
from portal.domain.facts import LOADERS
from portal.domain.language import condition
from portal.domain.reference.lookups import CODE_TABLES
from portal.domain.rules import RULES
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema import FormField, RuleUse
from portal.tenancy.tenant import Tenant

Path = tuple[str | int, ...]


def check_expression(
    tenant: Tenant,
    level: str,
    source: str | None,
    file: str,
    at: Path,
    *,
    row: FormField | None = None,
    want: Type = Type.BOOL,
) -> Iterator[Finding]:
    """An expression that does not compile on a level, or on a row of one of its fields."""
    if source is None:
        return
    try:
        condition(tenant, level, source, row=row, want=want)
    except ConditionError as error:
        yield Finding(file, at, f"colonne {error.column} : {error.message}")


def check_rule(
    tenant: Tenant, level: str, use: RuleUse, file: str, at: Path, row: FormField | None = None
) -> Iterator[Finding]:
    """A use of a rule: unknown, with parameters it does not have, or bearing on fields that do not exist."""
    rule = RULES.get(use.rule)
    if rule is None:
        yield Finding(file, (*at, "rule"), unknown("règle inconnue", use.rule, RULES))
        return
    where = use.level or level
    for key in use.parameters:
        if key not in rule.parameters:
            yield Finding(file, (*at, key), unknown(f"« {use.rule} » n'a pas de paramètre", key, rule.parameters))
    for name, words in rule.review(use.parameters):
        yield Finding(file, (*at, name), f"{name} : {words}")
    for name, operand in rule.names(use.parameters):
        yield from _rule_fields(tenant, where, operand, file, (*at, name), row)
    for name, parameter in rule.parameters.items():
        if name not in use.parameters:
            if parameter.required:
                yield Finding(file, at, f"« {use.rule} » attend le paramètre « {name} »")
        elif parameter.kind in ("field", "fields"):
            yield from _rule_fields(tenant, where, use.parameters[name], file, (*at, name), row)
        elif parameter.kind == "expression":
            yield from check_expression(tenant, where, str(use.parameters[name]), file, (*at, name), row=row)
        elif parameter.kind in _LEVELS:
            yield from _LEVELS[parameter.kind](tenant, where, use.parameters[name], file, (*at, name))
    for name, other in rule.goes_with.items():
        if name in use.parameters and other not in use.parameters:
            yield Finding(file, (*at, name), f"« {name} » veut aussi « {other} »")
    for fact in sorted(rule.facts - LOADERS.keys()):
        yield Finding(file, (*at, "rule"), f"« {use.rule} » ne dirait rien : « {fact} » n'est pas encore tenu ici")
    if "codes" in rule.facts and (table := use.parameters.get("table")) not in CODE_TABLES:
        yield Finding(file, (*at, "table"), unknown("table inconnue", str(table), CODE_TABLES))
    for moment in use.on:
        if moment not in ("edit", "save", "send", "deliver"):
            yield Finding(file, (*at, "on"), unknown("moment inconnu", moment, ("edit", "save", "send", "deliver")))
    if use.severity not in ("block", "warn"):
        yield Finding(file, (*at, "severity"), unknown("gravité inconnue", use.severity, ("block", "warn")))
    yield from check_expression(tenant, use.level or level, use.when, file, (*at, "when"), row=row)


def _check_across(tenant: Tenant, where: str, across: Any, file: str, at: Path) -> Iterator[Finding]:
    """Sheets of a level under an ancestor: both exist, one above the other and above where the rule is read."""
    level, under = (across.get(name) if isinstance(across, dict) else None for name in ("level", "under"))
    if level is not None and level not in tenant.who.levels:
        yield Finding(file, (*at, "level"), unknown("niveau inconnu", level, tenant.who.levels))
    elif under is not None:
        known = {*tenant.ancestors(level or where)} & {where, *tenant.ancestors(where)}
        if under not in known:
            yield Finding(file, (*at, "under"), unknown("niveau qui n'est pas au-dessus", under, sorted(known)))


def _check_level(tenant: Tenant, where: str, level: Any, file: str, at: Path) -> Iterator[Finding]:
    if level not in tenant.who.levels:
        yield Finding(file, at, unknown("niveau inconnu", str(level), tenant.who.levels))


def _check_below(tenant: Tenant, where: str, level: Any, file: str, at: Path) -> Iterator[Finding]:
    below = tenant.descendants(where)
    if level not in below:
        yield Finding(file, at, unknown("niveau inconnu", str(level), below))


def _check_closed(tenant: Tenant, where: str, closed: Any, file: str, at: Path) -> Iterator[Finding]:
    if "school" in (closed if isinstance(closed, list) else [closed]) and tenant.who.school_zone is None:
        yield Finding(file, at, "tenant.yaml ne dit pas la zone des vacances scolaires : « school_zone »")


_LEVELS: Mapping[str, Callable[[Tenant, str, Any, str, Path], Iterator[Finding]]] = {
    "across": _check_across,
    "level": _check_level,
    "below": _check_below,
    "closed": _check_closed,
}


def _rule_fields(
    tenant: Tenant, level: str, names: Any, file: str, at: Path, row: FormField | None
) -> Iterator[Finding]:
    for name in [names] if isinstance(names, str) else names:
        known = known_names(tenant, level, row)
        if name not in known:
            yield Finding(file, at, unknown("champ inconnu", str(name), known))


def known_names(tenant: Tenant, level: str, row: FormField | None = None) -> set[str]:
    """The dotted names of fields a rule may bear on, from a level: its own, its rows', its ancestors', its
    descendants'.
    """
    names: set[str] = {f.id for f in row.fields} if row else set()
    levels = [level, *tenant.ancestors(level), *tenant.descendants(level)]
    for lv in levels:
        for field in tenant.fields(lv).values():
            paths = {field.id}
            for inner in field.fields:
                keys = ["*", *((field.rows.keys or {}) if field.rows else {})]
                paths |= {f"{field.id}.{key}.{inner.id}" for key in keys} | {f"{field.id}.{inner.id}"}
            names |= {f"{lv}.{p}" for p in paths} | (paths if lv == level else set())
    return names
