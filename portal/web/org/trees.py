"""…/arborescences/<tree>: a hierarchy of the region as a tree that folds; also as a tab, from a sheet down.

What is open is in the address: `?ouvert=<id>` once per branch (again for each slice of a long one), or
`?branches=toutes` with `?plie=<id>` for those folded again. Each link of the tree leads to the page it makes, and swaps
the tree alone under htmx: nothing of a branch is read before it is opened.
"""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, g, render_template, request, url_for
from sqlalchemy import func

from portal.domain.desk.among import Among
from portal.domain.desk.branches import MOST, SLICE, Branch, Top, Unfolding, grow, trees_for
from portal.domain.moves.perform import local_day
from portal.domain.sheets.models import Sheet
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
KEPT = 40  # branches an address holds open, the last ones: longer addresses are refused on their way


@dataclass(frozen=True)
class Line:
    """One line of the tree, with what is shown below it; `level` is empty where the title says it already.

    `toggle` opens or folds what is below, None where there is nothing; `more` shows the following ones, `left` in all.
    """

    id: uuid.UUID
    level: str
    title: str
    href: str
    badges: list[Badge]
    total: int
    toggle: str | None
    lines: list["Line"]
    more: str | None
    left: int


@blueprint.get("/arborescences/<tree_id>")
@member()
def show_tree(tree_id: str) -> Response:
    """The tree of all this person may see, twenty sheets of its first level a page; under htmx the tree alone."""
    tree = trees_for(g.tenant, g.actor).get(tree_id)
    if tree is None:
        abort(404)
    level, session, number = tree.levels[0], db.session(), page_wanted()
    among = Among(session, g.tenant, g.actor, level, local_day(g.tenant, datetime.now(UTC)))
    total = session.scalar(among.query(func.count())) or 0
    ordered = among.query(Sheet.id).order_by(Sheet.code, Sheet.id)
    ids = session.scalars(ordered.limit(SIZE).offset((number - 1) * SIZE))
    context = _context(tree, [(i, level) for i in ids], "#arborescence") | {
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
    return render_template(
        "org/trees/_tree.html", **_context(tree, [(opened.sheet.id, opened.sheet.level)], "#sheet-tab")
    )


def _context(tree: Tree, tops: Iterable[Top], target: str) -> dict[str, Any]:
    asked = _asked()
    today = local_day(g.tenant, datetime.now(UTC))
    grown = grow(db.session(), g.tenant, g.actor, tree.levels, tops, asked, today)
    return {
        "tree": tree,
        "lines": [_line(branch, asked) for branch in grown.branches],
        "unfolded": asked.every,
        "folded": not asked.every and not asked.opened,
        "most": MOST if grown.cut else None,
        "slice": SLICE,
        "target": target,
        "unfold": _address(Unfolding(every=True)),
        "fold": _address(Unfolding()),
        "pages": Pages(1, SIZE, 0),
    }


def _line(branch: Branch, asked: Unfolding) -> Line:
    node, label = branch.view.node, g.tenant.level(branch.level).label
    title = node.title or node.code
    return Line(
        branch.id, "" if title.startswith(label) else label, title, sheet_href(branch.id), badges_of(branch.view),
        branch.total, _toggle(branch, asked) if branch.total else None,
        [_line(child, asked) for child in branch.children], _more(branch, asked) if branch.left else None, branch.left,
    )  # fmt: skip


# — what is open, in the address ————————————————————————————————————————————————————————————————————————————————————


def _asked() -> Unfolding:
    every = request.args.get("branches") == UNFOLDED
    return Unfolding(Counter(_ids("ouvert")), every, _ids("plie") if every else ())


def _ids(name: str) -> list[uuid.UUID]:
    """The ids an address gives under a name; what is none is passed over."""
    found = []
    for written in request.args.getlist(name):
        try:
            found.append(uuid.UUID(written))
        except ValueError:
            continue
    return found[-KEPT:]


def _toggle(branch: Branch, asked: Unfolding) -> str:
    """The address where a branch is open, when it is folded; folded, when it is open."""
    folded = [i for i in asked.folded if i != branch.id]
    if branch.children:
        return _address(Unfolding(_opened(asked, branch, 0), asked.every, [*folded, branch.id]))
    return _address(Unfolding(_opened(asked, branch, 1), asked.every, folded))


def _more(branch: Branch, asked: Unfolding) -> str | None:
    """The address where one more slice of a branch is shown; None where no address is long enough to say it."""
    slices = -(-len(branch.children) // SLICE) + 1
    return _address(Unfolding(_opened(asked, branch, slices), asked.every, asked.folded)) if slices <= KEPT else None


def _opened(asked: Unfolding, branch: Branch, slices: int) -> dict[uuid.UUID, int]:
    """What is open once so many slices of a branch are, the last opened last."""
    others = {i: n for i, n in asked.opened.items() if i != branch.id}
    return {**others, branch.id: slices} if slices else others


def _address(asked: Unfolding) -> str:
    """The address of this page with other branches open."""
    base = here(branches=UNFOLDED if asked.every else None, ouvert=None, plie=None, page=page_wanted())
    opened = [("ouvert", str(i)) for i, times in asked.opened.items() for _ in range(times)][-KEPT:]
    folded = [("plie", str(i)) for i in asked.folded if asked.every][-KEPT:]
    words = urlencode([*opened, *folded])
    return base + ("&" if "?" in base else "?") + words if words else base
