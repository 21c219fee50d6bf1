"""A live sheet opened for a page: above it the tree is there; below it, it is read when something first looks there."""

import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, fields

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import Node, Together, load_node, load_nodes_by_ids
from portal.tenancy.tenant import Tenant

Keep = Callable[[Node, list[uuid.UUID]], Collection[uuid.UUID]]


@dataclass(eq=False)
class OpenedNode(Node):
    """A sheet whose page pays for what is below it only where a condition, a rule or a pattern speaks of it."""

    read_below: Callable[[Node], list[Node]] | None = None

    @property  # type: ignore[misc]
    def children(self) -> list[Node]:
        """What is right below, with what is under it."""
        if self.read_below is not None:
            read, self.read_below = self.read_below, None
            self._children = read(self)
        return self._children

    @children.setter
    def children(self, nodes: list[Node]) -> None:
        self._children = nodes

    def held(self) -> Iterator[Node]:
        """This node alone as long as nothing has looked below it."""
        return iter((self,)) if self.read_below is not None else self.down()


def open_node(session: Session, tenant: Tenant, sheet: Sheet, keep: Keep | None = None) -> Node:
    """The tree around one live sheet. Three queries; three more, whatever is below, when something looks there.

    `keep` says which of the sheets below it are held, with what is under those; all of them by default.
    """
    node = load_node(session, sheet, below=False)
    return _opened(node, lambda top: _below(session, top, keep)) if tenant.children(sheet.level) else node


def open_nodes(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, Node]:
    """Some live sheets opened together: what is below them is read for all of them when something looks below one."""
    whole: dict[uuid.UUID, Node] = {}

    def below(top: Node) -> list[Node]:
        if not whole:
            whole.update(load_nodes_by_ids(session, ids))
        return _under(top, whole[top.id].children)

    nodes = load_nodes_by_ids(session, ids, below=False)
    return {one: _opened(nodes[one], below) for one in ids}


def _opened(node: Node, read_below: Callable[[Node], list[Node]]) -> OpenedNode:
    known = {field.name: getattr(node, field.name) for field in fields(Node)}
    opened = OpenedNode(**known, read_below=read_below)
    if node.parent is not None:
        beside = node.parent.children
        beside[beside.index(node)] = opened
    return opened


def _below(session: Session, top: Node, keep: Keep | None) -> list[Node]:
    children = _under(top, load_nodes_by_ids(session, [top.id])[top.id].children)
    return children if keep is None else _kept(top, children, keep)


def _under(top: Node, children: list[Node]) -> list[Node]:
    for child in children:
        child.parent = top
    return children


def _kept(top: Node, children: list[Node], keep: Keep) -> list[Node]:
    every = [node for child in children for node in child.down()]
    known = keep(top, [node.id for node in every])
    for node in every:
        node.children = [child for child in node.children if child.id in known]
    return [child for child in children if child.id in known]


def children_below(session: Session, top: Node, level: str) -> list[Node]:
    """The live sheets of a level right under a node, by themselves: their values, without their states. One query."""
    own = select(Sheet).where(Sheet.parent_id == top.id, Sheet.level == level, Sheet.deleted_at.is_(None))
    rows = session.scalars(own.options(lazyload(Sheet.states)).order_by(Sheet.id)).all()
    together = Together(session, {level: [sheet.id for sheet in rows]})
    return [bare(sheet, top, together) for sheet in rows]


def bare(sheet: Sheet, parent: Node, together: Together | None = None) -> Node:
    """A live sheet by itself, with the ancestor it was found under."""
    return Node(
        sheet.id, sheet.level, sheet.code, sheet.reference, sheet.title, sheet.programme, parent.organisation,
        dict(sheet.data), dict(sheet.raw), parent=parent, created_at=sheet.created_at, directory=parent.directory,
        together=together,
    )  # fmt: skip
