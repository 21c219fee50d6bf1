"""What each kind of tab of a sheet's page shows. A module that knows how to show one registers it with `shows`."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import render_template
from markupsafe import Markup

from portal.domain.desk.columns import head_of, teller
from portal.domain.desk.lists import seen
from portal.domain.desk.near import views_below
from portal.domain.entry.completeness import problems_of_sheet, step_status
from portal.domain.sheets.effective import EffectiveStep
from portal.domain.sheets.links import linked, other_end
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.view import View
from portal.tenancy.schema import Column, Tab
from portal.web.org.actions import manageable, menu_href
from portal.web.org.editing import open_editing
from portal.web.org.following import creation_offer
from portal.web.org.heads import STATUS, Badge, badges_of, sheet_href
from portal.web.org.opened import Opened
from portal.web.org.remedies import Condition, conditions
from portal.web.prose import prose

Show = Callable[[Opened, Tab], str]
SHOWS: dict[str, Show] = {}


def shows(kind: str) -> Callable[[Show], Show]:
    """Register what shows the tabs of a kind (`show:` in desk.yaml); the function answers safe HTML."""

    def register(show: Show) -> Show:
        SHOWS[kind] = show
        return show

    return register


def tab_body(opened: Opened, tab: Tab) -> Markup:
    """The content of a tab; empty when nothing shows its kind."""
    show = SHOWS.get(tab.show)
    return Markup(show(opened, tab) if show else "")  # noqa: S704 — what shows a tab answers a rendered template


def tab_help(opened: Opened, tab: Tab) -> Markup | None:
    """The region's help about what a tab shows; None where it wrote none, or where the tab is that text itself."""
    text = opened.tenant.help.get(tab.text or "") if tab.show != "text" else None
    return prose(text) if text else None


@shows("steps")
def steps_tab(opened: Opened, tab: Tab) -> str:
    """The steps of the sheet, each with where it stands; or the one step that the tab names."""
    view = opened.view
    problems = [p for p in problems_of_sheet(opened.session, view, "send") if p.sheet_id == view.node.id]
    asked = conditions(opened, view, opened.sheet.level) if opened.unmet else []
    steps = [
        {
            "step": step,
            "status": STATUS[step_status(view, step, problems)],
            "href": open_editing(opened, step.id).href(),
            "left": sum(p.step == step.id and p.severity == "block" for p in problems),
            "typed": typed(step),
            "read_only": bool(asked) or all(opened.lock(f.id) for f in step.fields if f.entered),
            "fields": [] if typed(step) else open_editing(opened, step.id).drawn(),
        }
        for step in view.form.steps
        if tab.form in (None, step.id)
    ]
    return render_template(
        "org/sheets/_steps_tab.html", opened=opened, steps=steps, lock=opened.closed, asked_first=asked
    )


def typed(step: EffectiveStep) -> bool:
    """Whether people type anything in a step."""
    return any(field.entered for field in step.fields)


@shows("children")
def children_tab(opened: Opened, tab: Tab) -> str:
    """The sheets below, at the level that the tab names."""
    level = tab.level or next(iter(opened.tenant.children(opened.sheet.level)), "")
    found = views_below(opened.session, opened.tenant, opened.actor, opened.view, level)
    return render_template(
        "org/sheets/_children.html", opened=opened, create=creation_offer(opened, level),
        asked_first=unmet_below(opened, level), **_table(opened, level, found, tab.columns),
    )  # fmt: skip


@shows("linked")
def linked_tab(opened: Opened, tab: Tab) -> str:
    """The sheets at the other end of a link, that this person may read."""
    link, level = tab.link or "", opened.sheet.level
    known, mine = opened.tenant, [opened.sheet.id]
    nodes = linked(opened.session, known, opened.actor, link, level, mine).get(opened.sheet.id, [])
    found, there = [opened.view.of(node) for node in nodes], other_end(known, link, level)
    return render_template(
        "org/sheets/_children.html", opened=opened, create=None, asked_first=[],
        **_table(opened, there, found, tab.columns),
    )  # fmt: skip


def _table(opened: Opened, level: str, found: Sequence[View], columns: Sequence[Column]) -> dict[str, Any]:
    """A table of sheets of a level: what the region says of each, where it stands, what may be done with it."""
    tenant, ids = opened.tenant, [view.node.id for view in found]
    tells = [teller(tenant, level, column) for column in columns]
    read = seen(opened.session, tenant, opened.actor, level, columns, ids, opened.view.today) if columns else ()
    cells = {view.node.id: [tell(view, facts) for tell in tells] for view, facts in read}
    rows = [
        {"node": view.node, "href": sheet_href(view.node.id), "badges": badges_of(view),
         "cells": cells.get(view.node.id, []), "menu": menu_href(view.node.id)}
        for view in found
    ]  # fmt: skip
    return {
        "level": tenant.level(level), "rows": rows, "heads": [head_of(tenant, level, column) for column in columns],
        "menus": manageable(tenant, level), "stated": bool(tenant.axes_of(level)),
    }  # fmt: skip


@shows("text")
def text_tab(opened: Opened, tab: Tab) -> str:
    """A text of the region."""
    return render_template("org/sheets/_text_tab.html", text=prose(opened.tenant.help.get(tab.text or "", "")))


def node_badges(opened: Opened, node: Node) -> list[Badge]:
    """The states of a sheet of the tree."""
    return badges_of(opened.view.of(node))


def unmet_below(opened: Opened, level_id: str) -> list[Condition]:
    """What is still to be done before sheets of a level are created or edited here."""
    return [c for c in conditions(opened, opened.view, level_id) if not c.done]
