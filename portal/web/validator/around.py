"""What stands beside a sheet under review: the facts, past decisions, what may be done, where one goes next."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import url_for

from portal.domain.journal.models import JournalEntry
from portal.domain.journal.queries import entries_of_sheets
from portal.domain.moves.correcting import approves, open_words
from portal.domain.sheets.decisions import Sent
from portal.domain.sheets.models import Revision
from portal.domain.sheets.view import View
from portal.tenancy.schema import Move
from portal.web.durations import age, until
from portal.web.validator.asked import Asked, Line, line_of
from portal.web.validator.desk import PAGE
from portal.web.validator.opened import Opened

OUTCOMES = {
    "approved": ("Validée", "done", "check"),
    "returned": ("Renvoyée", "todo", "arrow-left"),
    "superseded": ("Remplacée par un nouvel envoi", "off", "pause"),
}
WAITING = ("En attente de décision", "wait", "clock")
AMENDED = ("Mise à jour sans nouvelle décision", "info", "edit")
LETTERS = {"publish": "a", "apply": "a"}  # the shortcut of a move, by what it does; one that asks a reason answers to r


@dataclass(frozen=True)
class Fact:
    """One line of the facts: a link when it leads somewhere."""

    label: str
    value: str
    href: str | None = None


@dataclass(frozen=True)
class Button:
    """A move as a button: `screen` when it must be asked about first, in a dialog or on a page of its own."""

    label: str
    href: str
    tone: str
    screen: bool
    key: str | None
    blocked: str
    see: str = ""


@dataclass(frozen=True)
class State:
    """Where the sheet stands on one axis."""

    label: str
    tone: str


def states_of(opened: Opened) -> list[State]:
    """The states of the sheet, in the region's words and tones."""
    found = []
    for axis_id, axis in opened.tenant.axes_of(opened.sheet.level).items():
        state = axis.states.get(opened.live.node.states.get(axis_id, ""))
        if label := opened.live.state_label(axis_id):
            found.append(State(label, state.tone if state else "info"))
    return found


def facts(opened: Opened, shown: View, revision: Revision | None) -> list[Fact]:
    """Who sent it and when, whose it is, what it belongs to, when it takes place."""
    node, zone = shown.node, opened.tenant.who.time_zone
    found = []
    if revision is not None:
        words = f"{age(revision.made_at, opened.now, zone)} par {revision.made_by_name or 'le portail'}"
        found.append(Fact("Envoyée", words))
    elif opened.level.amends is not None and node.since:
        found.append(Fact("Dans cet état", age(max(node.since.values()), opened.now, zone)))
    if (holder := next((n.organisation for n in node.up() if n.organisation), None)) is not None:
        found.append(Fact("Organisme", f"{holder.name} ({holder.siret})"))
    for above in list(opened.live.node.up())[1:]:
        label, href = opened.tenant.level(above.level).label, url_for("validator.review", sheet_id=above.id)
        found.append(Fact(label, above.title or above.code, href))
    if programme := shown.show("programme"):
        found.append(Fact("Programme", programme))
    return found + _dates(opened)


def _dates(opened: Opened) -> list[Fact]:
    first, last = opened.sheet.starts_on, opened.sheet.ends_on
    if first is None:
        return []
    words = f"du {first:%d/%m/%Y} au {last:%d/%m/%Y}" if last else f"le {first:%d/%m/%Y}"
    return [Fact("Dates", f"{words} ({until(first, opened.today)})")]


def history(opened: Opened) -> list[dict[str, Any]]:
    """What was sent and decided, latest first: the versions of a unit, the moves of another sheet."""
    if opened.unit_axis is not None:
        told = [*(_told(opened, one) for one in opened.sent), *_passed(opened, opened.unit_axis)]
        return sorted(told, key=lambda one: one["at"], reverse=True)
    entries = entries_of_sheets(opened.session, [opened.sheet.id])
    return [_moved(opened, entry) for entry in entries if entry.kind == "state.changed"]


def _passed(opened: Opened, axis_id: str) -> list[dict[str, Any]]:
    """Who let a submission through to the next of those who decide, where there are several."""
    states = opened.tenant.axis(axis_id).states
    holders = {s: opened.tenant.role(state.holder) for s, state in states.items() if state.holder}
    held = {s for s, role in holders.items() if role is not None and role.side != "org"}
    if len(held) < 2:
        return []
    entries = entries_of_sheets(opened.session, [opened.sheet.id])
    return [
        _moved(opened, entry)
        for entry in entries
        if entry.kind == "state.changed"
        and (entry.move or "").partition(".")[0] == axis_id
        and {(entry.before or {}).get(axis_id), (entry.after or {}).get(axis_id)} <= held
    ]


