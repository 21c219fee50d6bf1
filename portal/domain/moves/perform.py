"""Performing a move. Nowhere else does a state change."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.domain.deliveries.actions import open_deliveries
from portal.domain.entry.completeness import blocking, problems_of_unit
from portal.domain.entry.creating import edit_prerequisites
from portal.domain.entry.relatives import follow
from portal.domain.entry.requests import problems_of_request
from portal.domain.entry.sharing import lock_shared
from portal.domain.entry.sittings import flush
from portal.domain.journal.actions import append
from portal.domain.journal.models import JournalEntry
from portal.domain.mails.actions import write_mails
from portal.domain.moves.amending import owe_amended
from portal.domain.moves.asked import check_heeded, judge_asked, read_asked, reread, write_asked
from portal.domain.moves.correcting import carry_corrections, check_corrections, stand_for_reason
from portal.domain.moves.due import due_time, reschedule
from portal.domain.moves.effects import EFFECTS, Run
from portal.domain.moves.eyes import check_four_eyes
from portal.domain.moves.hands import carry, settle, typed_by
from portal.domain.moves.units import exempt_fields, unit_sheet, units_of
from portal.domain.people import SYSTEM, Actor
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.compare import compare
from portal.domain.sheets.models import Revision, Sheet, SheetState
from portal.domain.sheets.nodes import load_node, unit_of
from portal.domain.sheets.queries import locked_sheet
from portal.domain.sheets.revisions import approved_revision, pending_revision
from portal.domain.sheets.view import View
from portal.domain.workflow import MoveRefused, check_move, find_move
from portal.tenancy.schema import Move
from portal.tenancy.tenant import Tenant

ORDER = ("apply", "revise", "publish", "withdraw", "amend", "delete")  # an effect may rest on those before it
INCOMPLETE = "Il reste des informations à compléter ou à corriger."
NO_REASON = "Indiquez le motif."


@dataclass
class Done:
    """What a move did: its entry in the journal, the revision made or put in force, the deliveries opened, the words
    shown.
    """

    entry: JournalEntry
    revision: Revision | None
    deliveries: list[uuid.UUID] = field(default_factory=list)
    mails: list[uuid.UUID] = field(default_factory=list)
    message: str = ""


def local_day(tenant: Tenant, at: datetime) -> date:
    """The day it is in the region."""
    return at.astimezone(ZoneInfo(tenant.who.time_zone)).date()


def perform_move(
    session: Session,
    tenant: Tenant,
    sheet: Sheet,
    move_id: str,
    *,
    axis: str | None = None,
    actor: Actor,
    at: datetime,
    inputs: Mapping[str, Any] | None = None,
    reason: str | None = None,
    heeded: Collection[str] | None = None,
) -> Done:
    """Perform a move on a sheet, or raise MoveRefused and leave everything as it was. Flushes; the caller commits.

    In one transaction: lock the unit → check (state, other axes, role, guard, inputs, reason) → write what was asked →
    check (the move's rules, completeness) → change the state → journal → freeze, decide, publish, withdraw, amend,
    apply or delete → open the deliveries and the mails. `inputs` are raw form values by id of what the move asks;
    `heeded` are the keys of the warnings that were read: when it is given, any other stops the move (NotHeeded).
    """
    axis_id, _ = find_move(tenant, sheet.level, move_id, axis)
    sheet = lock_with_unit(session, tenant, sheet)
    view = View(tenant, load_node(session, sheet), local_day(tenant, at), lookups=ReferenceLookups(), at=at)
    states = view.states
    move = check_move(tenant, sheet.level, axis_id, move_id, states, actor.roles_on(view.node), view.holds)
    check_four_eyes(session, tenant, sheet.id, axis_id, move, actor)
    asked = read_asked(view, move, inputs or {})
    check_corrections(session, tenant, sheet, move)
    if move.reason == "required" and not (reason or "").strip() and not stand_for_reason(session, sheet, move):
        raise MoveRefused(NO_REASON)
    flush(session, [n.id for n in view.node.down()], at)
    written = write_asked(session, view, sheet, move, asked, actor)
    view = reread(session, view, sheet, written, actor=actor, at=at)
    judge_asked(session, view, move)
    _check_complete(session, view, sheet, move)
    if heeded is not None:
        check_heeded(session, view, move, heeded)
    before, after = {axis_id: states[axis_id]}, {axis_id: move.to or states[axis_id]}
    run = Run(session, tenant, sheet, view, axis_id, move, actor, at, (reason or "").strip() or None, written=written)
    run.pending = pending_revision(session, sheet)
    typed = typed_by(run)
    _change_state(session, tenant, view, sheet, axis_id, move, asked, at)
    run.entry = append(
        session, at=at, actor=actor, sheet_id=sheet.id, kind="state.changed", move=f"{axis_id}.{move_id}",
        before=before,
        after=after | ({"inputs": asked} if asked else {}), reason=run.reason, config_version=tenant.version,
    )  # fmt: skip
    carry(run, typed)
    for effect in sorted(move.effects, key=ORDER.index):
        EFFECTS[effect](run)
    if "delete" in move.effects:
        _without(run)
    settle(run)
    return _tell(run, move_id, carry_corrections(run))


def lock_with_unit(session: Session, tenant: Tenant, sheet: Sheet) -> Sheet:
    """Lock a sheet and what is above it up to its unit; the sheet, read anew."""
    lock_shared(session, tenant, sheet.level, sheet.parent_id)
    unit = tenant.unit_level(sheet.level)
    lineage, current = [sheet], sheet
    while unit is not None and current.level != unit and current.parent_id is not None:
        parent = session.get(Sheet, current.parent_id)
        if parent is None:
            break
        lineage.append(parent)
        current = parent
    for above in reversed(lineage[1:]):  # the unit first, so that two moves in one unit never wait for each other
        locked_sheet(session, above.id)
    return locked_sheet(session, sheet.id)


def _check_complete(session: Session, view: View, sheet: Sheet, move: Move) -> None:
    if move.check is None:
        return
    proposed = problems_of_request(session, view.tenant, sheet, view.today, move.check)
    unmet = blocking([*edit_prerequisites(session, view), *problems_of_unit(session, view, move.check), *proposed])
    if unmet:
        raise MoveRefused(INCOMPLETE, unmet)


def _change_state(
    session: Session,
    tenant: Tenant,
    view: View,
    sheet: Sheet,
    axis_id: str,
    move: Move,
    asked: Mapping[str, Any],
    at: datetime,
) -> None:
    row = next(s for s in sheet.states if s.axis == axis_id)
    stored = session.get(SheetState, row.id, with_for_update=True)
    assert stored is not None
    if move.to is not None and move.to != stored.state:
        stored.state, stored.since = move.to, at
        view.node.states[axis_id], view.node.since[axis_id] = move.to, at
    stored.due_at, stored.due_move = due_time(tenant, view, axis_id, stored, asked)
    stored.due_problem = None
    session.flush()
    reschedule(session, tenant, view, sheet, at, entered=axis_id)


def _tell(run: Run, move_id: str, corrections: str) -> Done:
    assert run.entry is not None
    trigger = f"{run.axis}.{move_id}"
    deliveries = []
    for unit, amended in run.amended:
        deliveries += owe_amended(run.session, run.tenant, unit, amended, run.entry, at=run.at, move=trigger)
    if run.revision is not None and not run.amended:
        deliveries = open_deliveries(
            run.session,
            run.tenant,
            entry=run.entry,
            revision=run.revision,
            unit_sheet=run.sheet,
            move=trigger,
            at=run.at,
        )
    mails = write_mails(
        run.session,
        run.tenant,
        view=run.view,
        event=trigger,
        at=run.at,
        actor=run.actor,
        reason=run.reason,
        cause=run.entry.id,
        words={"corrections": corrections},
    )
    return Done(run.entry, run.revision, deliveries, mails, run.move.done or "")


def _without(run: Run) -> None:
    """What a deletion makes of the sheets above: what they repeat of those below, and their unit, which has changed."""
    follow(run.session, run.view, run.sheet, None, actor=run.actor, at=run.at)
    reopen(run.session, run.tenant, run.sheet, None, actor=run.actor, at=run.at)


def reopen(
    session: Session, tenant: Tenant, sheet: Sheet, names: Collection[str] | None, *, actor: Actor, at: datetime
) -> list[Done]:
    """Perform the moves `on: changed` of the units of a sheet whose fields changed; `None`: it was made, or deleted.

    The version in force stays public until the next decision.
    """
    if names is not None and not set(names) - exempt_fields(tenant, sheet.level):
        return []
    done: list[Done] = []
    for unit in units_of(session, tenant, sheet) if sheet.deleted_at is None else _units_above(session, tenant, sheet):
        done += fire(session, tenant, unit, "changed", actor=actor, at=at)
    return done


def _units_above(session: Session, tenant: Tenant, sheet: Sheet) -> list[Sheet]:
    own = unit_sheet(session, tenant, sheet)
    return [own] if own is not None and own.deleted_at is None else []


def fire(session: Session, tenant: Tenant, unit: Sheet, on: str, *, actor: Actor, at: datetime) -> list[Done]:
    """Perform the automatic moves of this kind that leave the unit's present states, in the name of who acted."""
    if not any(m.on == on for axis in tenant.axes_of(unit.level).values() for m in axis.moves.values()):
        return []
    acting = replace(actor, roles=SYSTEM.roles, side="system")
    view, done = View(tenant, load_node(session, unit), local_day(tenant, at), lookups=ReferenceLookups()), []
    for axis_id, axis in tenant.axes_of(unit.level).items():
        state = unit.state(axis_id)
        for move_id, move in axis.moves.items():
            if move.on == on and (not move.sources or state in move.sources) and view.holds(move.when):
                if move.to == state and _as_in_force(session, view, unit):
                    break  # saved again without a change: what was sent already is not sent again
                done.append(perform_move(session, tenant, unit, move_id, axis=axis_id, actor=acting, at=at))
                break
    return done


def _as_in_force(session: Session, view: View, unit: Sheet) -> bool:
    """Whether a unit says nothing else than its version in force."""
    revision = approved_revision(session, unit)
    if revision is None:
        return False
    frozen = View(view.tenant, unit_of(revision.snapshot), view.today, lookups=view.lookups)
    return not list(compare(frozen, view))
