"""What can be wrong in a region's folder beyond its shape: words that mean nothing, promises nobody can keep.

The loader knows the shape of a folder; this room knows the sense of it. The loader is handed `check`.
"""

from collections.abc import Iterator

from portal.domain.catalogue.checking import check_public
from portal.domain.checking.cycles import check_cycles
from portal.domain.checking.desk import check_desk
from portal.domain.checking.directory import check_directory
from portal.domain.checking.flows import check_flows
from portal.domain.checking.forms import check_form
from portal.domain.checking.imports import check_imports
from portal.domain.checking.levels import check_levels
from portal.domain.checking.messages import check_messages
from portal.domain.checking.patterns import check_patterns
from portal.domain.checking.trees import check_trees
from portal.domain.checking.workflow import check_overrides, check_workflow
from portal.domain.deliveries.validators import flow_findings
from portal.domain.lheo.needs import lheo_findings
from portal.tenancy.doubles import double_findings
from portal.tenancy.faults import Finding
from portal.tenancy.tenant import Tenant
from portal.tenancy.whole import whole_findings


def check(tenant: Tenant) -> Iterator[Finding]:
    """Every word of a folder that means nothing, or that promises what cannot be kept."""
    findings = [*double_findings(tenant), *whole_findings(tenant)]
    findings += [finding for name in tenant.forms for finding in check_form(tenant, name)]
    if loops := [*check_cycles(tenant)]:  # what goes round cannot be read any further
        yield from [*findings, *loops]
        return
    parts = (check_levels, check_directory, check_workflow, check_overrides, check_desk, check_trees, check_flows)
    for part in (*parts, check_imports, check_patterns, check_messages):
        findings += part(tenant)
    yield from findings
    if not findings:  # pages and flows are read through conditions, which are known to be sound by then
        yield from check_public(tenant)
        yield from flow_findings(tenant)
        yield from lheo_findings(tenant)