def _moved(opened: Opened, entry: JournalEntry) -> dict[str, Any]:
    axis_id, _, move_id = (entry.move or "").partition(".")
    axis = opened.tenant.workflow.axes.get(axis_id)
    move = axis.moves.get(move_id) if axis else None
    state = axis.states.get((entry.after or {}).get(axis_id, "")) if axis else None
    return {
        "what": (move.label if move else None) or move_id,
        "who": entry.actor_name or None,
        "at": entry.at,
        "reason": entry.reason,
        "tone": state.tone if state else "info",
        "sign": "history",
        "href": None,
    }


def _told(opened: Opened, one: Sent) -> dict[str, Any]:
    what, tone, sign = OUTCOMES.get(one.outcome or "", AMENDED if one.kind == "amendment" else WAITING)
    at = one.at or one.made_at
    return {
        "what": f"Version {one.number} : {what.lower()}",
        "who": one.by_name or one.made_by_name or None,
        "at": at,
        "reason": one.reason,
        "tone": tone,
        "sign": sign,
        "href": url_for("validator.version", sheet_id=opened.sheet.id, number=one.number),
    }


def past_words(opened: Opened, past: Revision) -> str:
    """What a past version is, and what was decided of it, by whom, why."""
    if past.kind == "amendment":
        return f"Version {past.number} : {AMENDED[0].lower()}."
    sent = f"Version {past.number}, telle qu’elle a été envoyée."
    one = next((sent for sent in opened.sent if sent.id == past.id), None)
    if one is None or one.outcome is None or one.at is None:
        return sent
    zone = ZoneInfo(opened.tenant.who.time_zone)
    by = f" par {one.by_name}" if one.by_name else ""
    why = f" : « {one.reason} »" if one.reason else "."
    return f"{sent} {OUTCOMES[one.outcome][0]} le {one.at.astimezone(zone):%d/%m/%Y}{by}{why}"


def buttons(opened: Opened, asked: Asked, line: Line, remarks: int = 0) -> list[Button]:
    """The moves this person may do, the main one first; each carries the version read and where one goes next. An
    approval waits while `remarks` are open.
    """
    following = _next(opened, asked, line)
    made = []
    for one in opened.moves:
        waits = open_words(remarks) if remarks and approves(one.move) and opened.pending is not None else ""
        button = _button(opened, one.axis, one.id, one.move, one.blocked or waits, following)
        made.append(replace(button, see="#corrections") if waits and not one.blocked else button)
    return sorted(made, key=lambda b: (bool(b.blocked), b.tone != "primary", b.tone == "danger"))


def _button(opened: Opened, axis: str, move_id: str, move: Move, blocked: str, following: str) -> Button:
    screen = move.confirm is not None or bool(move.asks) or move.reason is not None
    label = opened.live.form.labels.get(f"move.{axis}.{move_id}") or move.label or move_id
    named = {"axe": axis, "suite": following}
    if opened.pending is not None:
        named["revision"] = str(opened.pending.id)
    href = f"/{opened.tenant.slug}/espace/fiches/{opened.sheet.id}/actions/{move_id}?{urlencode(named)}"
    key = next((LETTERS[e] for e in move.effects if e in LETTERS), "r" if move.reason == "required" else None)
    return Button(label, href, move.tone, screen, None if blocked else key, blocked)


def _next(opened: Opened, asked: Asked, line: Line) -> str:
    """The queue, on the sheet that comes after this one; the page of this sheet when it was not in the queue."""
    if not line.place:
        return url_for("validator.review", sheet_id=opened.sheet.id)
    following = line.following or line.previous
    place = line.place if line.following else line.place - 1  # once this one has left
    page = (max(place, 1) - 1) // PAGE + 1
    address = url_for("validator.desk") + asked.params_of(page=str(page) if page > 1 else "")
    return f"{address}#open-sheet-row-{following}" if following else address


def place_of(opened: Opened, asked: Asked) -> Line:
    """Where the sheet is in the queue it was opened from."""
    return line_of(opened.sheet.id, asked, opened.today)
