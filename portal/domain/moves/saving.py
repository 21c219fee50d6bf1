"""Saving as people do it: what they typed is stored, then what the region declared for a change follows by itself.

A change may reopen an approved unit (`on: changed`); Save pressed with nothing missing may send it (`on: completed`); a
field exempt from a new decision goes out at once as an amendment of the version in force.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.catalogue.actions import publish
from portal.domain.entry.completeness import blocking, problems_of_unit
from portal.domain.entry.creating import edit_prerequisites
from portal.domain.entry.saving import Saved, save_step
from portal.domain.fields.base import Lookups
from portal.domain.journal.actions import append
from portal.domain.moves.effects import unit_sheet
from portal.domain.moves.perform import Done, local_day, perform_move
from portal.domain.people import SYSTEM, Actor
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.errors import LockedError
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.queries import locked_sheet
from portal.domain.sheets.revisions import amend, approved_revision
from portal.domain.sheets.view import View
from portal.tenancy.tenant import Tenant


@dataclass
class Outcome:
    """What a save did: the save itself, the moves it fired, the fields that went out at once."""

    saved: Saved
    moves: list[Done] = field(default_factory=list)
    amended: list[str] = field(default_factory=list)


def save(
    session: Session,
    tenant: Tenant,
    sheet_id: uuid.UUID,
    step_id: str,
    raws: Mapping[str, Any],
    *,
    actor: Actor,
    at: datetime,
    was: Mapping[str, str] | None = None,
    keep: bool = False,
    lookups: Lookups | None = None,
) -> Outcome:
    """Lock a sheet and save a step of it: see `save_opened`."""
    sheet = locked_sheet(session, sheet_id)
    view = View(tenant, load_node(session, sheet), local_day(tenant, at), lookups=lookups)
    return save_opened(session, view, sheet, step_id, raws, actor=actor, at=at, was=was, keep=keep)


def save_opened(
    session: Session,
    view: View,
    sheet: Sheet,
    step_id: str,
    raws: Mapping[str, Any],
    *,
    actor: Actor,
    at: datetime,
    was: Mapping[str, str] | None = None,
    keep: bool = False,
) -> Outcome:
    """Save a step of a sheet and let follow what the region declared. Flushes; the caller commits.

    The sheet's row is locked by the caller, and `view` was read under that lock. `keep` says that the save was asked
    for: autosaves neither send nor amend. Raises LockedError as `save_step` does, and when something must be done
    elsewhere first.
    """
    tenant, lookups = view.tenant, view.lookups
    if unmet := blocking(edit_prerequisites(session, view)):
        raise LockedError(unmet[0].message)
    saved = save_step(session, view, sheet, step_id, raws, actor=actor, at=at, was=was, keep=keep)
    outcome = Outcome(saved)
    exempt = _exempt(tenant, sheet.level)
    for unit in units_of(session, tenant, sheet):
        if set(saved.changed) - exempt:
            outcome.moves += _fire(session, tenant, unit, "changed", actor, at)
        if keep and not saved.faults and not saved.conflicts:
            outcome.amended += _amend_exempt(session, tenant, unit, sheet, exempt, actor, at)
            if _complete(session, tenant, unit, at, lookups):
                outcome.moves += _fire(session, tenant, unit, "completed", actor, at)
    return outcome


def units_of(session: Session, tenant: Tenant, sheet: Sheet) -> list[Sheet]:
    """The units a sheet is validated with: its own, or those below that freeze it; locked, in order."""
    if (own := unit_sheet(session, tenant, sheet)) is not None:
        return [own]
    levels = {
        axis.unit.level
        for axis in tenant.workflow.axes.values()
        if axis.unit is not None and sheet.level in axis.unit.ancestors
    }
    if not levels:
        return []
    below = load_node(session, sheet).down()
    return [locked_sheet(session, i) for i in sorted(n.id for n in below if n.level in levels)]


def _exempt(tenant: Tenant, level: str) -> set[str]:
    names = (name.partition(".") for name in tenant.workflow.revalidation.exempt)
    return {field for of, _, field in names if of == level}


def _fire(session: Session, tenant: Tenant, unit: Sheet, on: str, actor: Actor, at: datetime) -> list[Done]:
    """Perform the automatic moves of this kind that leave the unit's present states, in the name of who saved."""
    if not any(m.on == on for axis in tenant.axes_of(unit.level).values() for m in axis.moves.values()):
        return []
    acting = Actor(
        actor.user_id,
        actor.name,
        SYSTEM.roles,
        actor.organisations,
        actor.sheets,
        side="system",
        on_behalf_of=actor.on_behalf_of,
    )
    view, done = View(tenant, load_node(session, unit), local_day(tenant, at), lookups=ReferenceLookups()), []
    for axis_id, axis in tenant.axes_of(unit.level).items():
        state = unit.state(axis_id)
        for move_id, move in axis.moves.items():
            if move.on == on and (not move.sources or state in move.sources) and view.holds(move.when):
                done.append(perform_move(session, tenant, unit, move_id, axis=axis_id, actor=acting, at=at))
                break
    return done


def _complete(session: Session, tenant: Tenant, unit: Sheet, at: datetime, lookups: Lookups | None) -> bool:
    automatic = any(m.on == "completed" for axis in tenant.axes_of(unit.level).values() for m in axis.moves.values())
    if not automatic:
        return False
    view = View(tenant, load_node(session, unit), local_day(tenant, at), lookups=lookups)
    return not any(n.raw for n in view.node.down()) and not blocking(problems_of_unit(session, view, "send"))


def _amend_exempt(
    session: Session, tenant: Tenant, unit: Sheet, sheet: Sheet, exempt: set[str], actor: Actor, at: datetime
) -> list[str]:
    revision = approved_revision(session, unit) if exempt else None
    frozen = revision.snapshot["sheets"].get(str(sheet.id)) if revision else None
    if frozen is None:
        return []
    changed = {
        n: sheet.data.get(n) for n in exempt if n not in sheet.raw and sheet.data.get(n) != frozen["data"].get(n)
    }
    if changed:
        amended = amend(session, unit, {sheet.id: changed}, at=at, actor=actor)
        append(
            session, at=at, actor=actor, sheet_id=sheet.id, kind="sheet.amended", after=changed,
            before={n: frozen["data"].get(n) for n in changed}, config_version=tenant.version,
        )  # fmt: skip
        publish(session, tenant, unit, amended, at)
    return sorted(changed)
