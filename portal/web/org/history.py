"""…/historique: who did what to a sheet, when, what changed from what to what, and why."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, g, url_for

from portal.domain.desk.history import SIZE, Event, being_typed, every_event, history
from portal.domain.desk.proof import proof_of
from portal.domain.sheets.compare import Difference
from portal.extensions import db
from portal.tenancy.registry import registry
from portal.tenancy.tenant import Tenant
from portal.web.access import member
from portal.web.answers import answer
from portal.web.org.blueprint import SHEET, blueprint
from portal.web.org.exports import streamed
from portal.web.org.heads import TabLink, badges, tabs_of, way_back
from portal.web.org.opened import Opened, open_sheet
from portal.web.org.ranks import landmarks
from portal.web.org.tabs import tab_help
from portal.web.paging import Pages, page_wanted
from portal.web.spreadsheets import CSV, Line, csv_chunks
from portal.web.titles import sheet_title
from portal.web.workbooks import Value

HEADS = ("Date", "Qui", "Fiche", "Fait", "Champ", "Avant", "Après", "Motif")


@blueprint.get(f"{SHEET}/historique")
@member()
def show_history(sheet_id: uuid.UUID) -> Response:
    """What happened to the sheet and to what is below it, fifty facts a page; under htmx the facts alone."""
    opened = open_sheet(sheet_id, to="work")
    number, session = page_wanted(), db.session()
    events, total = history(session, g.tenant, sheet_id, at_version=_at_version, today=opened.view.today, page=number)
    return answer(
        "org/history/page.html",
        "org/history/_history.html",
        events=events,
        typing=being_typed(session, g.tenant, sheet_id) if number == 1 else [],
        pages=Pages(number, SIZE, total),
        **around(opened, "history", "Historique"),
    )


@blueprint.get(f"{SHEET}/historique.csv")
@member()
def export_history(sheet_id: uuid.UUID) -> Response:
    """All of it as a file: one line per value that changed, one for each fact that changed none."""
    opened = open_sheet(sheet_id, to="work")
    name = f"historique-{opened.view.node.reference or opened.view.node.code}.csv"
    return streamed(csv_chunks(HEADS, _every_line(sheet_id, opened.view.today)), CSV, name)


def _every_line(sheet_id: uuid.UUID, today: date) -> Iterator[Line]:
    """Read while it is sent, in a session of that moment: the view's own is closed by then."""
    zone = ZoneInfo(g.tenant.who.time_zone)
    for event in every_event(db.session(), g.tenant, sheet_id, at_version=_at_version, today=today):
        yield from _lines(event, zone)


def _at_version(version: int) -> Tenant:
    return registry.at(db.session(), g.tenant.slug, version)


def _lines(event: Event, zone: ZoneInfo) -> Iterator[Line]:
    told: list[Value] = [event.at.astimezone(zone), event.who, event.sheet, event.what]
    for path, was, now in [p for change in event.changes for p in _passages(change)] or [("", "", "")]:
        yield [*told, path, was, now, event.reason]


def _passages(change: Difference, above: str = "") -> Iterator[tuple[str, str, str]]:
    """(path, before, after) of a change, cell by cell where it is a row's."""
    path = f"{above} > {change.label}" if above else change.label
    if not change.cells:
        yield path, change.old_shown, change.new_shown
    for cell in change.cells:
        yield from _passages(cell, path)


@blueprint.get(f"{SHEET}/preuves/<int:number>")
@member()
def show_proof(sheet_id: uuid.UUID, number: int) -> Response:
    """What was decided of a version, on a page made to be printed."""
    opened = open_sheet(sheet_id, to="work")
    proof = proof_of(db.session(), g.tenant, opened.sheet, number, at_version=_at_version)
    if proof is None:
        abort(404)
    past = way_back(
        opened, ("Historique", url_for("org.show_history", sheet_id=sheet_id)), ("Preuve de décision", None)
    )
    return answer("org/history/proof.html", proof=proof, printed_at=datetime.now(UTC), breadcrumbs=past)


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
