"""What the words of a tenant's folder mean: kinds, terms, rules, conditions. Checked when a folder is loaded.

The loader knows the shape of a folder; this module knows the sense of it. `check` is handed to the loader.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from portal.domain.conditions import Condition, ConditionError, Scope, Type, compile_condition
from portal.domain.fields import KINDS
from portal.domain.lheo_tables import TABLES
from portal.domain.reference.lookups import CODE_TABLES
from portal.domain.rules import RULES
from portal.domain.vocabulary import TERMS
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema import FormField, RuleUse
from portal.tenancy.tenant import Tenant

Path = tuple[str | int, ...]


def scope_of(tenant: Tenant, level: str) -> Scope:
    """The names an expression may say on a sheet of a level (cached on the tenant)."""
    scopes = tenant.compiled.setdefault("scopes", {})
    if level not in scopes:
        scopes[level] = _build_scope(tenant, level, scopes)
    return scopes[level]


def _build_scope(tenant: Tenant, level: str, scopes: dict[str, Scope]) -> Scope:
    values: dict[str, Type] = {"programme": Type.TEXT, "code": Type.TEXT, "title": Type.TEXT}
    rows: dict[str, Scope] = {}
    groups: dict[str, Scope] = {}
    children: dict[str, Scope] = {}
    choices: dict[str, Any] = {"programme": tenant.who.programmes} if tenant.who.programmes else {}
    scope = scopes[level] = Scope(values, rows, groups, children, choices)
    for field in tenant.fields(level).values():
        _name_field(field, values, rows, groups, choices)
    for axis_id, axis in tenant.axes_of(level).items():
        values[axis_id] = Type.BOOL if axis.derived is not None else Type.TEXT
        if axis.derived is None:
            choices[axis_id] = axis.states
    groups["option"] = Scope(dict.fromkeys(tenant.who.options, Type.BOOL))
    groups["organisation"] = Scope(dict.fromkeys(("name", "siret"), Type.TEXT))
    groups[level] = scope
    for above in tenant.ancestors(level):
        groups[above] = scope_of(tenant, above)
    for below in tenant.descendants(level):
        children[below] = scope_of(tenant, below)
    return scope


def _name_field(field: FormField, values: Any, rows: Any, groups: Any, choices: Any) -> None:
    kind = KINDS.get(field.kind)
    if kind is None:
        values[field.id] = Type.ANY  # told once, where it is written; not again wherever the field is named
        return
    if field.kind == "rows":
        inner = row_scope(field)
        rows[field.id] = inner
        if field.rows and field.rows.keys:
            groups[field.id] = Scope(groups=dict.fromkeys(field.rows.keys, inner))
    elif field.kind == "address":
        groups[field.id] = Scope(dict.fromkeys(("code_postal", "commune", "insee", "pays"), Type.TEXT))
    else:
        values[field.id] = kind.condition_type
        if field.choices and kind.condition_type is Type.TEXT:
            choices[field.id] = field.choices


def row_scope(field: FormField) -> Scope:
    """The names of one row of a `rows` field."""
    values: dict[str, Type] = {}
    groups: dict[str, Scope] = {}
    choices: dict[str, Any] = {}
    for inner in field.fields:
        _name_field(inner, values, {}, groups, choices)
    return Scope(values, {}, groups, {}, choices)


def with_row(scope: Scope, field: FormField) -> Scope:
    """The scope of a cell: the row's names come first, then those of the sheet."""
    row = row_scope(field)
    return Scope(
        {**scope.values, **row.values},
        scope.rows,
        {**scope.groups, **row.groups},
        scope.children,
        {**scope.choices, **row.choices},
    )


def condition(
    tenant: Tenant, level: str, source: str, *, row: FormField | None = None, want: Type = Type.BOOL
) -> Condition:
    """A compiled expression on a level (or on a row of one of its fields); compiled once per tenant."""
    key = (level, row.id if row else None, source, want)
    if key not in tenant.compiled:
        scope = scope_of(tenant, level)
        tenant.compiled[key] = compile_condition(source, with_row(scope, row) if row else scope, want=want)
    return tenant.compiled[key]


