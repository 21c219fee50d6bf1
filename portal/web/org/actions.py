"""What may be done with a sheet, said once for its page, its lines in trees and tables, and its ☰ menu."""

import uuid
from dataclasses import dataclass

from flask import Response, url_for

from portal.domain.desk.lists import lists_for
from portal.tenancy.schema import Menu
from portal.tenancy.tenant import Tenant
from portal.web.access import member
from portal.web.answers import answer
from portal.web.org.blueprint import SHEET, blueprint
from portal.web.org.editing import open_editing
from portal.web.org.following import Offer, offers_below
from portal.web.org.heads import Pressable, badges, pressables, sheet_href, tabs_of, way_back
from portal.web.org.opened import Opened, open_sheet
from portal.web.org.timed import public_page
from portal.web.titles import sheet_title


@dataclass(frozen=True)
class Way:
    """A page about a sheet."""

    label: str
    href: str
    sign: str | None = None


@dataclass(frozen=True)
class Actions:
    """All of it: sheets to create below, the form, the region's own entries, pages about the sheet, then the moves,
    those that are refused for the moment with the reason.
    """

    offers: list[Offer]
    form: Way
    entries: list[Way]
    ways: list[Way]
    moves: list[Pressable]
    blocked: list[Pressable]
    history: Way | None


def actions_of(opened: Opened) -> Actions:
    """What this person may do with a sheet now."""
    buttons, base = pressables(opened), sheet_href(opened.sheet.id)
    return Actions(
        offers_below(opened),
        _form(opened),
        [way for entry in opened.tenant.desk.menus.get(opened.sheet.level, ()) if (way := _entry(opened, entry))],
        list(filter(None, (_proposals(opened), _copy(opened), _summary(opened), _public(opened)))),
        [m for m in buttons if not m.blocked],
        [m for m in buttons if m.blocked],
        Way("Historique", f"{base}/historique", "history") if opened.roles else None,
    )


def manageable(tenant: Tenant, level_id: str) -> bool:
    """Whether the sheets of a level may ever be acted on by somebody, beyond being read."""
    level = tenant.level(level_id)
    below = any(tenant.level(child).creatable for child in tenant.children(level_id))
    own = level.axes or level.creatable or level.deletable or level.editable
    return bool(own or below or tenant.desk.menus.get(level_id))


def menu_href(sheet_id: uuid.UUID) -> str:
    """Where the ☰ menu of a sheet is read."""
    return f"{sheet_href(sheet_id)}/menu"


@blueprint.get(f"{SHEET}/menu")
@member()
def show_menu(sheet_id: uuid.UUID) -> Response:
    """The ☰ menu of a sheet: a page of its own, or under htmx what opens on its line."""
    opened = open_sheet(sheet_id)
    return answer(
        "org/sheets/menu.html", "org/sheets/_menu.html", opened=opened, actions=actions_of(opened),
        title=sheet_title(opened.view), badges=badges(opened), breadcrumbs=way_back(opened, ("Actions", None)),
    )  # fmt: skip


def _form(opened: Opened) -> Way:
    """Where the sheet is typed, by whoever may; where it is read, by the others."""
    typed = next((s for s in opened.view.form.steps if any(f.entered for f in s.fields)), None)
    if typed is None or opened.closed is not None or opened.unmet or not opened.roles:
        return Way("Consulter", sheet_href(opened.sheet.id), "eye")
    return Way("Modifier", open_editing(opened, typed.id).href(), "edit")


def _entry(opened: Opened, entry: Menu) -> Way | None:
    """An entry of the region's own; None where this sheet has nothing of the kind, or this person may not open it."""
    if entry.step:
        known = opened.view.form.step(entry.step)
        return Way(entry.label, open_editing(opened, entry.step).href()) if known else None
    if entry.tab:
        href = next((link.href for link in tabs_of(opened, None) if link.tab.id == entry.tab), None)
        return Way(entry.label, href) if href else None
    view = lists_for(opened.tenant, opened.actor).get(entry.list or "")
    if view is None:
        return None
    where = url_for("org.show_list", level_id=view.level, liste=entry.list, sous=opened.sheet.id)
    return Way(entry.label, where)


def _proposals(opened: Opened) -> Way | None:
    return Way("Modifications proposées", opened.proposals_href, "edit") if opened.level.amends is not None else None


def _copy(opened: Opened) -> Way | None:
    creatable = opened.level.creatable
    if creatable is None or not opened.roles & set(creatable.by) or opened.level.amends is not None:
        return None
    return Way("Dupliquer", f"{sheet_href(opened.sheet.id)}/dupliquer", "copy")


def _summary(opened: Opened) -> Way | None:
    return Way(opened.tenant.desk.summary_label, opened.state_href) if opened.view.form.steps else None


def _public(opened: Opened) -> Way | None:
    page = public_page(opened)
    return Way("Afficher la publication", page) if page else None
