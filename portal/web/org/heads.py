"""What stands around a sheet's pages: title, states, way back, steps, tabs, moves."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import url_for

from portal.domain.entry.completeness import Problem, step_status
from portal.domain.moves.deleting import deletion_refusal
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.view import View
from portal.domain.workflow import Possible, governing_axis
from portal.tenancy.schema import Move, Tab
from portal.tenancy.tenant import Tenant
from portal.web.org.editing import Editing
from portal.web.org.opened import Opened
from portal.web.org.timed import announced
from portal.web.titles import sheet_title

STATUS = {"empty": "vide", "started": "en_cours", "complete": "complete", "wrong": "a_corriger"}
A_SHEET = {"la": "d'une ", "le": "d'un ", "l'": "de l'"}
ALL_STEPS = Tab(id="fiche", label="Fiche", show="steps")
HISTORY = Tab(id="historique", label="Historique", show="history")
ELSEWHERE = {
    "deliveries": "envois",
    "history": "historique",
}  # tabs that are pages of their own, below the sheet's address


@dataclass(frozen=True)
class Badge:
    """One state of a sheet, in words and colour; `note` says what time will make of it. With an `icon`, one of its
    choices and its pictogram.
    """

    label: str
    tone: str
    note: str = ""
    icon: str = ""


@dataclass(frozen=True)
class TabLink:
    """One tab of a sheet's page."""

    tab: Tab
    href: str
    current: bool


@dataclass(frozen=True)
class Pressable:
    """A move as a button: `screen` when it must be asked about first, on a page or a dialog of its own."""

    axis: str
    id: str
    label: str
    tone: str
    href: str
    screen: bool
    blocked: str


def sheet_href(sheet_id: uuid.UUID) -> str:
    """The address of a sheet's page."""
    return url_for("org.show_sheet", sheet_id=sheet_id)


def editing_title(opened: Opened) -> str:
    """« Modification d'une session (état : A finaliser) », or the region's own header."""
    header = opened.tenant.desk.headers.get(opened.sheet.level)
    if header is not None:
        return opened.view.fill(header.title)
    verb = "Consultation" if opened.closed or opened.unmet else "Modification"
    axis = governing_axis(opened.tenant, opened.sheet.level)
    state = opened.view.state_label(axis) if axis in opened.level.axes else ""
    words = f"{verb} {A_SHEET[opened.level.article]}{opened.level.label.lower()}"
    return f"{words} (état : {state})" if state else words


def badges(opened: Opened) -> list[Badge]:
    """The choices that the region shows under its title, the states of a sheet, then what has not been sent yet."""
    found = [*_header_signs(opened.view), *badges_of(opened.view, partial(announced, opened))]
    return [*found, Badge("Modifications non transmises", "todo")] if opened.unsent else found


def badges_of(view: View, note: Callable[[str], str] = lambda axis_id: "") -> list[Badge]:
    """The states of a sheet, axis by axis, those without words left out; `note` says more of an axis."""
    found = []
    for axis_id, axis in view.tenant.axes_of(view.node.level).items():
        state = axis.states.get(view.node.states.get(axis_id, ""))
        if label := view.state_label(axis_id):
            found.append(Badge(label, state.tone if state else "info", note(axis_id)))
    return found


def _header_signs(view: View) -> list[Badge]:
    """The choices of a sheet, and of those above, that the region's headers show."""
    headers = view.tenant.desk.headers
    shown = [(view.of(node), headers[node.level]) for node in view.node.up() if node.level in headers]
    return [sign for one, header in reversed(shown) for sign in signs_of(one, header.signs)]


def signs_of(view: View, names: Iterable[str]) -> list[Badge]:
    """Choices of a sheet, each in its words with its pictogram; those that are empty are left out."""
    found = []
    for name in names:
        shown = view.tenant.field(view.node.level, name)
        if shown is not None and (words := view.show_field(shown)):
            found.append(Badge(words, "", icon=shown.icons.get(str(view.value_of(shown)), "dot")))
    return found


def state_help(opened: Opened) -> str:
    """What the present state means for this person, in the region's words."""
    axis_id = governing_axis(opened.tenant, opened.sheet.level)
    if axis_id not in opened.level.axes:
        return ""
    state = opened.tenant.axis(axis_id).states.get(opened.states.get(axis_id, ""))
    return (state.help if state else None) or ""


