"""Change requests: the sheets in the scope ticked, what is proposed for each beside what it says today."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, render_template, url_for

from portal.domain.entry.requests import proposals_of, targets_of
from portal.domain.fields import KINDS
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.view import View
from portal.tenancy.schema import Tab
from portal.web.access import member
from portal.web.answers import answer
from portal.web.org.blueprint import SHEET, blueprint
from portal.web.org.editing import Editing
from portal.web.org.following import creation_offer
from portal.web.org.heads import badges, pressables, sheet_href, way_back
from portal.web.org.opened import Opened, open_sheet
from portal.web.org.ranks import landmarks
from portal.web.org.tabs import node_badges, shows
from portal.web.titles import sheet_title


@dataclass(frozen=True)
class Proposed:
    """One value a request would change."""

    label: str
    old: str
    new: str
    status: str
    valid: bool


@dataclass(frozen=True)
class Target:
    """A sheet in the scope of a request: where its steps are proposed, and what is proposed so far."""

    view: View
    steps: list[tuple[str, str]]
    lines: list[Proposed]

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{self.view.tenant.level(self.view.node.level).label} : {self.view.node.title}"


@blueprint.get(f"{SHEET}/propositions")
@member()
def show_request(sheet_id: uuid.UUID) -> Response:
    """What a request changes, old against proposed, sheet by sheet."""
    opened = open_sheet(sheet_id, to="work")
    if opened.level.amends is None:
        abort(404)
    buttons = pressables(opened)
    context: dict[str, Any] = {
        "opened": opened,
        "title": sheet_title(opened.view),
        "badges": badges(opened),
        "landmarks": landmarks(opened.view),
        "targets": targets(opened),
        "tabs": [{**tab, "current": tab["href"] == opened.proposals_href} for tab in request_tabs(opened, None)],
        "moves": [m for m in buttons if not m.blocked],
        "breadcrumbs": way_back(opened, ("Modifications proposées", None)),
    }
    return answer("org/sheets/proposals.html", **context)


def targets(opened: Opened) -> list[Target]:
    """The sheets a request may change, in the order of the tree."""
    proposals = proposals_of(opened.sheet)
    views = targets_of(opened.session, opened.tenant, opened.sheet, opened.view.today)
    return [_target(opened, view, proposals.get(view.node.id, {})) for view in views]


def request_tabs(opened: Opened, current: uuid.UUID | None) -> list[dict[str, Any]]:
    """The tabs of a request: itself, each sheet in its scope, then all that it proposes."""
    own = opened.view.form.steps[0]
    first = {"label": own.step.label, "href": _own_step(opened, own.id), "current": current is None}
    sheets = [
        {"label": target.title, "href": target.steps[0][1], "current": target.view.node.id == current}
        for target in targets(opened)
        if target.steps
    ]
    return [first, *sheets, {"label": "Modifications proposées", "href": opened.proposals_href, "current": False}]


def _own_step(opened: Opened, step_id: str) -> str:
    return url_for("org.show_step", sheet_id=opened.sheet.id, step_id=step_id)


def _target(opened: Opened, view: View, proposal: dict[str, Any]) -> Target:
    view.lookups = opened.view.lookups
    first = view.form.steps[0].id if view.form.steps else ""
    steps = _editing(opened, view, first).steps if first else []
    links = [(step.step.label, _editing(opened, view, step.id).href()) for step in steps]
    live = opened.session.get(Sheet, view.node.id)
    held = live.data if live else {}
    names = [*proposal.get("values", {}), *(n for n in proposal.get("raw", {}) if n not in proposal.get("values", {}))]
    return Target(view, links, [_line(view, name, held.get(name)) for name in names if name in view.form.fields])


def _editing(opened: Opened, view: View, step_id: str) -> Editing:
    """A step of a target whose view is at hand."""
    step = view.form.step(step_id)
    assert step is not None
    return Editing(opened, view, step, view.node.id)


def _line(view: View, name: str, before: Any) -> Proposed:
    definition = view.form.fields[name].field
    raw = view.node.raw.get(name)
    old = KINDS[definition.kind].show(before, definition, view.context) if before is not None else ""
    new = view.show_field(definition) if raw is None else str(raw)
    status = "same" if old == new else "added" if before is None else "changed"
    return Proposed(definition.words, old, new, status, raw is None)


@shows("requests")
def requests_tab(opened: Opened, tab: Tab) -> str:
    """The requests about a sheet, the open one first, and the button that makes one."""
    level_id = tab.level or next((lv for lv in opened.tenant.children(opened.sheet.level)), "")
    level = opened.tenant.level(level_id)
    nodes = sorted((n for n in opened.view.node.children if n.level == level_id), key=lambda n: n.id, reverse=True)
    current = [n for n in nodes if not _closed(opened, n)]
    offer = creation_offer(opened, level_id)
    rows = [{"node": n, "href": sheet_href(n.id), "badges": node_badges(opened, n)} for n in nodes]
    waiting = bool(current) and level.one_open
    return render_template(
        "org/sheets/_requests_tab.html", opened=opened, level=level, rows=rows, create=None if waiting else offer,
        waiting=waiting,
    )  # fmt: skip


def _closed(opened: Opened, node: Node) -> bool:
    axes = opened.tenant.axes_of(node.level)
    return any(axis.states[node.states[a]].closed for a, axis in axes.items() if node.states.get(a) in axis.states)
