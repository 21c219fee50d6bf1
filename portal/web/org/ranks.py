"""What stands at the top of a sheet's pages: the region's lines; or its levels, each with its code and a way to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from flask import url_for

from portal.domain.sheets.nodes import Node
from portal.domain.sheets.view import View
from portal.tenancy.tenant import Tenant
from portal.web.org.heads import sheet_href
from portal.web.titles import sheet_title

UNSAVED = "0"  # the code of a sheet that is not created yet
NEW, NOTHING = "Nouvelle fiche", "–"


@dataclass(frozen=True)
class Said:
    """A line, and the words of it that are in bold."""

    text: str
    strong: str = ""


@dataclass(frozen=True)
class Rank:
    """One level: what it is called, what is said of it, where it leads; `href` is None where there is nothing yet."""

    title: str
    lines: list[Said] = field(default_factory=list)
    href: str | None = None
    current: bool = False


@dataclass(frozen=True)
class Landmarks:
    """Where one is: the lines, or the levels under the name that the region gives them."""

    lines: list[Said]
    label: str = ""
    ranks: list[Rank] = field(default_factory=list)


def landmarks(view: View, new: str | None = None) -> Landmarks:
    """Where one is on a sheet's pages, or (`new`, a level) on the page that creates one below it."""
    shown = view.tenant.desk.ranks
    if shown is None or view.node.level not in shown.levels:
        return Landmarks(_every_line(view))
    return Landmarks([], shown.label, [_rank(view, level, new) for level in shown.levels])


def landmarks_of_new(tenant: Tenant, new: str) -> Landmarks:
    """Where one is on the page that creates a sheet under no other."""
    shown = tenant.desk.ranks
    if shown is None or new not in shown.levels:
        return Landmarks([])
    return Landmarks(
        [], shown.label, [_unsaved(tenant, new) if i == new else _nothing(tenant, i) for i in shown.levels]
    )


def _every_line(view: View) -> list[Said]:
    """The lines of the region's headers, for this sheet and those above; lines whose values are empty are left out."""
    found: list[Said] = []
    for node in view.node.up():
        lines, header = _lines(view.of(node)), view.tenant.desk.headers.get(node.level)
        above = [Said(view.of(node).fill(header.title))] if header and header.lines and node is not view.node else []
        found = [*above, *lines, *found]
    return found


def _lines(view: View) -> list[Said]:
    header = view.tenant.desk.headers.get(view.node.level)
    if header is None:
        return []
    strong = view.fill(header.strong) if header.strong else ""
    return [Said(line, strong) for pattern in header.lines if (line := view.fill_line(pattern))]


def _rank(view: View, level: str, new: str | None) -> Rank:
    if level == new:
        return _unsaved(view.tenant, level)
    above = view.node.ancestor(level)
    if above is not None:
        return _of(view, above, current=above is view.node and new is None)
    below = [] if new else list(_below(view.node, level))
    if len(below) == 1:
        return _of(view, below[0])
    known = view.tenant.level(level)
    if not below:
        return _nothing(view.tenant, level)
    words = f"{len(below)} {(known.plural or known.label).lower()}"
    return Rank(words, href=url_for("org.show_list", level_id=level, sous=view.node.id))


def _below(node: Node, level: str) -> Iterator[Node]:
    return (one for one in node.down() if one.level == level)


def _of(view: View, node: Node, *, current: bool = False) -> Rank:
    return Rank(sheet_title(view.of(node)), _lines(view.of(node)), sheet_href(node.id), current)


def _unsaved(tenant: Tenant, level: str) -> Rank:
    return Rank(f"{tenant.level(level).label} {UNSAVED}", [Said(NEW)], current=True)


def _nothing(tenant: Tenant, level: str) -> Rank:
    return Rank(tenant.level(level).label, [Said(NOTHING)])
