"""The effects of moves: revise, publish, withdraw, amend, apply, delete. One function each."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from portal.domain.catalogue.actions import publish, withdraw
from portal.domain.deliveries.actions.receipt import returned_codes
from portal.domain.entry.mirrors import refresh_mirrors
from portal.domain.entry.requests import proposals_of
from portal.domain.journal.actions import append
from portal.domain.journal.models import JournalEntry
from portal.domain.moves.amending import AMENDED, Change, amend_in_force, amend_waiting, exempt_since, parts_of
from portal.domain.moves.units import unit_sheet, units_of
from portal.domain.people import Actor
from portal.domain.sheets.errors import StillRaw
from portal.domain.sheets.models import Revision, Sheet
from portal.domain.sheets.nodes import Node, load_node
from portal.domain.sheets.queries import locked_sheet, sheets_by_ids
from portal.domain.sheets.revisions import amend, approve, approved_revision, decide, freeze_unit
from portal.domain.sheets.view import View
from portal.domain.workflow import MoveRefused
from portal.tenancy.schema import Move
from portal.tenancy.tenant import Tenant


@dataclass
class Run:
    """One move under way."""

    session: Session
    tenant: Tenant
    sheet: Sheet
    view: View
    axis: str
    move: Move
    actor: Actor
    at: datetime
    reason: str | None
    entry: JournalEntry | None = None
    pending: Revision | None = None
    revision: Revision | None = None
    decided: bool = False
    written: Mapping[str, Any] = field(default_factory=dict)
    amended: list[tuple[Sheet, Revision]] = field(default_factory=list)


def revise(run: Run) -> None:
    """Freeze the unit as a submitted revision. Refused while anything typed in it is not valid."""
    try:
        run.revision = freeze_unit(
            run.session, run.tenant, run.sheet, run.view.node, run.axis, actor=run.actor, at=run.at,
            lookups=run.view.lookups,
        )  # fmt: skip
    except StillRaw as error:
        raise MoveRefused(error.message) from None


def publish_unit(run: Run) -> None:
    """Put the pending submission in force and give it to the public; what was amended meanwhile survives."""
    pending = run.revision if "revise" in run.move.effects else run.pending
    if pending is None:
        raise MoveRefused("Aucune version n'attend de décision.")
    assert run.entry is not None
    decide(run.session, pending, "approved", at=run.at, actor=run.actor, reason=run.reason, entry_id=run.entry.id)
    run.decided = True
    revision = approve(run.session, run.sheet, pending, at=run.at, actor=run.actor)
    run.revision = _as_it_stands(run, revision)
    publish(run.session, run.tenant, run.sheet, run.revision, run.at)


def _as_it_stands(run: Run, revision: Revision) -> Revision:
    """What happened while the submission waited is in force too: the other axes moved on (a cancellation, a recruitment
    closed), codes came back from targets, what needs no decision was changed; and so is what the approval itself wrote.
    """
    frozen = revision.snapshot["sheets"]
    live = {n.id: {a: s for a, s in n.states.items() if a != revision.axis} for n in run.view.node.down()}
    states = {i: s for i, s in live.items() if str(i) in frozen}
    values = dict(returned_codes(run.session, run.tenant, revision))
    for sheet_id, since in exempt_since(run.session, run.view, frozen).items():
        values[sheet_id] = {**values.get(sheet_id, {}), **since}
    if run.written:
        values[run.sheet.id] = {**values.get(run.sheet.id, {}), **run.written}
    if _same(frozen, values, "data") and _same(frozen, states, "states"):
        return revision
    return amend(run.session, run.sheet, values, states=states, at=run.at, actor=run.actor)


def _same(
    frozen: Mapping[str, Any], changes: Mapping[uuid.UUID, Mapping[str, Any]], part: Literal["data", "states"]
) -> bool:
    return all(frozen[str(i)][part].get(name) == value for i, new in changes.items() for name, value in new.items())


def withdraw_unit(run: Run) -> None:
    """Take the unit away from the public; its address goes on saying so."""
    withdraw(run.session, run.tenant, run.sheet, run.at)
    run.revision = run.revision or approved_revision(run.session, run.sheet)


def amend_units(run: Run) -> None:
    """Carry the state of this axis, and what the move wrote, into the version in force, at once; nothing to do on a
    unit never approved.

    A sheet that units freeze from above is changed in all of them: in what the public sees and in what waits for a
    decision alike, so that approving a submission never brings back what has just been replaced.
    """
    change = Change(
        {run.sheet.id: run.written},
        {run.sheet.id: {run.axis: run.view.node.states[run.axis]}},
        parts_of(run.view, run.written),
    )
    units, own = units_of(run.session, run.tenant, run.sheet), unit_sheet(run.session, run.tenant, run.sheet)
    for unit in units:
        _amend(run, unit, change)
        if own is None and run.written:
            amend_waiting(run.session, run.tenant, unit, change, at=run.at, actor=run.actor, reason=run.reason)


def _amend(run: Run, unit: Sheet, change: Change) -> None:
    revision = amend_in_force(run.session, run.tenant, unit, change, at=run.at, actor=run.actor)
    if revision is None:
        return
    run.amended.append((unit, revision))
    run.revision = revision
    if unit.id != run.sheet.id and run.written:  # told on the unit too, whose history does not hold the sheet's
        append(
            run.session, at=run.at, actor=run.actor, sheet_id=unit.id, kind=AMENDED, reason=run.reason,
            config_version=run.tenant.version,
        )  # fmt: skip


def apply_request(run: Run) -> None:
    """Write the values a change request proposes, unless what it was based on has changed meanwhile.

    The versions in force that froze a sheet so changed are amended: the region has just decided of it.
    """
    proposals = proposals_of(run.sheet)
    targets = {i: locked_sheet(run.session, i) for i in sorted(proposals)}
    for sheet_id, proposal in proposals.items():
        if proposal["raw"]:
            raise MoveRefused("La demande contient des valeurs qui ne sont pas valides.")
        now = targets[sheet_id].data
        moved = [
            n for n, was in proposal["base"].items() if now.get(n) != was and now.get(n) != proposal["values"].get(n)
        ]
        if moved:
            title = targets[sheet_id].title
            raise MoveRefused(f"« {title} » a changé depuis la demande : renvoyez-la pour qu'elle soit refaite.")
    for sheet_id, proposal in proposals.items():
        _write_proposal(run, targets[sheet_id], proposal["values"])
    _amend_frozen(run, {i: p["values"] for i, p in proposals.items()})


def _write_proposal(run: Run, target: Sheet, values: Mapping[str, Any]) -> None:
    before = {name: target.data.get(name) for name in values}
    target.data = {k: v for k, v in {**target.data, **values}.items() if v is not None}
    target.version += 1
    target.field_versions = {**target.field_versions, **dict.fromkeys(values, target.version)}
    target.changed_at = run.at
    view = View(run.tenant, load_node(run.session, target), run.view.today, lookups=run.view.lookups)
    refresh_mirrors(target, view)
    append(
        run.session, at=run.at, actor=run.actor, sheet_id=target.id, kind="request.applied", before=before,
        after=dict(values), reason=run.sheet.title, config_version=run.tenant.version,
    )  # fmt: skip


def _amend_frozen(run: Run, changes: Mapping[uuid.UUID, Mapping[str, Any]]) -> None:
    parent = run.session.get(Sheet, run.sheet.parent_id)
    if parent is None:
        return
    tree: Node = load_node(run.session, parent)
    units = [n.id for n in tree.down() if run.tenant.unit_axis(n.level)]
    for unit in sheets_by_ids(run.session, units).values():
        _amend(run, unit, Change(changes))


def delete(run: Run) -> None:
    """Delete the sheet and what is below it, softly: its code is never given again, its history stays."""
    rows = sheets_by_ids(run.session, [n.id for n in run.view.node.down()])
    for sheet in rows.values():
        sheet.deleted_at = run.at
    if run.sheet.approved_revision_id is not None:
        withdraw(run.session, run.tenant, run.sheet, run.at)
        run.revision = approved_revision(run.session, run.sheet)  # what is taken back from the targets
    run.session.flush()


EFFECTS: Mapping[str, Callable[[Run], None]] = {
    "revise": revise,
    "publish": publish_unit,
    "withdraw": withdraw_unit,
    "amend": amend_units,
    "apply": apply_request,
    "delete": delete,
}
