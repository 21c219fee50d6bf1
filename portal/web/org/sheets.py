"""A sheet's page: what it is, where it stands, its tabs."""

import uuid
from typing import Any

from flask import Response, request

from portal.web.access import member
from portal.web.answers import answer
from portal.web.org.actions import actions_of
from portal.web.org.blueprint import SHEET, blueprint
from portal.web.org.corrections import asked_list
from portal.web.org.editing import open_editing
from portal.web.org.heads import badges, state_help, tabs_of, way_back
from portal.web.org.opened import Opened, open_sheet
from portal.web.org.ranks import landmarks
from portal.web.org.step_page import step_context
from portal.web.org.tabs import tab_body, tab_help, unmet_below
from portal.web.titles import sheet_title


@blueprint.get(SHEET)
@member()
def show_sheet(sheet_id: uuid.UUID) -> Response:
    """The page, or under htmx the tab alone."""
    opened = open_sheet(sheet_id)
    tabs = tabs_of(opened, request.args.get("onglet"))
    current = next((t for t in tabs if t.current), None)
    actions = actions_of(opened)
    context: dict[str, Any] = {
        "opened": opened,
        "title": sheet_title(opened.view),
        "breadcrumbs": way_back(opened),
        "landmarks": landmarks(opened.view),
        "badges": badges(opened),
        "state_help": state_help(opened),
        "asked": asked_list(opened),
        "banner": _banner(opened),
        "tabs": tabs,
        "body": tab_body(opened, current.tab) if current else "",
        "help": tab_help(opened, current.tab) if current else None,
        "step": _step_under(opened, current.tab) if current else None,
        "warnings": unmet_below(opened, current.tab.level or _level_listed(opened, current.tab)) if current else [],
        "ways": actions.ways,
        "moves": actions.moves,
        "blocked": actions.blocked,
        "offers": actions.offers if current and current.tab.show == "steps" else [],
    }
    return answer("org/sheets/sheet.html", "org/sheets/_tab.html", **context)


def _banner(opened: Opened) -> str:
    """The reminder at the top, when the region has one for sheets of this level and it says something."""
    name = opened.tenant.desk.banner.get(opened.sheet.level)
    definition = opened.tenant.field(opened.sheet.level, name) if name else None
    shown = opened.view.show_field(definition) if definition else ""
    return f"{definition.words} : {shown}" if definition and shown else ""


def _step_under(opened: Opened, tab: Any) -> dict[str, Any] | None:
    """The step whose form stands under a tab's list."""
    if tab.form is None or tab.show == "steps":
        return None
    step = opened.view.form.step(tab.form)
    if step is None:
        return None
    context = step_context(open_editing(opened, step.id), onglet=tab.id)
    return {**context, "button": context["button"] or tab.button}


def _level_listed(opened: Opened, tab: Any) -> str:
    listed = opened.tenant.desk.lists.get(tab.list or "")
    return listed.level if listed else opened.sheet.level