def way_back(opened: Opened, *last: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """Home, the sheets above, this one, then where one is: the breadcrumbs. Where levels are shown at the top of the
    page, the sheets above are left to them. A sheet above that one may not open has no link.
    """
    view, shown = opened.view, opened.tenant.desk.ranks
    alone = shown is not None and view.node.level in shown.levels
    above = [view.node] if alone else reversed(list(view.node.up()))
    crumbs: list[tuple[str, str | None]] = [("Accueil", f"/{opened.tenant.slug}/espace/")]
    crumbs += [((sheet_title(view) if alone else node.title) or node.code, _way_to(opened, node)) for node in above]
    if last:
        return [*crumbs, *last]
    return [*crumbs[:-1], (crumbs[-1][0], None)]


def _way_to(opened: Opened, node: Node) -> str | None:
    return sheet_href(node.id) if node is opened.view.node or node.id in opened.readable else None


def stepper_items(editing: Editing, problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """The steps with where each stands, for components/stepper.html."""
    found, own = list(problems), editing.view.node.id
    mine = [p for p in found if p.sheet_id == own]
    return [
        {
            "id": step.id,
            "label": step.step.label,
            "status": STATUS[step_status(editing.view, step, mine)],
            "href": Editing(editing.opened, editing.view, step, editing.target_id).href(),
            "current": step.id == editing.step.id,
        }
        for step in editing.steps
    ]


def tabs_of(opened: Opened, wanted: str | None) -> list[TabLink]:
    """The tabs of a sheet's page; the one wanted, or the first, is current."""
    declared = opened.tenant.desk.tabs.get(opened.sheet.level)
    tabs = declared or [ALL_STEPS, *_below(opened.tenant, opened.sheet.level), HISTORY]
    shown = [tab for tab in tabs if opened.view.holds(tab.when) and (opened.roles or tab.show not in ELSEWHERE)]
    here = [tab for tab in shown if tab.show not in ELSEWHERE]
    current = next((tab for tab in here if tab.id == wanted), here[0] if here else None)
    base = sheet_href(opened.sheet.id)
    return [TabLink(tab, _tab_href(base, tab), tab is current) for tab in shown]


def _below(tenant: Tenant, level: str) -> list[Tab]:
    """Where a region says no tabs, one for each level just below: its sheets are found and created there."""
    levels = {name: tenant.level(name) for name in tenant.children(level)}
    return [
        Tab(id=name, label=known.plural or known.label, show="children", level=name)
        for name, known in levels.items()
        if not known.amends
    ]


def _tab_href(base: str, tab: Tab) -> str:
    return f"{base}/{ELSEWHERE[tab.show]}" if tab.show in ELSEWHERE else f"{base}?onglet={tab.id}"


def move_label(view: View, axis_id: str, move_id: str, move: Move) -> str:
    """The words of a move, as this sheet words them."""
    return view.form.labels.get(f"move.{axis_id}.{move_id}") or move.label or move_id


def needs_screen(move: Move) -> bool:
    """Whether a move asks something, or asks again, before it is done."""
    return move.confirm is not None or bool(move.asks) or move.reason is not None


def pressables(opened: Opened, moves: Iterable[Possible] | None = None) -> list[Pressable]:
    """The moves of a sheet as buttons, those that are refused for the moment last."""
    found = [_pressable(opened, m) for m in (opened.moves if moves is None else moves)]
    found += [] if moves is not None else _deletion(opened)
    return sorted(found, key=lambda m: (bool(m.blocked), m.tone != "primary", m.tone == "danger"))


def _deletion(opened: Opened) -> list[Pressable]:
    """The button that deletes a sheet standing on no axis, for those who may."""
    deletable = opened.level.deletable
    if deletable is None or not opened.roles & set(deletable.by):
        return []
    href = url_for("org.ask_deletion", sheet_id=opened.sheet.id)
    refusal = deletion_refusal(opened.view, opened.roles) or ""
    return [Pressable("", "", deletable.label, "danger", href, True, refusal)]


def _pressable(opened: Opened, possible: Possible) -> Pressable:
    move, axes = possible.move, opened.tenant.axes_of(opened.sheet.level)
    ambiguous = sum(possible.id in axis.moves for axis in axes.values()) > 1
    href = url_for(
        "org.perform", sheet_id=opened.sheet.id, move_id=possible.id, axe=possible.axis if ambiguous else None
    )
    label = move_label(opened.view, possible.axis, possible.id, move)
    return Pressable(possible.axis, possible.id, label, move.tone, href, needs_screen(move), possible.blocked)