def check(tenant: Tenant) -> Iterator[Finding]:
    """Every word of the folder that means nothing: unknown kinds, terms, rules, tables, ill-typed conditions."""
    for name in tenant.forms:
        yield from _check_form(tenant, name)
    yield from _check_levels(tenant)
    yield from _check_workflow(tenant)
    yield from _check_overrides(tenant)
    yield from _check_desk(tenant)
    yield from _check_flows(tenant)


def _check_form(tenant: Tenant, level: str) -> Iterator[Finding]:
    file = f"forms/{level}.yaml"
    for i, step in enumerate(tenant.forms[level].steps):
        at: Path = ("steps", i)
        yield from _expression(tenant, level, step.when, file, (*at, "when"))
        for n, notice in enumerate(step.notices):
            yield from _expression(tenant, level, notice.when, file, (*at, "notices", n, "when"))
        for j, field in enumerate(step.fields):
            yield from _check_field(tenant, level, field, file, (*at, "fields", j))
        for r, rule in enumerate(step.rules):
            yield from _check_rule(tenant, level, rule, file, (*at, "rules", r))


def _check_field(
    tenant: Tenant, level: str, field: FormField, file: str, at: Path, row: FormField | None = None
) -> Iterator[Finding]:
    kind = KINDS.get(field.kind)
    if kind is None:
        yield Finding(file, (*at, "kind"), unknown("type de champ inconnu", field.kind, KINDS))
        return
    for words in kind.review(field):
        yield Finding(file, at, f"champ « {field.id} » : {words}")
    if field.term and field.term not in TERMS:
        yield Finding(file, (*at, "as"), unknown("terme inconnu", field.term, TERMS))
    elif field.term and not TERMS[field.term].fits(field.kind):
        words = f"le terme « {field.term} » ne convient pas à un champ de type « {field.kind} »"
        yield Finding(file, (*at, "as"), words)
    if field.table and field.kind != "reference" and field.table.removeprefix("lheo.") not in TABLES:
        yield Finding(file, (*at, "table"), unknown("table inconnue", field.table, [f"lheo.{t}" for t in TABLES]))
    if field.kind in ("choice", "choices") and not (field.choices or field.table or field.among):
        yield Finding(file, at, f"le champ « {field.id} » n'offre aucune valeur : choices, table ou among")
    if field.kind == "rows" and not field.fields:
        yield Finding(file, at, f"le champ « {field.id} » n'a pas de colonnes (fields)")
    yield from _expression(tenant, level, field.when, file, (*at, "when"), row=row)
    if field.fill:
        yield from _expression(tenant, level, field.fill.when, file, (*at, "fill", "when"), row=row)
    if field.fill:
        yield from _expression(tenant, level, field.fill.when, file, (*at, "fill", "when"))
    if field.value:
        yield from _expression(tenant, level, field.value, file, (*at, "value"), row=row, want=Type.ANY)
    if field.among:
        yield from _check_source(tenant, level, field.among, file, (*at, "among"))
    for j, inner in enumerate(field.fields):
        yield from _check_field(tenant, level, inner, file, (*at, "fields", j), row=field)
    for r, rule in enumerate(field.rules):
        yield from _check_rule(tenant, level, rule, file, (*at, "rules", r), row=field)


def _check_source(tenant: Tenant, level: str, dotted: str, file: str, at: Path) -> Iterator[Finding]:
    head, _, tail = dotted.rpartition(".")
    known = {f"{lv}.{f}" for lv in [level, *tenant.ancestors(level)] for f in tenant.fields(lv)} | set(
        tenant.fields(level)
    )
    if dotted not in known:
        yield Finding(file, at, unknown("champ inconnu", f"{head}.{tail}" if head else tail, known))


def _expression(
    tenant: Tenant,
    level: str,
    source: str | None,
    file: str,
    at: Path,
    *,
    row: FormField | None = None,
    want: Type = Type.BOOL,
) -> Iterator[Finding]:
    if source is None:
        return
    try:
        condition(tenant, level, source, row=row, want=want)
    except ConditionError as error:
        yield Finding(file, at, f"colonne {error.column} : {error.message}")


