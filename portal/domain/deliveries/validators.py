"""What flows.yaml says of deliveries that names and conditions alone do not show. The loader's check calls it."""

from collections.abc import Iterator

from portal.domain.deliveries.delays import is_delay
from portal.domain.deliveries.payload import FORMATS
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.tenant import Tenant

FILE = "flows.yaml"
RECEIPT = "receipt."


def flow_findings(tenant: Tenant) -> Iterator[Finding]:
    """Unknown formats, delays that are none, codes written from nowhere, relays without an origin."""
    for name, target in tenant.flows.targets.items():
        if target.format not in FORMATS:
            yield Finding(FILE, ("targets", name, "format"), unknown("format inconnu", target.format, FORMATS))
        for key, source in target.writes.items():
            if not source.startswith(RECEIPT) or source == RECEIPT:
                message = f"« {source} » : un code vient de l'accusé, par exemple « receipt.id »"
                yield Finding(FILE, ("targets", name, "writes", key), message)
    for i, flow in enumerate(tenant.flows.flows):
        for key, written in (("plus", flow.plus), ("expect", flow.expect)):
            if written is not None and not is_delay(written):
                message = f"« {written} » n'est pas un délai : écrivez 30m, 48h, 3d ou 2wd (jours ouvrés)"
                yield Finding(FILE, ("flows", i, key), message)
        if flow.per is not None and flow.per not in tenant.who.levels:
            yield Finding(FILE, ("flows", i, "per"), unknown("niveau inconnu", flow.per, tenant.who.levels))
        if flow.via is not None and not flow.on and flow.via not in _started(tenant):
            message = f"« {flow.via} » n'envoie rien de lui-même : dites le déclencheur (on)"
            yield Finding(FILE, ("flows", i, "via"), message)


def _started(tenant: Tenant) -> set[str]:
    """The targets that a move reaches, by themselves or through others."""
    found = {flow.target for flow in tenant.flows.flows if flow.on}
    while True:
        more = {flow.target for flow in tenant.flows.flows if flow.via in found} - found
        if not more:
            return found
        found |= more
