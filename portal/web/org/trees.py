"""…/arborescences/<tree>: a hierarchy of the region as a tree that folds, and what is looked for in it; also as a tab,
from a sheet down.

Each link of the tree leads to the page it makes, and swaps the tree alone under htmx: nothing of a branch is read
before it is opened, nothing of a ☰ menu either.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import Response, abort, g, render_template, request, url_for
from sqlalchemy import func

from portal.domain.desk.among import Among
from portal.domain.desk.branches import MOST, SLICE, Branch, Top, Unfolding, grow, trees_for
from portal.domain.desk.found import Found, find
from portal.domain.desk.rungs import rungs_of
from portal.domain.moves.perform import local_day
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.schema import Tab, Tree
from portal.web.access import member
from portal.web.answers import answer
from portal.web.org.actions import manageable, menu_href
from portal.web.org.blueprint import blueprint
from portal.web.org.heads import Badge, badges_of, sheet_href, signs_of
from portal.web.org.opened import Opened
from portal.web.org.tabs import shows
from portal.web.org.unfolding import RESERVED, asked_unfolding, continued, everything, longer, nothing, toggled
from portal.web.paging import Pages, page_wanted

SIZE = 20  # trees a page


@dataclass(frozen=True)
class Line:
    """One line of the tree, with what is shown below it; `level` is empty where the title says it already.

    `key` names its place: a sheet tied to several others has several. `toggle` opens or folds what is below, None where
    there is nothing; `more` shows the following ones, `left` in all. `menu` leads to what may be done.
    """

    key: str
    level: str
    title: str
    href: str
    signs: list[Badge]
    badges: list[Badge]
    menu: str | None
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
    found, number = _found(tree), page_wanted()
    level = rungs_of(g.tenant, tree)[0].level
    among = Among(db.session(), g.tenant, g.actor, level, _today()).keep(*found.tests)
    total = db.session.scalar(among.query(func.count())) or 0
    ordered = among.query(Sheet.id).order_by(Sheet.code, Sheet.id)
    ids = db.session.scalars(ordered.limit(SIZE).offset((number - 1) * SIZE))
    context = _context(tree, [(i, level) for i in ids], "#arborescence", found) | {
        "pages": Pages(number, SIZE, total),
        "criteria": _criteria(tree, found),
        "breadcrumbs": [("Accueil", url_for("org.home")), (tree.label, None)],
    }
    return answer("org/trees/page.html", "org/trees/_tree.html", **context)


@shows("tree")
def tree_tab(opened: Opened, tab: Tab) -> str:
    """The branch of a tree that begins at a sheet."""
    tree = opened.tenant.desk.trees.get(tab.tree or "")
    if tree is None:
        return ""
    context = _context(tree, [(opened.sheet.id, opened.sheet.level)], "#sheet-tab", Found())
    return render_template("org/trees/_tree.html", **context)


def _found(tree: Tree) -> Found:
    asked = {name: request.args.getlist(name) for name in request.args if name not in RESERVED}
    return find(db.session(), g.tenant, g.actor, tree, asked, _today())


def _today() -> date:
    return local_day(g.tenant, datetime.now(UTC))


def _criteria(tree: Tree, found: Found) -> dict[str, Any] | None:
    """What templates/org/lists/_criteria.html asks."""
    if tree.search is None:
        return None
    return {
        "label": tree.label, "words": tree.search.words_label if tree.search.words else "", "kept": [],
        "filters": found.filters, "button": tree.search.button, "reset": request.path,
    }  # fmt: skip


def _context(tree: Tree, tops: Iterable[Top], target: str, found: Found) -> dict[str, Any]:
    asked = asked_unfolding(found.open_to)
    grown = grow(db.session(), g.tenant, g.actor, tree, tops, asked, found, _today())
    places: Counter[uuid.UUID] = Counter()
    return {
        "tree": tree,
        "lines": list(_lines(tree, grown.branches, asked, places)),
        "unfolded": asked.every and asked.levels is None,
        "folded": not asked.every and not asked.opened,
        "most": MOST * asked.pages if grown.cut else None,
        "longer": longer(asked) if grown.cut else None,
        "slice": SLICE,
        "target": target,
        "unfold": everything(),
        "fold": nothing(found.open_to),
        "counted": _counted(tree, found),
        "pages": Pages(1, SIZE, 0),
    }


def _counted(tree: Tree, found: Found) -> str:
    """« 3 modules », once something was looked for."""
    if tree.search is None or found.total is None:
        return ""
    level = g.tenant.level(tree.search.level)
    return f"{found.total} {((level.plural or level.label) if found.total > 1 else level.label).lower()}"


def _lines(tree: Tree, branches: Iterable[Branch], asked: Unfolding, places: Counter[uuid.UUID]) -> Iterator[Line]:
    for branch in branches:
        places[branch.id] += 1
        times, label, title = places[branch.id], g.tenant.level(branch.level).label, _title(tree, branch.view)
        yield Line(
            f"{branch.id}-{times}" if times > 1 else str(branch.id), "" if title.startswith(label) else label, title,
            sheet_href(branch.id), signs_of(branch.view, tree.signs.get(branch.level, ())), badges_of(branch.view),
            menu_href(branch.id) if manageable(g.tenant, branch.level) else None,
            branch.total, toggled(branch, asked) if branch.total else None,
            list(_lines(tree, branch.children, asked, places)),
            continued(branch, asked) if branch.left else None, branch.left,
        )  # fmt: skip


def _title(tree: Tree, view: View) -> str:
    said = [words for pattern in tree.titles.get(view.node.level, ()) if (words := view.fill_line(pattern))]
    return " ".join(said) or view.node.title or view.node.code
