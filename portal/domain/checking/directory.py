"""The directory: what its entries are called."""

from collections.abc import Iterator

from portal.domain.checking.common import Path
from portal.domain.organisations.directory import NAMED, PARTS
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.tenant import Tenant


def check_directory(tenant: Tenant) -> Iterator[Finding]:
    """Patterns that name what entries do not say."""
    for table, parts in PARTS.items():
        for name in NAMED.findall(getattr(tenant.who.directory, table)):
            if name not in parts:
                at: Path = ("directory", table)
                yield Finding("tenant.yaml", at, unknown("nom inconnu", name, sorted(parts)))
