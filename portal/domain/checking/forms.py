"""The fields of forms: their kinds, terms, tables and conditions."""

from collections.abc import Iterator

from portal.domain.checking.common import Path, check_expression, check_rule
from portal.domain.checking.computed import check_function
from portal.domain.checking.sources import check_source
from portal.domain.conditions import Type
from portal.domain.fields import KINDS
from portal.domain.lheo_tables import TABLES
from portal.domain.sheets.certified import FACTS, source_of
from portal.domain.vocabulary import TERMS
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema import FormField, Step
from portal.tenancy.tenant import Tenant


def check_form(tenant: Tenant, level: str) -> Iterator[Finding]:
    """Everything a form says that means nothing."""
    file = f"forms/{level}.yaml"
    for i, step in enumerate(tenant.forms[level].steps):
        at: Path = ("steps", i)
        yield from check_expression(tenant, level, step.when, file, (*at, "when"))
        for n, notice in enumerate(step.notices):
            yield from check_expression(tenant, level, notice.when, file, (*at, "notices", n, "when"))
        for j, field in enumerate(step.fields):
            yield from check_field(tenant, level, field, file, (*at, "fields", j))
        yield from _check_planning(tenant, level, step, file, (*at, "planning"))
        for r, rule in enumerate(step.rules):
            yield from check_rule(tenant, level, rule, file, (*at, "rules", r))


def _check_planning(tenant: Tenant, level: str, step: Step, file: str, at: Path) -> Iterator[Finding]:
    """The day a planning counts from, and the conditions of what leads to it."""
    if step.planning is None:
        return
    day = tenant.field(level, step.planning.day)
    if day is None:
        yield Finding(file, (*at, "day"), unknown("champ inconnu", step.planning.day, tenant.fields(level)))
    elif day.kind not in ("date", "datetime", "computed"):
        yield Finding(file, (*at, "day"), f"le champ « {day.id} » n'est pas une date")
    for i, milestone in enumerate(step.planning.milestones):
        yield from check_expression(tenant, level, milestone.when, file, (*at, "milestones", i, "when"))
        yield from check_expression(tenant, level, milestone.done, file, (*at, "milestones", i, "done"))


def check_field(
    tenant: Tenant, level: str, field: FormField, file: str, at: Path, row: FormField | None = None
) -> Iterator[Finding]:
    """A field: its kind, its term, its table, its conditions, and its cells when it holds rows."""
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
    elif field.term and TERMS[field.term].private and field.public and (row is None or row.public):
        words = f"le terme « {field.term} » est privé : le champ dit « public: false »"
        yield Finding(file, (*at, "as"), words)
    if field.table and field.kind != "reference" and field.table.removeprefix("lheo.") not in TABLES:
        yield Finding(file, (*at, "table"), unknown("table inconnue", field.table, [f"lheo.{t}" for t in TABLES]))
    if field.kind in ("choice", "choices") and not (field.choices or field.table or field.among):
        yield Finding(file, at, f"le champ « {field.id} » n'offre aucune valeur : choices, table ou among")
    if field.kind == "rows" and not field.fields:
        yield Finding(file, at, f"le champ « {field.id} » n'a pas de colonnes (fields)")
    yield from check_expression(tenant, level, field.when, file, (*at, "when"), row=row)
    if field.fill:
        yield from check_expression(tenant, level, field.fill.when, file, (*at, "fill", "when"), row=row)
        yield from check_source(tenant, level, field.fill.origin, field, file, (*at, "fill", "from"))
        if field.fill.otherwise:
            yield from check_source(tenant, level, field.fill.otherwise, field, file, (*at, "fill", "otherwise"))
    if field.duty and field.duty not in tenant.who.directory.duties:
        yield Finding(file, (*at, "duty"), unknown("mission inconnue", field.duty, tenant.who.directory.duties))
    if field.duty_only and not field.duty:
        yield Finding(file, (*at, "duty_only"), "« duty_only » veut une mission : « duty »")
    if field.rows and field.rows.origin:
        yield from _check_rows(tenant, level, field.rows.origin, file, (*at, "rows", "from"))
    if field.value:
        yield from check_expression(tenant, level, field.value, file, (*at, "value"), row=row, want=Type.ANY)
    yield from check_function(tenant, level, field, file, at)
    if field.among:
        yield from _check_source(tenant, level, field.among, file, (*at, "among"))
    for j, inner in enumerate(field.fields):
        yield from check_field(tenant, level, inner, file, (*at, "fields", j), row=field)
    for r, rule in enumerate(field.rules):
        yield from check_rule(tenant, level, rule, file, (*at, "rules", r), row=field)


def _check_source(tenant: Tenant, level: str, dotted: str, file: str, at: Path) -> Iterator[Finding]:
    head, _, tail = dotted.rpartition(".")
    known = {f"{lv}.{f}" for lv in [level, *tenant.ancestors(level)] for f in tenant.fields(lv)} | set(
        tenant.fields(level)
    )
    if dotted not in known:
        yield Finding(file, at, unknown("champ inconnu", f"{head}.{tail}" if head else tail, known))


def _check_rows(tenant: Tenant, level: str, dotted: str, file: str, at: Path) -> Iterator[Finding]:
    """Rows come from the blocks of a certification, or from other rows."""
    found = source_of(tenant, level, dotted)
    named = dotted.rpartition(".")[2]
    if found is None or (found.kind != "rows" and FACTS.get(named, named) != "blocks"):
        yield Finding(file, at, f"« {dotted} » ne donne pas de lignes : citez des blocs ou d'autres lignes")
