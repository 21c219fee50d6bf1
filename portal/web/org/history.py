"""…/historique: who did what to a sheet, when, what changed from what to what, and why."""

import uuid
from dataclasses import replace
from typing import Any

from flask import Response, g

from portal.domain.desk.history import SIZE, being_typed, history
from portal.extensions import db
from portal.tenancy.registry import registry
from portal.web.access import member
from portal.web.answers import answer
from portal.web.org.blueprint import SHEET, blueprint
from portal.web.org.heads import TabLink, badges, tabs_of, way_back
from portal.web.org.opened import Opened, open_sheet
from portal.web.org.ranks import landmarks
from portal.web.org.tabs import tab_help
from portal.web.paging import Pages, page_wanted
from portal.web.titles import sheet_title


@blueprint.get(f"{SHEET}/historique")
@member()
def show_history(sheet_id: uuid.UUID) -> Response:
    """What happened to the sheet and to what is below it, fifty facts a page; under htmx the facts alone."""
    opened = open_sheet(sheet_id, to="work")
    number, session = page_wanted(), db.session()
    events, total = history(
        session, g.tenant, sheet_id, at_version=lambda version: registry.at(session, g.tenant.slug, version),
        today=opened.view.today, page=number,
    )  # fmt: skip
    return answer(
        "org/history/page.html",
        "org/history/_history.html",
        events=events,
        typing=being_typed(session, g.tenant, sheet_id) if number == 1 else [],
        pages=Pages(number, SIZE, total),
        **around(opened, "history", "Historique"),
    )


def around(opened: Opened, show: str, words: str) -> dict[str, Any]:
    """What stands around a tab that is a page of its own."""
    tabs = _current(tabs_of(opened, None), show)
    return {
        "opened": opened,
        "title": sheet_title(opened.view),
        "landmarks": landmarks(opened.view),
        "badges": badges(opened),
        "tabs": tabs,
        "help": next((tab_help(opened, link.tab) for link in tabs if link.current), None),
        "breadcrumbs": way_back(opened, (words, None)),
    }


def _current(tabs: list[TabLink], show: str) -> list[TabLink]:
    return [replace(link, current=link.tab.show == show) for link in tabs]
