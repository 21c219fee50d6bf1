"""A change request: the values proposed beside those in force, or beside those it found once it has been answered."""

import uuid
from collections.abc import Mapping
from typing import Any

from portal.domain.entry.requests import overlay, proposals_of
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import Node, load_node
from portal.web.validator.differences import Comparison, comparison
from portal.web.validator.opened import Opened

Proposals = Mapping[uuid.UUID, Mapping[str, Any]]


def is_request(opened: Opened) -> bool:
    """Whether the sheet is a change request."""
    return opened.level.amends is not None


def answered(opened: Opened) -> bool:
    """Whether the request has had its answer."""
    return any(
        (state := axis.states.get(opened.states.get(axis_id, ""))) is not None and state.closed
        for axis_id, axis in opened.tenant.axes_of(opened.sheet.level).items()
    )


def sent(opened: Opened) -> bool:
    """Whether the request has left the hands of those who write it: its values are then to be read."""
    axes = opened.tenant.axes_of(opened.sheet.level).items()
    return not any(
        (state := axis.states.get(opened.states.get(axis_id, ""))) is not None and state.edit for axis_id, axis in axes
    )


def proposed_changes(opened: Opened, *, whole: bool) -> Comparison | None:
    """What the request would change; None when its parent is gone."""
    parent = opened.session.get(Sheet, opened.sheet.parent_id)
    if parent is None:
        return None
    proposals = proposals_of(opened.sheet)
    before, after = _tree(opened, parent), _tree(opened, parent)
    if answered(opened):
        overlay(before, {i: {"values": p["base"], "raw": {}} for i, p in proposals.items()})
    overlay(after, proposals)
    for tree in (before, after):
        _keep(tree, set(proposals))
    return comparison(opened.view_of(before), opened.view_of(after), whole=whole)


def _tree(opened: Opened, parent: Sheet) -> Node:
    return load_node(opened.session, parent)


def _keep(tree: Node, wanted: set[uuid.UUID]) -> None:
    """Leave out the branches that lead to no sheet the request changes: sessions repeat values of their action."""
    for node in tree.down():
        node.children = [c for c in node.children if any(n.id in wanted for n in c.down())]


def overtaken(opened: Opened) -> list[str]:
    """The values that changed since they were proposed otherwise, in words: they prevent acceptance."""
    if answered(opened):
        return []
    found = []
    for sheet_id, proposal in proposals_of(opened.sheet).items():
        target = opened.session.get(Sheet, sheet_id)
        for name, was in proposal["base"].items() if target else ():
            assert target is not None
            now = target.data.get(name)
            if now != was and now != proposal["values"].get(name):
                definition = opened.tenant.field(target.level, name)
                found.append(f"{target.title} : {definition.words if definition else name}")
    return found
