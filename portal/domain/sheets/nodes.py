"""Sheets as a tree in memory, whether they are live or frozen: the rest of the domain reads both the same way."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, SelectBase, select, union
from sqlalchemy.orm import Session

from portal.domain.organisations.directory import Directory, KeptDirectory, LiveDirectory
from portal.domain.organisations.models import Organisation
from portal.domain.sheets.models import Sheet, SheetState

Snapshot = dict[str, Any]
Facts = Callable[["Node"], dict[str, Any]]
NO_ENTRY = KeptDirectory()
_READ = (
    Sheet.id, Sheet.level, Sheet.parent_id, Sheet.code, Sheet.reference, Sheet.title, Sheet.programme,
    Sheet.organisation_id, Sheet.data, Sheet.raw, Sheet.created_at,
)  # fmt: skip
"""What a node takes of a row: the columns alone, since nothing is changed through them."""


@dataclass(frozen=True)
class OrganisationCard:
    """What a sheet says of the organisation that holds it."""

    id: uuid.UUID
    siret: str
    name: str


@dataclass(eq=False)
class Together:
    """Live sheets loaded at once, level by level: `kept` holds what is then read for all of them."""

    session: Session
    ids: dict[str, list[uuid.UUID]] = field(default_factory=dict)
    kept: dict[Any, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Node:
    """One sheet with its relatives. `raw` holds what was typed and is not valid; a frozen sheet has none.

    `facts` are what a frozen sheet took from reference tables (`certified.py`); a live one reads them there.
    `directory` is shared by the sheets loaded together: what their fields may choose, or had chosen. So is `together`,
    which a frozen sheet has not.
    """

    id: uuid.UUID
    level: str
    code: str = ""
    reference: str | None = None
    title: str = ""
    programme: str | None = None
    organisation: OrganisationCard | None = None
    data: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, Any] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    since: dict[str, datetime] = field(default_factory=dict)
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    created_at: datetime | None = None
    facts: dict[str, Any] | None = None
    directory: Directory = field(default=NO_ENTRY)
    together: Together | None = None

    def up(self) -> Iterator["Node"]:
        """This node, then its ancestors."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    def down(self) -> Iterator["Node"]:
        """This node, then everything below it, in order."""
        yield self
        for child in self.children:
            yield from child.down()

    def ancestor(self, level: str) -> "Node | None":
        """This node or the ancestor at a level."""
        return next((n for n in self.up() if n.level == level), None)

    def at_level(self, level: str) -> list["Node"]:
        """The nodes below at a level."""
        return [n for n in self.down() if n.level == level and n is not self]

    def held(self) -> Iterator["Node"]:
        """This node, then what is below it and has been read."""
        return self.down()


def load_nodes(session: Session, sheets: list[Sheet], *, below: bool = True) -> dict[uuid.UUID, Node]:
    """The trees around live sheets: their ancestors, and what is below them. Three queries, whatever the number of
    sheets.
    """
    return load_nodes_by_ids(session, [s.id for s in sheets], below=below)


def load_nodes_by_ids(session: Session, ids: list[uuid.UUID], *, below: bool = True) -> dict[uuid.UUID, Node]:
    """The same, from the ids alone."""
    rows = _lineage(session, ids, below=below)
    organisations = _cards(session, rows)
    directory = LiveDirectory(session, set(organisations), [s.data for s in rows])
    states = _standing(session, rows)
    nodes = {s.id: _live(s, states.get(s.id, ()), organisations, directory) for s in rows}
    together = Together(session)
    for sheet in sorted(rows, key=lambda s: s.id):
        nodes[sheet.id].together = together
        together.ids.setdefault(sheet.level, []).append(sheet.id)
        node, parent = nodes[sheet.id], nodes.get(sheet.parent_id) if sheet.parent_id else None
        if parent is not None:
            node.parent = parent
            parent.children.append(node)
    return nodes


def load_node(session: Session, sheet: Sheet, *, below: bool = True) -> Node:
    """The tree around one live sheet."""
    return load_nodes(session, [sheet], below=below)[sheet.id]


def _lineage(session: Session, ids: list[uuid.UUID], *, below: bool) -> list[Row[Any]]:
    up = select(Sheet.id, Sheet.parent_id).where(Sheet.id.in_(ids)).cte("up", recursive=True)
    up = up.union(select(Sheet.id, Sheet.parent_id).join(up, Sheet.id == up.c.parent_id))
    wanted: SelectBase = select(up.c.id)
    if below:
        down = select(Sheet.id).where(Sheet.id.in_(ids)).cte("down", recursive=True)
        down = down.union(select(Sheet.id).join(down, Sheet.parent_id == down.c.id).where(Sheet.deleted_at.is_(None)))
        wanted = union(select(up.c.id), select(down.c.id))
    return list(session.execute(select(*_READ).where(Sheet.id.in_(wanted))))


