"""Change requests: values proposed for a parent and what is below it, within the scopes ticked, until they are
applied.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.entry.completeness import Problem, problems_of_sheet
from portal.domain.entry.saving import Saved, changes_of, shown_raw, stamp, write_value
from portal.domain.people import Actor
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.errors import LockedError
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import Node, load_node, load_nodes_by_ids
from portal.domain.sheets.view import View
from portal.domain.workflow import may_edit
from portal.tenancy.tenant import Tenant

KEY = "_proposals"
OUT_OF_SCOPE = "Ce champ n'est pas dans le périmètre de votre demande."
CLOSED = "Cette demande n'est plus modifiable."


@dataclass
class Draft:
    """Where a proposal is written: the same two attributes as a sheet."""

    data: dict[str, Any]
    raw: dict[str, Any]


def proposals_of(request: Sheet) -> dict[uuid.UUID, dict[str, Any]]:
    """The proposals of a request, by sheet: `values` proposed, `base` found at first, `raw` not valid yet."""
    return {uuid.UUID(key): value for key, value in request.data.get(KEY, {}).items()}


def active_patterns(request: View) -> set[str]:
    """The fields a request may change, as `level.field` or `level.*`, by the scopes ticked in it."""
    level = request.tenant.level(request.node.level)
    fields = request.tenant.fields(request.node.level)
    ticked = (
        patterns
        for scope, patterns in (level.amends or {}).items()
        if scope not in fields or request.stored(scope) is True
    )
    return {pattern for patterns in ticked for pattern in patterns}


def in_scope(patterns: set[str], level: str, field: str) -> bool:
    """Whether a field is among the patterns."""
    return f"{level}.{field}" in patterns or f"{level}.*" in patterns


def targets_of(session: Session, tenant: Tenant, request: Sheet, today: date) -> list[View]:
    """The sheets a request may change, as it would leave them: the parent and what is below, at the levels in scope."""
    parent = session.get(Sheet, request.parent_id)
    if parent is None:
        return []
    tree = load_node(session, parent)
    own = View(tenant, load_node(session, request, below=False), today)
    levels = {pattern.partition(".")[0] for pattern in active_patterns(own)}
    overlay(tree, proposals_of(request))
    top = View(tenant, tree, today)
    return [top.of(node) for node in tree.down() if node.level in levels and node.id != request.id]


def overlay(tree: Node, proposals: Mapping[uuid.UUID, Mapping[str, Any]]) -> None:
    """Lay proposed values over a tree, in place."""
    for node in tree.down():
        if (proposal := proposals.get(node.id)) is not None:
            node.data = {k: v for k, v in {**node.data, **proposal["values"]}.items() if v is not None}
            node.raw = {**node.raw, **proposal["raw"]}


def propose_step(
    session: Session,
    tenant: Tenant,
    request: Sheet,
    target: View,
    step_id: str,
    raws: Mapping[str, Any],
    *,
    actor: Actor,
    at: datetime,
    was: Mapping[str, str] | None = None,
) -> Saved:
    """Save what was typed in a step of a target, as proposals. `target` is one of `targets_of`; the request is locked.

    Raises LockedError when the request is closed, or when a field that was changed is out of its scopes.
    """
    own = View(tenant, load_node(session, request, below=False), target.today)
    states = {**(own.node.parent.states if own.node.parent else {}), **own.node.states}
    if not may_edit(tenant, request.level, states, actor.roles_on(own.node)):
        raise LockedError(CLOSED)
    step, patterns = target.form.step(step_id), active_patterns(own)
    if step is None:
        raise LockedError("Cette étape n'existe pas pour cette fiche.")
    changes = changes_of(target, {f.id: f for f in step.fields}, raws, was or {})
    if any(not in_scope(patterns, target.node.level, name) for name in changes.mine):
        raise LockedError(OUT_OF_SCOPE)
    saved = Saved(request.version, conflicts=changes.conflicts)
    _record(session, request, target, changes.mine, saved)
    if changes.mine:
        stamp(session, own, request, step_id, {KEY: request.data.get(KEY)}, actor, at)
    saved.version, saved.changed = request.version, list(changes.mine)
    return saved


def problems_of_request(session: Session, tenant: Tenant, request: Sheet, today: date, moment: str) -> list[Problem]:
    """What the values proposed would break in the sheets they are for; what is wrong there already is not theirs."""
    if tenant.level(request.level).amends is None:
        return []
    targets, proposals = targets_of(session, tenant, request, today), proposals_of(request)
    touched = [view for view in targets if view.node.id in proposals]
    before = load_nodes_by_ids(session, [view.node.id for view in touched])
    return [
        problem
        for view in touched
        for problem in _new_problems(session, View(tenant, before[view.node.id], today), view, moment)
    ]


def _new_problems(session: Session, before: View, after: View, moment: str) -> list[Problem]:
    before.lookups = after.lookups = ReferenceLookups()
    known = {(p.path, p.message) for p in problems_of_sheet(session, before, moment)}
    return [p for p in problems_of_sheet(session, after, moment) if (p.path, p.message) not in known]


def _record(session: Session, request: Sheet, target: View, mine: Mapping[str, Any], saved: Saved) -> None:
    key = str(target.node.id)
    live = session.get(Sheet, target.node.id)
    known = request.data.get(KEY, {}).get(key, {"values": {}, "base": {}, "raw": {}})
    draft = Draft(dict(target.node.data), dict(target.node.raw))
    for name, raw in mine.items():
        write_value(target, draft, target.form.fields[name].field, raw, saved)
    values = {**known["values"], **{n: draft.data.get(n) for n in mine if n not in saved.faults}}
    base = {**{n: live.data.get(n) if live else None for n in mine}, **known["base"]}
    raw_kept = {n: v for n, v in draft.raw.items() if n in mine or n in known["raw"]}
    proposal = {"values": values, "base": base, "raw": raw_kept}
    request.data = {**request.data, KEY: {**request.data.get(KEY, {}), key: proposal}}
    target.node.data, target.node.raw = draft.data, draft.raw


__all__ = [
    "active_patterns", "in_scope", "overlay", "problems_of_request", "proposals_of", "propose_step", "shown_raw",
    "targets_of",
]  # fmt: skip
