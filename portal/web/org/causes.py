"""Why a delivery is held or refused, and where it is mended; what to write to those who help."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from portal.domain.deliveries.actions.hold import held_targets
from portal.domain.deliveries.actions.readiness import unready
from portal.domain.deliveries.models import DeliveryAttempt
from portal.domain.deliveries.payload import is_checked
from portal.domain.deliveries.queries import Hop
from portal.domain.deliveries.refusals import Meaning
from portal.domain.entry.completeness import blocking
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.view import View
from portal.web.org.opened import Opened
from portal.web.org.remedies import problem_href
from portal.web.templating import moment

MENDED = "La fiche est complète depuis : l’envoi repartira avec la prochaine version transmise."
TROUBLED = ("held", "rejected", "failed")


@dataclass(frozen=True)
class Remedy:
    """A link to what is to be corrected."""

    href: str
    label: str


@dataclass(frozen=True)
class Cause:
    """What the person may do about a delivery: links, and a word when it is already done."""

    remedies: list[Remedy]
    note: str = ""


def cause_of(opened: Opened, node: Node, hop: Hop, meaning: Meaning | None) -> Cause:
    """Where a delivery held or refused is mended, on the sheet as it is now."""
    view = opened.view.of(node)
    if hop.delivery.state == "rejected":
        found = remedy_of(view, meaning.field) if meaning and meaning.field else None
        return Cause([found] if found else [])
    if hop.delivery.state != "held":
        return Cause([])
    flows = (flow for flow in opened.tenant.flows.flows if flow.target == hop.target)
    flow = next((flow for flow in flows if flow.ready or is_checked(opened.tenant, flow)), None)
    problems = blocking(unready(opened.session, view, flow)) if flow is not None else []
    told = {problem_href(p): p.label for p in problems if p.field or p.below}
    because = hop.delivery.held_because
    ours = because not in (None, "", held_targets(opened.session).get(hop.target))  # not the target that is held
    mended = flow is not None and not problems and ours
    return Cause([Remedy(href, label) for href, label in told.items()], MENDED if mended else "")


def remedy_of(view: View, named: str) -> Remedy | None:
    """The step that asks `level.field`, on the sheet or on one above it; None when nobody types it."""
    level, _, name = named.partition(".")
    holder = view.node.ancestor(level) if level in view.tenant.who.levels else None
    field, step = view.tenant.field(level, name), view.tenant.step_of(level, name)
    if holder is None or field is None or step is None:
        return None
    href = url_for("org.show_step", sheet_id=holder.id, step_id=step.id)
    return Remedy(f"{href}#field-{name}", field.words)


def support_text(opened: Opened, node: Node, hop: Hop, why: str | None, last: DeliveryAttempt | None) -> str:
    """What those who help ask for: the numbers of the sheet and of those above, the target, the last try, the cause."""
    view = opened.view.of(node)
    lines = [_named(opened, above) for above in reversed(list(view.node.up()))]
    lines += [f"Destinataire : {hop.label}", f"Envoi : {hop.words} (n° {hop.delivery.id})"]
    lines.append(f"Décidé le : {moment(hop.delivery.created_at)}")
    if last is not None:
        lines.append(f"Dernier essai : {moment(last.started_at)}{_status(last)}")
    if hop.delivery.expected_by is not None:
        lines.append(f"Attendu avant le : {moment(hop.delivery.expected_by)}")
    return "\n".join([*lines, *([f"Cause : {why}"] if why else [])])


def _named(opened: Opened, node: Node) -> str:
    number = node.reference or node.code
    return f"{opened.tenant.level(node.level).label} : {number} – {node.title}" if number else node.title


def _status(last: DeliveryAttempt) -> str:
    return f" (réponse {last.http_status})" if last.http_status else ""


def is_troubled(hop: Hop, now: datetime) -> bool:
    """Whether somebody may want to write to those who help."""
    row = hop.delivery
    late = row.state in ("due", "sending", "sent") and row.attempts > 0
    overdue = row.expected_by is not None and row.expected_by < now and row.state != "acknowledged"
    return row.state in TROUBLED or late or overdue
