"""What happened to a sheet and to what is below it, in words: who, when, what changed from what to what, why."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from portal.domain.entry.requests import KEY as PROPOSALS
from portal.domain.fields import KINDS
from portal.domain.journal.models import JournalEntry
from portal.domain.sheets.compare import Difference, compare
from portal.domain.sheets.models import Decision, Revision, Sheet, Sitting
from portal.domain.sheets.nodes import Node, load_nodes_by_ids
from portal.domain.sheets.view import View
from portal.tenancy.tenant import Tenant

SIZE = 50
AtVersion = Callable[[int], Tenant]
KIND_WORDS = {
    "sheet.created": ("Création", "info", "plus"),
    "sheet.edited": ("Modification", "info", "edit"),
    "sheet.kept": ("Saisie terminée", "info", "check"),
    "sheet.deleted": ("Suppression", "off", "trash"),
    "sheet.amended": ("Modification diffusée sans nouvelle validation", "done", "edit"),
    "submission.changed": ("Envoi modifié par celui qui en décide", "info", "edit"),
    "correction.asked": ("Correction demandée", "todo", "edit"),
    "correction.answered": ("Réponse à une correction demandée", "info", "edit"),
    "correction.closed": ("Correction faite, dit celui qui l'a demandée", "done", "check"),
    "correction.waived": ("Correction levée", "off", "check"),
    "correction.withdrawn": ("Correction retirée", "off", "minus"),
    "correction.reopened": ("Correction rouverte", "todo", "edit"),
    "receipt.recorded": ("Codes reçus d'un destinataire", "done", "download"),
    "sheet.imported": ("Mise à jour par un import", "info", "download"),
    "request.applied": ("Modification faite par une demande acceptée", "done", "edit"),
}
TONE_SIGNS = {"todo": "edit", "wait": "clock", "done": "check", "off": "pause", "warn": "warning", "info": "info"}
PORTAL = "Guichet"


@dataclass(frozen=True)
class Event:
    """One fact of the past, in words. `proof` is the number of the version that was decided of, if one was."""

    at: datetime
    who: str
    what: str
    tone: str
    sign: str
    sheet_id: uuid.UUID
    sheet: str
    reason: str = ""
    changes: list[Difference] = field(default_factory=list)
    proof: int | None = None


@dataclass(frozen=True)
class Typing:
    """What somebody is typing now: it will be one event once they leave."""

    who: str
    step: str
    sheet: str
    since: datetime
    at: datetime


def history(
    session: Session, tenant: Tenant, sheet_id: uuid.UUID, *, at_version: AtVersion, today: date, page: int = 1
) -> tuple[list[Event], int]:
    """A page of what happened, latest first, and how many facts there are. Each is read under the version of the
    tenant's files it was written with. Four statements whatever the number of facts.
    """
    wanted = _family(sheet_id)
    decided = select(func.max(Revision.number)).join(Decision, Decision.revision_id == Revision.id)
    decided = decided.where(Decision.journal_entry_id == JournalEntry.id, Revision.unit_id == JournalEntry.sheet_id)
    query = select(JournalEntry, func.count().over(), decided.correlate(JournalEntry).scalar_subquery())
    query = query.where(JournalEntry.sheet_id.in_(wanted))
    query = query.order_by(JournalEntry.at.desc(), JournalEntry.id.desc()).limit(SIZE).offset((max(page, 1) - 1) * SIZE)
    rows = session.execute(query).all()
    if not rows:
        return [], 0
    entries = [entry for entry, *_ in rows]
    nodes = load_nodes_by_ids(session, sorted({e.sheet_id for e in entries if e.sheet_id}), below=False)
    told = [replace(_event(at_version(e.config_version) or tenant, nodes, e, today), proof=n) for e, _, n in rows]
    return told, rows[0][1]


def every_event(
    session: Session, tenant: Tenant, sheet_id: uuid.UUID, *, at_version: AtVersion, today: date
) -> Iterator[Event]:
    """All that happened, latest first, read page by page: for a file."""
    page, known = 1, 1
    while (page - 1) * SIZE < known:
        events, known = history(session, tenant, sheet_id, at_version=at_version, today=today, page=page)
        yield from events
        page += 1


def being_typed(session: Session, tenant: Tenant, sheet_id: uuid.UUID) -> list[Typing]:
    """Who is typing in the sheet or below it, and since when. One statement."""
    query = (
        select(Sitting, Sheet.level, Sheet.title)
        .join(Sheet, Sheet.id == Sitting.sheet_id)
        .where(Sitting.sheet_id.in_(_family(sheet_id)))
        .order_by(Sitting.touched_at.desc())
        .limit(SIZE)
    )
    return [
        Typing(sitting.user_name, _step(tenant, level, sitting.step), title, sitting.opened_at, sitting.touched_at)
        for sitting, level, title in session.execute(query)
    ]


def _step(tenant: Tenant, level: str, step_id: str) -> str:
    return next((step.label for step in tenant.steps(level) if step.id == step_id), step_id)


def _family(sheet_id: uuid.UUID) -> Select[tuple[uuid.UUID]]:
    """The ids of a sheet and of all that is, or was, below it."""
    down = select(Sheet.id).where(Sheet.id == sheet_id).cte("family", recursive=True)
    return select(down.union(select(Sheet.id).join(down, Sheet.parent_id == down.c.id)).c.id)


def _event(tenant: Tenant, nodes: dict[uuid.UUID, Node], entry: JournalEntry, today: date) -> Event:
    assert entry.sheet_id is not None
    node = nodes[entry.sheet_id]
    what, tone, sign = _what(tenant, node, entry, today)
    changes = [] if entry.kind == "sheet.created" else list(_changes(tenant, node, entry, today))
    return Event(
        entry.at, entry.actor_name or PORTAL, what, tone, sign, node.id, node.title, entry.reason or "", changes
    )


def _what(tenant: Tenant, node: Node, entry: JournalEntry, today: date) -> tuple[str, str, str]:
    axis_id, _, move_id = (entry.move or "").partition(".")
    axis = tenant.workflow.axes.get(axis_id)
    if axis is None:
        return KIND_WORDS.get(entry.kind, ("Fait enregistré", "info", "dot"))
    view = View(tenant, node, today)
    move = axis.moves.get(move_id)
    done = view.overridden.labels.get(f"move.{axis_id}.{move_id}") or (move.label if move else None)
    before, after = (_state(view, axis_id, side) for side in (entry.before, entry.after))
    state = axis.states.get((entry.after or {}).get(axis_id, ""))
    tone = state.tone if state else "info"
    passage = f"{before} → {after}" if before != after and before and after else after
    words = " : ".join(part for part in (done or ("" if passage else move_id), passage) if part)
    return words, tone, TONE_SIGNS[tone]


def _state(view: View, axis_id: str, side: dict[str, object] | None) -> str:
    state_id = str((side or {}).get(axis_id, ""))
    state = view.tenant.axis(axis_id).states.get(state_id)
    return view.overridden.labels.get(f"state.{axis_id}.{state_id}", state.label if state else "")


def _changes(tenant: Tenant, node: Node, entry: JournalEntry, today: date) -> Iterator[Difference]:
    """What changed in the fields; what a move asked is told as a change too."""
    before, after = dict(entry.before or {}), dict(entry.after or {})
    if entry.kind == "state.changed":
        yield from _asked(tenant, node, entry, today)
        return
    if PROPOSALS in after or PROPOSALS in before:
        yield Difference(node.id, node.level, node.title, None, None, "Modifications proposées", "changed")
    named = {*before, *after} - {PROPOSALS}
    old, new = (View(tenant, _with(node, data, named), today) for data in (before, after))
    for found in compare(old, new):
        if found.sheet_id == node.id and found.field in named:
            yield found


def _with(node: Node, data: dict[str, object], named: set[str]) -> Node:
    """The sheet as it was, as far as these fields go; alone, so that only they are compared."""
    return replace(node, data={name: data.get(name) for name in named}, raw={}, children=[])


def _asked(tenant: Tenant, node: Node, entry: JournalEntry, today: date) -> Iterator[Difference]:
    axis_id, _, move_id = (entry.move or "").partition(".")
    axis = tenant.workflow.axes.get(axis_id)
    move = axis.moves.get(move_id) if axis else None
    given = (entry.after or {}).get("inputs") or {}
    context = View(tenant, node, today).context
    for definition in move.asks if move else ():
        if definition.id in given:
            shown = KINDS[definition.kind].show(given[definition.id], definition, context)
            yield Difference(
                node.id, node.level, node.title, None, definition.id, definition.words, "changed", new_shown=shown
            )  # fmt: skip
