"""Everything that can be wrong in a region's folder beyond its shape. The loader is handed `check`."""

from collections.abc import Iterator

from portal.domain import language
from portal.domain.catalogue.checking import check_public
from portal.domain.deliveries.validators import flow_findings
from portal.tenancy.faults import Finding
from portal.tenancy.tenant import Tenant


def check(tenant: Tenant) -> Iterator[Finding]:
    """Every word of a folder that means nothing, or that promises what cannot be kept."""
    findings = list(language.check(tenant))
    yield from findings
    if not findings:  # pages and flows are read through conditions, which are known to be sound by then
        yield from check_public(tenant)
        yield from flow_findings(tenant)
