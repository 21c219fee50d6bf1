"""Lists of sheets: the searches of the menu, and the lists inside the tabs of a sheet's page."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, g, render_template, request, url_for

from portal.domain.desk.lists import SIZES, Asked, ListPage, Row, list_of_level, list_page, lists_for
from portal.domain.moves.perform import local_day
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.schema import Export, ListView, Tab
from portal.web.access import member
from portal.web.answers import answer
from portal.web.org.blueprint import blueprint
from portal.web.org.heads import sheet_href
from portal.web.org.opened import Opened, open_sheet
from portal.web.org.tabs import shows
from portal.web.paging import Pages, here, page_wanted

RESERVED = frozenset({"liste", "tri", "page", "par_page", "sous", "compteur", "export", "onglet"})


@blueprint.get("/<level_id>/")
@member()
def show_list(level_id: str) -> Response:
    """A search and its results; under htmx the results alone."""
    list_id, view = wanted_list(level_id, request.args.get("liste"))
    page = list_page(db.session(), g.tenant, g.actor, list_id, view, asked(), today=today())
    context = list_context(page, "#liste", _under(), _beginnings(view.level))
    return answer("org/lists/list.html", "org/lists/_list.html", breadcrumbs=_crumbs(view), **context)


@shows("list")
def list_tab(opened: Opened, tab: Tab) -> str:
    """The list of what is below a sheet, with the buttons that create more of it."""
    view = opened.tenant.desk.lists.get(tab.list or "")
    if view is None:
        return ""
    page = list_page(
        opened.session, opened.tenant, opened.actor, tab.list or "", view, asked(opened.view), today=opened.view.today
    )  # fmt: skip
    context = list_context(page, "#sheet-tab", opened.view, _creations(opened, view.level))
    return render_template("org/lists/_list.html", **context)


def wanted_list(level_id: str, list_id: str | None) -> tuple[str, ListView]:
    """The list an address names, or the first of its level; a page that does not exist for whoever may not open it."""
    if level_id not in g.tenant.who.levels:
        abort(404)
    if list_id is None:
        return list_of_level(g.tenant, g.actor, level_id)
    view = lists_for(g.tenant, g.actor, level_id).get(list_id)
    if view is None:
        abort(404)
    return list_id, view


def asked(under: View | None = None) -> Asked:
    """What the address asks of a list."""
    words = {name: request.args.getlist(name) for name in request.args if name not in RESERVED}
    size = request.args.get("par_page", "")
    return Asked(
        words={} if under else words,
        sort=request.args.get("tri", ""),
        page=page_wanted(),
        size=int(size) if size.isdecimal() and len(size) < 4 else 0,
        under=under or _under(),
        counter=request.args.get("compteur"),
    )


def today() -> Any:
    """The day it is in the region."""
    return local_day(g.tenant, datetime.now(UTC))


def _under() -> View | None:
    """The sheet below which an address wants the list; a page that does not exist when it is not theirs."""
    named = request.args.get("sous")
    if named is None:
        return None
    try:
        return open_sheet(uuid.UUID(named)).view
    except ValueError:
        abort(404)


def list_context(
    page: ListPage, target: str, under: View | None = None, creations: list[tuple[str, str]] | None = None
) -> dict[str, Any]:
    """What the templates of a list name."""
    return {
        "listed": page,
        "target": target,
        "pages": Pages(page.page, page.size, page.total),
        "counted": page.view.count.replace("{shown}", str(len(page.rows))).replace("{total}", str(page.total)),
        "sizes": sorted({*SIZES, page.view.page_size}),
        "sort_href": lambda column: here(tri=_turned(page.sort, column)),
        "size_href": lambda size: here(par_page=size),
        "direction": _direction(page.sort),
        "row_href": _row_href,
        "row_words": lambda row: _row_words(page.view, row),
        "exports": [_export_links(page, export, under) for export in _exports(page.view)],
        "counter": g.tenant.desk.counters.get(request.args.get("compteur", "")),
        "creations": creations,
        "criteria": _criteria(page),
    }


def _criteria(page: ListPage) -> dict[str, Any]:
    """What the criteria above a list are drawn from."""
    kept = [(name, request.args[name]) for name in ("compteur", "sous") if request.args.get(name)]
    return {
        "label": page.view.label,
        "kept": [("liste", page.id), *kept],
        "words": "Mots recherchés" if page.view.search else "",
        "filters": page.filters,
        "button": page.view.button,
        "reset": url_for("org.show_list", level_id=page.view.level, liste=page.id),
    }


def _turned(sort: str, column: str) -> str:
    return f"-{column}" if sort == column else column


def _direction(sort: str) -> Mapping[str, str]:
    return {sort.removeprefix("-"): "desc" if sort.startswith("-") else "asc"}


def _row_href(row: Row) -> str:
    """Where a row leads: the first step one may type, or the sheet's page."""
    return url_for("org.show_step", sheet_id=row.sheet_id, step_id=row.step) if row.step else sheet_href(row.sheet_id)


def _row_words(view: ListView, row: Row) -> str:
    """« Modifier » what is typed, « Ouvrir » what holds other sheets, « Consulter » the rest."""
    if g.tenant.children(view.level):
        return "Ouvrir"
    return "Modifier" if row.step else "Consulter"


def _exports(view: ListView) -> list[Export]:
    return list(view.exports) or [Export(id="liste", label="Exporter cette liste")]


def _export_links(page: ListPage, export: Export, under: View | None) -> dict[str, Any]:
    """A file of the list, in each of its formats: the same sheets in the same order as on the screen."""
    kept: dict[str, Any] = {
        name: request.args.getlist(name) for name in request.args if name not in ("page", "par_page", "liste")
    }
    kept |= {"sous": [str(under.node.id)]} if under is not None else {}
    kept.pop("onglet", None)
    where: dict[str, Any] = {"level_id": page.view.level, "list_id": page.id, **kept, "export": export.id}
    links = [(form.upper(), url_for("org.export_list", form=form, **where)) for form in export.formats]
    if export.together:
        links.append(("ZIP", url_for("org.export_bundle", **where)))
    return {"label": export.label, "links": links}


def _creations(opened: Opened, level_id: str) -> list[tuple[str, str]]:
    """The buttons that create a sheet of the list's level: one for each sheet, here or below, under which it may be."""
    level = opened.tenant.level(level_id)
    if level.creatable is None or level.parent is None or not opened.roles & set(level.creatable.by):
        return []
    parents = [n for n in opened.view.node.down() if n.level == level.parent]
    allowed = [n for n in parents if opened.view.of(n).holds(level.creatable.when)]
    words = level.creatable.label
    return [
        (words if len(allowed) == 1 else f"{words} : {node.title}",
         url_for("org.ask_creation", level_id=level_id, parent=node.id))
        for node in allowed
    ]  # fmt: skip


def _beginnings(level_id: str) -> list[tuple[str, str]]:
    """The button that creates a sheet of a level that is under no other."""
    level = g.tenant.level(level_id)
    if level.creatable is None or level.parent is not None or not g.actor.roles_on(None) & set(level.creatable.by):
        return []
    return [(level.creatable.label, url_for("org.ask_creation", level_id=level_id))]


def _crumbs(view: ListView) -> list[tuple[str, str | None]]:
    return [("Accueil", url_for("org.home")), (view.label, None)]
