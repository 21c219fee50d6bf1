"""The directory: what its entries are called, and what fields take from the entries they choose."""

from collections.abc import Iterator

from portal.domain.checking.common import Path
from portal.domain.organisations.directory import NAMED, PARTS, TABLES, TWINS
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant


def check_directory(tenant: Tenant) -> Iterator[Finding]:
    """Patterns and fields that name what entries do not say."""
    for table, parts in PARTS.items():
        for name in NAMED.findall(getattr(tenant.who.directory, table)):
            if name not in parts:
                at: Path = ("directory", table)
                yield Finding("tenant.yaml", at, unknown("nom inconnu", name, sorted(parts)))
    for level, form in tenant.forms.items():
        for i, step in enumerate(form.steps):
            for j, field in enumerate(step.fields):
                yield from _taken(tenant, level, field, ("steps", i, "fields", j, "fill", "from"))


def _taken(tenant: Tenant, level: str, field: FormField, at: Path) -> Iterator[Finding]:
    head, _, path = (field.fill.origin if field.fill else "").partition(".")
    source = tenant.field(level, head)
    if source is None or source.among or source.kind not in TABLES or not path:
        return
    part = path.partition(".")[0]
    if TWINS.get(part, part) not in PARTS[TABLES[source.kind]]:
        known = sorted(PARTS[TABLES[source.kind]])
        yield Finding(f"forms/{level}.yaml", at, unknown(f"partie inconnue de « {head} »", part, known))
