"""Where values come from: the fields, and what is inside them, that fills and copies name."""

from collections.abc import Iterator

from portal.domain.checking.common import Path
from portal.domain.conditions import Type
from portal.domain.fields import KINDS
from portal.domain.fields import PARTS as ADDRESS
from portal.domain.organisations.directory import KEYS, PARTS, TABLES, TWINS
from portal.domain.sheets.certified import FACTS, KIND, NAMES
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant


def check_source(tenant: Tenant, level: str, dotted: str, target: FormField, file: str, at: Path) -> Iterator[Finding]:
    """A name that a field is filled from: unknown, or of another kind than the field."""
    field, rest = found_from(tenant, level, dotted)
    if field is None:
        yield Finding(file, at, unknown("champ inconnu", dotted, _known(tenant, level)))
    elif field.kind == KIND and rest and rest not in NAMES:
        yield Finding(file, at, unknown("une certification ne dit pas cela", rest, FACTS))
    elif field.kind in TABLES and not field.among:
        yield from _check_chosen(field, rest, target, file, at)
    elif field.kind == "address" and rest and rest not in ADDRESS:
        yield Finding(file, at, unknown("partie inconnue d'une adresse", rest, ADDRESS))


def found_from(tenant: Tenant, level: str, dotted: str) -> tuple[FormField | None, str]:
    """The field a name begins with, on the level or an ancestor, and what is named inside it."""
    head, _, rest = dotted.partition(".")
    if (field := tenant.field(level, head)) is not None:
        return field, rest
    return found_from(tenant, head, rest) if rest and head in tenant.ancestors(level) else (None, "")


def _known(tenant: Tenant, level: str) -> list[str]:
    above = [f"{lv}.{name}" for lv in tenant.ancestors(level) for name in tenant.fields(lv)]
    return [*tenant.fields(level), *above]


def _check_chosen(field: FormField, rest: str, target: FormField, file: str, at: Path) -> Iterator[Finding]:
    """What an entry of the directory says suits the field that takes it."""
    table, (part, _, inside) = TABLES[field.kind], rest.partition(".")
    name = TWINS.get(part, part)
    if part and name not in {*PARTS[table], *KEYS}:
        yield Finding(file, at, unknown(f"partie inconnue de « {field.id} »", part, sorted({*PARTS[table], *KEYS})))
    elif inside and (name != "address" or inside not in ADDRESS):
        yield Finding(file, at, unknown(f"partie inconnue de « {part} »", inside, ADDRESS if name == "address" else ()))
    elif not _suits(table, name, inside, target):
        words = f"« {field.id}.{rest} »" if rest else f"« {field.id} »"
        hint = " ; l'organisme se prend par « organisation_id »" if target.kind == "organisation" else ""
        yield Finding(file, at, f"{words} ne convient pas à un champ de type « {target.kind} »{hint}")


def _suits(table: str, name: str, inside: str, target: FormField) -> bool:
    """Whether a field takes such a value: an entry, an organisation, an address, duties, or a text."""
    if not name or name in KEYS:
        return TABLES.get(target.kind) == (table if not name else "organisation")
    if name == "address" and not inside:
        return target.kind == "address"
    if name == "duties":
        return KINDS[target.kind].condition_type is Type.LIST
    return KINDS[target.kind].condition_type in (Type.TEXT, Type.ANY) and target.kind not in (*TABLES, "address")