def _check_rule(
    tenant: Tenant, level: str, use: RuleUse, file: str, at: Path, row: FormField | None = None
) -> Iterator[Finding]:
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
            yield from _expression(tenant, where, str(use.parameters[name]), file, (*at, name), row=row)
    if "codes" in rule.facts and (table := use.parameters.get("table")) not in CODE_TABLES:
        yield Finding(file, (*at, "table"), unknown("table inconnue", str(table), CODE_TABLES))
    for moment in use.on:
        if moment not in ("edit", "save", "send", "deliver"):
            yield Finding(file, (*at, "on"), unknown("moment inconnu", moment, ("edit", "save", "send", "deliver")))
    if use.severity not in ("block", "warn"):
        yield Finding(file, (*at, "severity"), unknown("gravité inconnue", use.severity, ("block", "warn")))
    yield from _expression(tenant, use.level or level, use.when, file, (*at, "when"), row=row)


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


def _check_levels(tenant: Tenant) -> Iterator[Finding]:
    for name, level in tenant.who.levels.items():
        at: Path = ("levels", name)
        for r, rule in enumerate(level.requires):
            yield from _check_rule(tenant, name, rule, "tenant.yaml", (*at, "requires", r))
        for scope, patterns in (level.amends or {}).items():
            yield from _amended(tenant, level.parent or name, patterns, (*at, "amends", scope))
        if level.creatable is None:
            continue
        for r, rule in enumerate(level.creatable.requires):
            yield from _check_rule(tenant, level.parent or name, rule, "tenant.yaml", (*at, "creatable", "requires", r))
        for key in level.creatable.set:
            if key not in tenant.fields(name):
                yield Finding(
                    "tenant.yaml", (*at, "creatable", "set", key), unknown("champ inconnu", key, tenant.fields(name))
                )


def _amended(tenant: Tenant, parent: str, patterns: Iterable[str], at: Path) -> Iterator[Finding]:
    levels = [parent, *tenant.descendants(parent)]
    known = {f"{lv}.{f}" for lv in levels for f in tenant.fields(lv)} | {f"{lv}.*" for lv in levels}
    for i, pattern in enumerate(patterns):
        if pattern not in known:
            yield Finding("tenant.yaml", (*at, i), unknown("champ inconnu", pattern, known))


def _check_workflow(tenant: Tenant) -> Iterator[Finding]:
    file = "workflow.yaml"
    for axis_id, axis in tenant.workflow.axes.items():
        levels = [n for n, lv in tenant.who.levels.items() if axis_id in lv.axes]
        for level in levels:
            yield from _expression(tenant, level, axis.derived, file, ("axes", axis_id, "derived"))
            for move_id, move in axis.moves.items():
                at: Path = ("axes", axis_id, "moves", move_id)
                yield from _expression(tenant, level, move.when, file, (*at, "when"))
                for key in move.set:
                    if key not in tenant.fields(level):
                        yield Finding(file, (*at, "set", key), unknown("champ inconnu", key, tenant.fields(level)))
                asked = {f.id for f in move.asks} | {f.id for m in axis.moves.values() for f in m.asks}
                if move.at and move.at not in tenant.fields(level) and move.at not in asked:
                    yield Finding(file, (*at, "at"), unknown("champ inconnu", move.at, [*tenant.fields(level), *asked]))
                for j, field in enumerate(move.asks):
                    yield from _check_field(tenant, level, field, file, (*at, "asks", j))
    for i, lock in enumerate(tenant.workflow.locks):
        for level in [lock.level] if lock.level else [n for n, lv in tenant.who.levels.items() if lock.axis in lv.axes]:
            yield from _expression(tenant, level, lock.when, file, ("locks", i, "when"))


