"""…/arborescences/<tree>: a hierarchy of the region as a tree that folds; also as a tab, from a sheet down.

Folding is the browser's own; the two links that fold and unfold everything draw the tree again.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, g, render_template, request, url_for
from sqlalchemy import func

from portal.domain.desk.among import Among
from portal.domain.moves.perform import local_day
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import Node, load_nodes_by_ids
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.schema import Tab, Tree
from portal.web.access import member
from portal.web.answers import answer
from portal.web.org.blueprint import blueprint
from portal.web.org.heads import Badge, badges_of, sheet_href
from portal.web.org.opened import Opened
from portal.web.org.tabs import shows
from portal.web.paging import Pages, here, page_wanted

SIZE = 20  # trees a page
UNFOLDED = "toutes"  # `?branches=toutes`


@dataclass(frozen=True)
class Branch:
    """One sheet of the tree and what is below it; `level` is empty where the title says it already."""

    id: uuid.UUID
    level: str
    title: str
    href: str
    badges: list[Badge]
    children: list["Branch"]


@blueprint.get("/arborescences/<tree_id>")
@member()
def show_tree(tree_id: str) -> Response:
    """The tree of all this person may see, twenty sheets of its first level a page; under htmx the tree alone."""
    tree = g.tenant.desk.trees.get(tree_id)
    if tree is None or (tree.roles and not g.actor.roles & set(tree.roles)):
        abort(404)
    today = local_day(g.tenant, datetime.now(UTC))
    among, number, session = Among(db.session(), g.tenant, g.actor, tree.levels[0], today), page_wanted(), db.session()
    total = session.scalar(among.query(func.count())) or 0
    ordered = among.query(Sheet.id).order_by(Sheet.code, Sheet.id)
    ids = list(session.scalars(ordered.limit(SIZE).offset((number - 1) * SIZE)))
    nodes = load_nodes_by_ids(session, ids)
    tops = (View(g.tenant, nodes[i], today) for i in ids if i in nodes)
    context = _context(tree, [_branch(tree, top) for top in tops], "#arborescence") | {
        "pages": Pages(number, SIZE, total),
        "breadcrumbs": [("Accueil", url_for("org.home")), (tree.label, None)],
    }
    return answer("org/trees/page.html", "org/trees/_tree.html", **context)


@shows("tree")
def tree_tab(opened: Opened, tab: Tab) -> str:
    """The branch of a tree that begins at a sheet."""
    tree = opened.tenant.desk.trees.get(tab.tree or "")
    if tree is None:
        return ""
    return render_template("org/trees/_tree.html", **_context(tree, [_branch(tree, opened.view)], "#sheet-tab"))


def _context(tree: Tree, branches: Sequence[Branch], target: str) -> dict[str, Any]:
    return {
        "tree": tree,
        "branches": branches,
        "unfolded": request.args.get("branches") == UNFOLDED,
        "target": target,
        "unfold": here(branches=UNFOLDED),
        "fold": here(branches=None),
        "pages": Pages(1, SIZE, 0),
    }


def _branch(tree: Tree, view: View) -> Branch:
    node, label = view.node, view.tenant.level(view.node.level).label
    title = node.title or node.code
    return Branch(
        node.id, "" if title.startswith(label) else label, title, sheet_href(node.id), badges_of(view),
        [_branch(tree, view.of(child)) for child in _below(tree, node)],
    )  # fmt: skip


def _below(tree: Tree, node: Node) -> Iterator[Node]:
    """What is right below a sheet in the tree, in the order of the codes: numbers as numbers."""
    children = (child for child in node.children if child.level in tree.levels)
    yield from sorted(children, key=lambda child: (len(child.code), child.code))