def _standing(session: Session, rows: Sequence[Row[Any]]) -> dict[uuid.UUID, list[Any]]:
    """Where sheets stand, axis by axis."""
    found: dict[uuid.UUID, list[Any]] = {}
    columns = (SheetState.sheet_id, SheetState.axis, SheetState.state, SheetState.since)
    some = select(*columns).where(SheetState.sheet_id.in_([row.id for row in rows])).order_by(SheetState.axis)
    for state in session.execute(some) if rows else ():
        found.setdefault(state.sheet_id, []).append(state)
    return found


def _cards(session: Session, sheets: Sequence[Row[Any]]) -> dict[uuid.UUID, OrganisationCard]:
    ids = {s.organisation_id for s in sheets if s.organisation_id}
    if not ids:
        return {}
    rows = session.execute(
        select(Organisation.id, Organisation.siret, Organisation.name).where(Organisation.id.in_(ids))
    )
    return {row.id: OrganisationCard(row.id, row.siret, row.name) for row in rows}


def _live(
    sheet: Row[Any],
    states: Iterable[Row[Any]],
    organisations: dict[uuid.UUID, OrganisationCard],
    directory: Directory,
) -> Node:
    return Node(
        id=sheet.id,
        level=sheet.level,
        code=sheet.code,
        reference=sheet.reference,
        title=sheet.title,
        programme=sheet.programme,
        organisation=organisations.get(sheet.organisation_id) if sheet.organisation_id else None,
        data=sheet.data,
        raw=sheet.raw,
        states={s.axis: s.state for s in states},
        since={s.axis: s.since for s in states},
        created_at=sheet.created_at,
        directory=directory,
    )


def _no_facts(node: Node) -> dict[str, Any]:
    return {}


def freeze(node: Node, ancestors: list[str], axis: str, facts: Facts = _no_facts) -> Snapshot:
    """A unit as JSON: the node, everything below it, and the named ancestors (others keep only their name).

    The state on the axis of validation itself is left out: a revision does not hold the fate that awaits it. `facts`
    gives what a node takes from reference tables.
    """
    kept = [n for n in node.up() if n is not node]
    sheets = {str(n.id): _frozen(n, axis, facts, whole=True) for n in node.down()}
    sheets |= {str(n.id): _frozen(n, axis, facts, whole=n.level in ancestors) for n in kept}
    return {"unit": str(node.id), "sheets": sheets, "ancestors": [str(n.id) for n in kept]}


def _frozen(node: Node, axis: str, facts: Facts, *, whole: bool) -> dict[str, Any]:
    card, taken = node.organisation, facts(node) if whole else {}
    return {
        "id": str(node.id),
        "level": node.level,
        "parent": str(node.parent.id) if node.parent else None,
        "code": node.code,
        "reference": node.reference,
        "title": node.title,
        "programme": node.programme,
        "organisation": {"id": str(card.id), "siret": card.siret, "name": card.name} if card else None,
        "data": node.data if whole else {},
        "states": {a: s for a, s in node.states.items() if a != axis} if whole else {},
        **({"facts": taken} if taken else {}),
    }


def nodes_of(snapshot: Snapshot) -> dict[uuid.UUID, Node]:
    """The trees of a frozen unit, by sheet id."""
    directory = KeptDirectory(snapshot.get("directory", {}))
    nodes = {uuid.UUID(key): _thawed(sheet, directory) for key, sheet in snapshot["sheets"].items()}
    for key, sheet in snapshot["sheets"].items():
        parent = nodes.get(uuid.UUID(sheet["parent"])) if sheet["parent"] else None
        if parent is not None:
            node = nodes[uuid.UUID(key)]
            node.parent = parent
            parent.children.append(node)
    for node in nodes.values():
        node.children.sort(key=lambda n: n.id)
    return nodes


def unit_of(snapshot: Snapshot) -> Node:
    """The unit's own node in a snapshot."""
    return nodes_of(snapshot)[uuid.UUID(snapshot["unit"])]


def _thawed(sheet: dict[str, Any], directory: Directory) -> Node:
    card = sheet["organisation"]
    return Node(
        id=uuid.UUID(sheet["id"]),
        level=sheet["level"],
        code=sheet["code"],
        reference=sheet["reference"],
        title=sheet["title"],
        programme=sheet["programme"],
        organisation=OrganisationCard(uuid.UUID(card["id"]), card["siret"], card["name"]) if card else None,
        data=sheet["data"],
        states=sheet["states"],
        facts=sheet.get("facts"),
        directory=directory,
    )