def _check_overrides(tenant: Tenant) -> Iterator[Finding]:
    for i, override in enumerate(tenant.overrides):
        bearing = {key.partition(".")[0] for key in (*override.fields, *override.steps)} | {
            r.level or "" for r in override.rules
        }
        for key in override.fields:
            level, _, field_id = key.partition(".")
            if level not in tenant.who.levels:
                yield Finding("overrides.yaml", (i, "fields", key), unknown("niveau inconnu", level, tenant.who.levels))
            elif tenant.field(level, field_id) is None:
                yield Finding(
                    "overrides.yaml", (i, "fields", key), unknown("champ inconnu", field_id, tenant.fields(level))
                )
        if not bearing & set(tenant.who.levels):
            yield from _compiles_somewhere(tenant, override.when, (i, "when"))
        for level in sorted(bearing & set(tenant.who.levels)):
            yield from _expression(tenant, level, override.when, "overrides.yaml", (i, "when"))
        for r, rule in enumerate(override.rules):
            at: Path = (i, "rules", r)
            if rule.level not in tenant.who.levels:
                yield Finding("overrides.yaml", at, "une règle ajoutée dit son niveau : « level »")
            else:
                yield from _check_rule(tenant, rule.level, rule, "overrides.yaml", at)


def _compiles_somewhere(tenant: Tenant, source: str, at: Path) -> Iterator[Finding]:
    faults = [list(_expression(tenant, level, source, "overrides.yaml", at)) for level in tenant.who.levels]
    if all(faults):
        yield from faults[0]


def _check_desk(tenant: Tenant) -> Iterator[Finding]:
    desk, file = tenant.desk, "desk.yaml"
    for name, view in desk.lists.items():
        yield from _expression(tenant, view.level, view.where, file, ("lists", name, "where"))
        for c, column in enumerate(view.columns):
            if column.state or column.since or column.deliveries:
                continue
            yield from _expression(
                tenant, view.level, column.value or column.id, file, ("lists", name, "columns", c), want=Type.ANY
            )
    for name, task in desk.tasks.items():
        yield from _expression(tenant, task.level, task.where, file, ("tasks", name, "where"))
        if task.deadline and task.deadline not in tenant.fields(task.level):
            yield Finding(
                file, ("tasks", name, "deadline"), unknown("champ inconnu", task.deadline, tenant.fields(task.level))
            )
    for name, counter in desk.counters.items():
        yield from _expression(tenant, counter.level, counter.where, file, ("counters", name, "where"))
    for level, tabs in desk.tabs.items():
        for t, tab in enumerate(tabs):
            yield from _expression(tenant, level, tab.when, file, ("tabs", level, t, "when"))


def _check_flows(tenant: Tenant) -> Iterator[Finding]:
    session = tenant.session_level
    for i, flow in enumerate(tenant.flows.flows):
        level = flow.per or session
        if level is None:
            continue
        yield from _expression(tenant, level, flow.when, "flows.yaml", ("flows", i, "when"))
        yield from _expression(tenant, level, flow.unless, "flows.yaml", ("flows", i, "unless"))
        for r, rule in enumerate(flow.ready):
            yield from _check_rule(tenant, level, rule, "flows.yaml", ("flows", i, "ready", r))
    for name, target in tenant.flows.targets.items():
        for key in target.writes:
            level, _, field_id = key.partition(".")
            if level not in tenant.who.levels or tenant.field(level, field_id) is None:
                known = [f"{lv}.{f}" for lv in tenant.forms for f in tenant.fields(lv)]
                yield Finding("flows.yaml", ("targets", name, "writes", key), unknown("champ inconnu", key, known))
    if tenant.public:
        yield from _expression(tenant, tenant.public.level, tenant.public.visible, "public.yaml", ("visible",))
        yield from _expression(
            tenant, tenant.public.level, tenant.public.cancelled_when, "public.yaml", ("cancelled_when",)
        )
        for s, section in enumerate(tenant.public.sections):
            yield from _expression(tenant, tenant.public.level, section.when, "public.yaml", ("sections", s, "when"))
            for n, item in enumerate(section.items):
                at: Path = ("sections", s, "items", n, "when")
                yield from _expression(tenant, tenant.public.level, item.when, "public.yaml", at)
