"""The conditions, fields and rules that workflow.yaml and overrides.yaml speak of."""

from collections.abc import Iterator
from datetime import date

from portal.domain.checking.common import Path, check_expression, check_rule
from portal.domain.checking.forms import check_field
from portal.domain.fields import KINDS, Context, Fault
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema import FieldOverride, Move
from portal.tenancy.schema.workflow import SETS, is_moment
from portal.tenancy.tenant import Tenant

NO_SUBMISSION = "des remarques se font sur un envoi : cet axe n'est pas un axe de validation (« unit »)"
FILE_ASKED = "un fichier ne se demande pas avec une action : demandez-le dans une étape"


def check_workflow(tenant: Tenant) -> Iterator[Finding]:
    """The conditions and fields of axes, moves and locks."""
    file = "workflow.yaml"
    for axis_id, axis in tenant.workflow.axes.items():
        levels = [n for n, lv in tenant.who.levels.items() if axis_id in lv.axes]
        for level in levels:
            yield from check_expression(tenant, level, axis.derived, file, ("axes", axis_id, "derived"))
            for move_id, move in axis.moves.items():
                at: Path = ("axes", axis_id, "moves", move_id)
                yield from check_expression(tenant, level, move.when, file, (*at, "when"))
                yield from _check_set(tenant, level, move, file, at)
                if move.corrections and axis.unit is None:
                    yield Finding(file, (*at, "corrections"), NO_SUBMISSION)
                asked = {f.id for f in move.asks} | {f.id for m in axis.moves.values() for f in m.asks}
                if move.at and move.at not in tenant.fields(level) and move.at not in asked:
                    yield Finding(file, (*at, "at"), unknown("champ inconnu", move.at, [*tenant.fields(level), *asked]))
                yield from _check_answers(tenant, level, move, file, at)
                for j, field in enumerate(move.asks):
                    yield from check_field(tenant, level, field, file, (*at, "asks", j))
                    if field.kind == "file":
                        yield Finding(file, (*at, "asks", j, "kind"), FILE_ASKED)
    for i, lock in enumerate(tenant.workflow.locks):
        for level in [lock.level] if lock.level else [n for n, lv in tenant.who.levels.items() if lock.axis in lv.axes]:
            yield from check_expression(tenant, level, lock.when, file, ("locks", i, "when"))


def _check_set(tenant: Tenant, level: str, move: Move, file: str, at: Path) -> Iterator[Finding]:
    """What a move writes: on fields of the sheet; `{now}` and its like, where their kind of value fits."""
    for key, written in move.set.items():
        field, here = tenant.fields(level).get(key), (*at, "set", key)
        if field is None:
            yield Finding(file, here, unknown("champ inconnu", key, tenant.fields(level)))
        elif is_moment(written) and written[1:-1] not in SETS:
            yield Finding(file, here, unknown("valeur inconnue", written[1:-1], SETS))
        elif is_moment(written) and field.kind not in SETS[written[1:-1]]:
            kinds = ", ".join(SETS[written[1:-1]])
            yield Finding(file, here, f"« {written} » s'écrit dans un champ « {kinds} », pas « {field.kind} »")


def _check_answers(tenant: Tenant, level: str, move: Move, file: str, at: Path) -> Iterator[Finding]:
    """What a move says of its answers: which renew a field of the sheet, which rules they obey."""
    kept = [f.id for f in move.asks if f.id in tenant.fields(level)]
    for name in move.renews:
        if name not in kept:
            yield Finding(file, (*at, "renews", name), unknown("champ de la fiche que rien ne demande", name, kept))
    for r, rule in enumerate(move.rules):
        yield from check_rule(tenant, level, rule, file, (*at, "rules", r))


def check_overrides(tenant: Tenant) -> Iterator[Finding]:
    """What overrides speak of: levels, fields, rules, and conditions that hold somewhere."""
    for i, override in enumerate(tenant.overrides):
        bearing = {key.partition(".")[0] for key in (*override.fields, *override.steps)} | {
            r.level or "" for r in override.rules
        }
        for key, change in override.fields.items():
            level, _, field_id = key.partition(".")
            if level not in tenant.who.levels:
                yield Finding("overrides.yaml", (i, "fields", key), unknown("niveau inconnu", level, tenant.who.levels))
            else:
                yield from _check_change(tenant, level, field_id, change, (i, "fields", key))
        if not bearing & set(tenant.who.levels):
            yield from _compiles_somewhere(tenant, override.when, (i, "when"))
        for level in sorted(bearing & set(tenant.who.levels)):
            yield from check_expression(tenant, level, override.when, "overrides.yaml", (i, "when"))
        for r, rule in enumerate(override.rules):
            at: Path = (i, "rules", r)
            if rule.level not in tenant.who.levels:
                yield Finding("overrides.yaml", at, "une règle ajoutée dit son niveau : « level »")
            else:
                yield from check_rule(tenant, rule.level, rule, "overrides.yaml", at)


def _check_change(tenant: Tenant, level: str, dotted: str, change: FieldOverride, at: Path) -> Iterator[Finding]:
    """What an override changes: a field, or a cell of its rows; and the value it forces, which must be one."""
    head, _, cell_id = dotted.partition(".")
    field = tenant.field(level, head)
    if field is None:
        yield Finding("overrides.yaml", at, unknown("champ inconnu", head, tenant.fields(level)))
        return
    if cell_id:
        cells = {cell.id: cell for cell in field.fields}
        if cell_id not in cells:
            yield Finding("overrides.yaml", at, unknown(f"colonne inconnue de « {head} »", cell_id, cells))
            return
        field = cells[cell_id]
        if change.hidden:
            yield Finding("overrides.yaml", (*at, "hidden"), "une colonne ne se cache pas ici : donnez-lui un « when »")
    if change.value is None:
        return
    asked = field.model_copy(update={"choices": change.choices}) if change.choices is not None else field
    try:
        KINDS[field.kind].clean(change.value, asked, Context(date.today(), trusted=True))
    except Fault as fault:
        yield Finding("overrides.yaml", (*at, "value"), fault.message)


def _compiles_somewhere(tenant: Tenant, source: str, at: Path) -> Iterator[Finding]:
    faults = [list(check_expression(tenant, level, source, "overrides.yaml", at)) for level in tenant.who.levels]
    if all(faults):
        yield from faults[0]
