"""What flows.yaml says of deliveries that names and conditions alone do not show. The loader's check calls it."""

from collections.abc import Iterator

from portal.domain.deliveries.delays import is_delay, is_time
from portal.domain.deliveries.payload import FORMATS
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema import Flow
from portal.tenancy.schema.flows import Target
from portal.tenancy.tenant import Tenant

FILE = "flows.yaml"
RECEIPT = "receipt."


def flow_findings(tenant: Tenant) -> Iterator[Finding]:
    """Unknown formats, delays that are none, codes written from nowhere, relays without an origin."""
    for name, target in tenant.flows.targets.items():
        yield from _target(tenant, name, target)
    for i, flow in enumerate(tenant.flows.flows):
        yield from _flow(tenant, i, flow)


def _target(tenant: Tenant, name: str, target: Target) -> Iterator[Finding]:
    at = ("targets", name)
    if target.format not in FORMATS:
        yield Finding(FILE, (*at, "format"), unknown("format inconnu", target.format, FORMATS))
    if target.outlet == "mail" and not target.mail:
        yield Finding(FILE, (*at, "outlet"), "un envoi par courriel dit à quelle adresse : « mail »")
    for key, source in target.writes.items():
        if not source.startswith(RECEIPT) or source == RECEIPT:
            message = f"« {source} » : un code vient de l'accusé, par exemple « receipt.id »"
            yield Finding(FILE, (*at, "writes", key), message)
    for i, written in enumerate(target.batch.at if target.batch else []):
        if not is_time(written):
            yield Finding(FILE, (*at, "batch", "at", i), f"« {written} » n'est pas une heure : écrivez 08:00 ou 21:00")
    for code, known in target.refusals.items():
        level, _, field = (known.field or "").partition(".")
        if known.field and (level not in tenant.who.levels or tenant.field(level, field) is None):
            fields = [f"{lv}.{f}" for lv in tenant.forms for f in tenant.fields(lv)]
            yield Finding(FILE, (*at, "refusals", code, "field"), unknown("champ inconnu", known.field, fields))


def _flow(tenant: Tenant, i: int, flow: Flow) -> Iterator[Finding]:
    for key, written in (("plus", flow.plus), ("expect", flow.expect)):
        if written is not None and not is_delay(written):
            message = f"« {written} » n'est pas un délai : écrivez 30m, 48h, 3d ou 2wd (jours ouvrés)"
            yield Finding(FILE, ("flows", i, key), message)
    if flow.per is not None and flow.per not in tenant.who.levels:
        yield Finding(FILE, ("flows", i, "per"), unknown("niveau inconnu", flow.per, tenant.who.levels))
    if flow.via is not None and flow.after is not None:
        message = "un flux est relayé (via) ou part de lui-même après un accusé (after), pas les deux"
        yield Finding(FILE, ("flows", i, "after"), message)
        return
    for key, carrier in (("via", flow.via), ("after", flow.after)):
        if carrier is not None and not flow.on and carrier not in _started(tenant):
            message = f"« {carrier} » n'envoie rien de lui-même : dites le déclencheur (on)"
            yield Finding(FILE, ("flows", i, key), message)
    if flow.after == flow.target:
        yield Finding(FILE, ("flows", i, "after"), "un destinataire n'attend pas son propre accusé")


def _started(tenant: Tenant) -> set[str]:
    """The targets that a move reaches, by themselves or through others."""
    found = {flow.target for flow in tenant.flows.flows if flow.on}
    while True:
        more = {flow.target for flow in tenant.flows.flows if {flow.via, flow.after} & found} - found
        if not more:
            return found
        found |= more
