"""The names a tenant's expressions may say, level by level, and those expressions compiled, once per tenant."""

from typing import Any

from portal.domain.conditions import Condition, Scope, Type, compile_condition
from portal.domain.fields import KINDS
from portal.domain.organisations.directory import KEYS, PARTS, TABLES, TWINS
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant
from portal.tenancy.ties import ties_of

PLACE = ("code_postal", "commune", "insee", "pays")
"""The parts of an address that conditions read."""


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
        if field.kind in TABLES and not field.among:
            groups[field.id] = _parts(TABLES[field.kind])
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
    for name, tie in ties_of(tenant, level).items():
        children[name] = scope_of(tenant, tie.level)
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
        groups[field.id] = Scope(dict.fromkeys(PLACE, Type.TEXT))
    else:
        values[field.id] = kind.condition_type
        if field.choices and kind.condition_type is Type.TEXT:
            choices[field.id] = field.choices


def _parts(table: str) -> Scope:
    """What an entry of the directory says, in English or in French: `site_lieu.organisation`, `site_lieu.commune`."""
    names = {*PARTS[table], *KEYS}
    names |= {french for french, english in TWINS.items() if english in names}
    groups = {name: Scope(dict.fromkeys(PLACE, Type.TEXT)) for name in names if TWINS.get(name, name) == "address"}
    values = {name: Type.LIST if TWINS.get(name, name) == "duties" else Type.TEXT for name in names - set(groups)}
    return Scope(values, groups=groups)


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
