"""The functions of computed fields: known, with the arguments they take, and never public."""

from collections.abc import Iterator

from portal.domain.checking.common import Path, check_expression
from portal.domain.conditions import ConditionError, Type
from portal.domain.language import condition
from portal.domain.sheets.computed import FUNCTIONS, Computed
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant


def check_function(tenant: Tenant, level: str, field: FormField, file: str, at: Path) -> Iterator[Finding]:
    """What is wrong with the function a field names, if it names one."""
    if field.function is None:
        return
    function = FUNCTIONS.get(field.function)
    if function is None:
        yield Finding(file, (*at, "function"), unknown("fonction inconnue", field.function, FUNCTIONS))
        return
    if field.public:
        yield Finding(file, at, f"champ « {field.id} » : il lit d'autres fiches, même en brouillon ; « public: false »")
    for name in sorted(field.args.keys() ^ function.arguments.keys()):
        words = "argument inconnu" if name in field.args else "argument manquant"
        yield Finding(file, (*at, "args"), f"« {function.name} » : {words}, « {name} »")
    if field.args.keys() == function.arguments.keys():
        yield from _check_arguments(tenant, level, function, field.args, file, (*at, "args"))


def _check_arguments(
    tenant: Tenant, level: str, function: Computed, args: dict[str, str], file: str, at: Path
) -> Iterator[Finding]:
    named = {kind: name for name, kind in function.arguments.items()}
    over, under = args[named["level"]], args[named["under"]]
    if over not in tenant.who.levels:
        yield Finding(file, (*at, named["level"]), unknown("niveau inconnu", over, tenant.who.levels))
        return
    above = {level, *tenant.ancestors(level)} & {*tenant.ancestors(over)}
    if under not in above:
        yield Finding(file, (*at, named["under"]), unknown("niveau qui n'est pas au-dessus", under, sorted(above)))
    of, where = args[named["expression"]], (*at, named["expression"])
    faults = list(check_expression(tenant, over, of, file, where, want=function.wants))
    yield from faults
    if not faults and (looping := _functions_read(tenant, over, of, set())):
        yield Finding(file, where, f"« {looping[0]} » lit déjà d'autres fiches : l'expression ne peut pas le lire")


def _functions_read(tenant: Tenant, level: str, source: str, seen: set[tuple[str, str]]) -> list[str]:
    """The fields with a function that an expression reads, through what is computed on the way: it could go round."""
    if (level, source) in seen:
        return []
    seen.add((level, source))
    try:
        names = condition(tenant, level, source, want=Type.ANY).names
    except ConditionError:  # told where it is written
        return []
    found: list[str] = []
    for name in sorted(names):
        head, _, rest = name.partition(".")
        holder, own = (head, rest.removeprefix("*.")) if head in tenant.who.levels and rest else (level, name)
        field = tenant.field(holder, own.partition(".")[0])
        if field is not None and field.function is not None:
            found.append(name)
        elif field is not None and field.value is not None:
            found += _functions_read(tenant, holder, field.value, seen)
    return found
