"""Telling people that a delivery did not go through, in the words of mails.yaml."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.deliveries import wording
from portal.domain.deliveries.models import Delivery
from portal.domain.deliveries.payload import local_day
from portal.domain.mails.actions import write_mails
from portal.domain.people import SYSTEM
from portal.domain.sheets.models import Revision
from portal.domain.sheets.nodes import nodes_of
from portal.domain.sheets.view import View
from portal.tenancy.tenant import Tenant

# A region that says nothing of refusals tells them as failures.
EVENTS = {"rejected": ("delivery.rejected", "delivery.failed"), "failed": ("delivery.failed",)}


def alert(session: Session, tenant: Tenant, row: Delivery, *, at: datetime) -> None:
    """Write the messages declared for what became of a delivery; nothing for what went well."""
    declared = {template.on for template in tenant.mails.mails.values()}
    event = next((name for name in EVENTS.get(row.state, ()) if name in declared), None)
    revision = session.get(Revision, row.revision_id) if event and row.revision_id else None
    node = nodes_of(revision.snapshot).get(row.sheet_id) if revision else None
    if event is None or node is None:
        return
    words = {"target": wording.label_of(tenant, row.target), "problem": row.problem or ""}
    view, cause = View(tenant, node, local_day(tenant, at)), f"{row.id}:{row.attempts}"
    write_mails(session, tenant, view, event, at=at, actor=SYSTEM, reason=row.problem, cause=cause, words=words)
