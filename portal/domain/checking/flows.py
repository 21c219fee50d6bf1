"""The expressions and fields of flows.yaml and public.yaml."""

from collections.abc import Iterator

from portal.domain.checking.common import Path, check_expression, check_rule
from portal.domain.language import condition
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.tenant import Tenant
from portal.tenancy.ties import says_a_tie


def _kept(tenant: Tenant, level: str, source: str | None, file: str, at: Path) -> Iterator[Finding]:
    """An expression read on versions that were sent: sound, and saying nothing of links, which they do not keep."""
    faults = list(check_expression(tenant, level, source, file, at))
    yield from faults
    if source is None or faults:
        return
    for name in sorted(condition(tenant, level, source).names):
        if says_a_tie(tenant, level, name):
            yield Finding(file, at, f"« {name} » passe par un lien : une version envoyée n'en garde pas")


def check_flows(tenant: Tenant) -> Iterator[Finding]:
    """The expressions of flows and of the public page, and the fields that codes come back to."""
    session = tenant.session_level
    for i, flow in enumerate(tenant.flows.flows):
        level = flow.per or session
        if level is None:
            continue
        yield from _kept(tenant, level, flow.when, "flows.yaml", ("flows", i, "when"))
        yield from _kept(tenant, level, flow.unless, "flows.yaml", ("flows", i, "unless"))
        for r, rule in enumerate(flow.ready):
            yield from check_rule(tenant, level, rule, "flows.yaml", ("flows", i, "ready", r))
    for name, target in tenant.flows.targets.items():
        for key in target.writes:
            level, _, field_id = key.partition(".")
            if level not in tenant.who.levels or tenant.field(level, field_id) is None:
                known = [f"{lv}.{f}" for lv in tenant.forms for f in tenant.fields(lv)]
                yield Finding("flows.yaml", ("targets", name, "writes", key), unknown("champ inconnu", key, known))
    if tenant.public:
        yield from _kept(tenant, tenant.public.level, tenant.public.visible, "public.yaml", ("visible",))
        yield from _kept(tenant, tenant.public.level, tenant.public.cancelled_when, "public.yaml", ("cancelled_when",))
        for s, section in enumerate(tenant.public.sections):
            yield from _kept(tenant, tenant.public.level, section.when, "public.yaml", ("sections", s, "when"))
            level = section.each if section.each in tenant.who.levels else tenant.public.level
            for n, item in enumerate(section.items):
                at: Path = ("sections", s, "items", n, "when")
                yield from _kept(tenant, level, item.when, "public.yaml", at)
