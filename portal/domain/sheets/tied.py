"""The sheets that links tie to a sheet, under the names that the region's words give them (`tenancy/ties.py`).

They are read as they stand now: a version that was sent keeps no link, and finds none.
"""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.sheets.models import Sheet, SheetLink
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.opening import open_nodes
from portal.tenancy.ties import Tie, ties_of

if TYPE_CHECKING:
    from portal.domain.sheets.view import View


def tied_views(view: "View", name: str) -> list["View"] | None:
    """What a name gives on a sheet, as that sheet's view sees them; None for a name that no link gives."""
    tie = ties_of(view.tenant, view.node.level).get(name)
    return None if tie is None else [view.of(node) for node in tied(view.node, tie)]


def tied_words(view: "View", name: str, rest: str) -> str:
    """What the sheets that a name gives say of something, in French words, each words once."""
    said = [one.show(rest) for one in tied_views(view, name) or ()] if rest else []
    return ", ".join(dict.fromkeys(words for words in said if words))


def tied(node: Node, tie: Tie) -> list[Node]:
    """The sheets a name gives, by title, each once. Four queries for all the sheets loaded with this one."""
    if node.together is None:
        return []
    batch, key = node.together, ("tied", tie.link, node.level)
    if key not in batch.kept:
        batch.kept[key] = _read(batch.session, tie, batch.ids[node.level])
    ends: list[Node] = batch.kept[key].get(node.id, [])
    found = {above.id: above for end in ends if (above := end.ancestor(tie.level)) is not None}
    return sorted(found.values(), key=lambda n: (n.title, n.code, n.id))


def _read(session: Session, tie: Tie, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Node]]:
    here, there = (SheetLink.from_id, SheetLink.to_id)
    if not tie.outward:
        here, there = there, here
    query = select(here, there).join(Sheet, Sheet.id == there)
    pairs = session.execute(query.where(SheetLink.link == tie.link, here.in_(ids), Sheet.deleted_at.is_(None))).all()
    nodes = open_nodes(session, list({other for _, other in pairs})) if pairs else {}
    found: dict[uuid.UUID, list[Node]] = {}
    for one, other in pairs:
        found.setdefault(one, []).append(nodes[other])
    return found
