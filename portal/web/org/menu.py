"""The area's menu: its home, what the region puts there under its own words (creations, lists), the directory."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import g, request, url_for

from portal.domain.desk.branches import trees_for
from portal.domain.desk.lists import list_of_level, lists_for
from portal.domain.desk.tasks import tasks_for
from portal.web.org.blueprint import blueprint
from portal.web.org.directory import directory_shown

SEPARATOR = " > "  # `menu: Suivi dossiers > gérer mes dossiers`


@dataclass(frozen=True)
class Entry:
    """One link of the menu, and the heading it stands under."""

    group: str
    label: str
    href: str
    active: bool


@blueprint.context_processor
def _menu() -> dict[str, Any]:
    if g.get("actor") is None:
        return {}
    groups: dict[str, list[Entry]] = {}
    for entry in _entries():
        groups.setdefault(entry.group, []).append(entry)
    return {"menu": groups}


def _entries() -> Iterator[Entry]:
    home = url_for("org.home")
    yield Entry(
        "", g.tenant.desk.tasks_label if tasks_for(g.tenant, g.actor) else "Accueil", home, request.path == home
    )
    for level_id, creation in g.tenant.desk.creations.items():
        creatable = g.tenant.level(level_id).creatable
        if creation.menu and creatable is not None and g.actor.roles_on(None) & set(creatable.by):
            group, _, label = creation.menu.rpartition(SEPARATOR)
            href = url_for("org.ask_creation", level_id=level_id)
            yield Entry(group, label, href, request.path == href)
    yield from _trees(named=True)
    for list_id, view in lists_for(g.tenant, g.actor).items():
        if view.menu is None:
            continue
        first = list_of_level(g.tenant, g.actor, view.level)[0] == list_id
        path = url_for("org.show_list", level_id=view.level)
        href = path if first else url_for("org.show_list", level_id=view.level, liste=list_id)
        here = request.path == path and request.args.get("liste", list_id if first else "") == list_id
        group, _, label = view.menu.rpartition(SEPARATOR)
        yield Entry(group, label, href, here)
    yield from _trees(named=False)
    if directory_shown():
        directory = url_for("org.show_directories")
        yield Entry("", "Annuaire", directory, request.path.startswith(directory))


def _trees(*, named: bool) -> Iterator[Entry]:
    """The trees to which the region gives an entry under its own words, before its lists; or the others, after them."""
    for tree_id, tree in trees_for(g.tenant, g.actor).items():
        if (tree.menu is not None) is named:
            href = url_for("org.show_tree", tree_id=tree_id)
            group, _, label = (tree.menu or tree.label).rpartition(SEPARATOR)
            yield Entry(group, label, href, request.path == href)
