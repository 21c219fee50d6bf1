"""Side hierarchies: the sheets that a declared link ties to others, from either end."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet, SheetLink
from portal.domain.sheets.nodes import Node, load_nodes_by_ids
from portal.domain.sheets.queries import visible_sheets
from portal.tenancy.tenant import Tenant


def linked(
    session: Session, tenant: Tenant, actor: Actor, link: str, level: str, ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[Node]]:
    """By sheet, those at the other end of a link that somebody may read, by title; each with what is above it.

    `level` is that of the sheets asked about, one of the two ends of the link. Four queries, whatever their number.
    """
    here, there = (SheetLink.from_id, SheetLink.to_id)
    if tenant.who.links[link].origin != level:
        here, there = there, here
    query = select(here, there).join(Sheet, Sheet.id == there).where(SheetLink.link == link, here.in_(list(ids)))
    readable = visible_sheets(actor, "read").with_only_columns(Sheet.id).where(Sheet.id == there)
    pairs = session.execute(query.where(readable.correlate(SheetLink).exists())).all()
    nodes = load_nodes_by_ids(session, list({other for _, other in pairs}), below=False) if pairs else {}
    found: dict[uuid.UUID, list[Node]] = {}
    for one, other in pairs:
        found.setdefault(one, []).append(nodes[other])
    return {one: sorted(others, key=lambda n: (n.title, n.code, n.id)) for one, others in found.items()}


def other_end(tenant: Tenant, link: str, level: str) -> str:
    """The level at the other end of a link."""
    declared = tenant.who.links[link]
    return declared.to if declared.origin == level else declared.origin
