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
from portal.domain.entry.completeness import blocking, problems_of_sheet, problems_of_unit
from portal.domain.entry.creating import edit_prerequisites
from portal.domain.entry.relatives import follow
from portal.domain.entry.saving import Saved, save_step
from portal.domain.entry.sharing import lock_shared
from portal.domain.fields.base import Lookups
from portal.domain.journal.actions import append
from portal.domain.moves.amending import AMENDED, owe_amended
from portal.domain.moves.due import reschedule
from portal.domain.moves.perform import Done, fire, local_day, reopen
from portal.domain.moves.units import exempt_fields, units_of
from portal.domain.people import Actor
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
    if (found := session.get(Sheet, sheet_id)) is not None:
        lock_shared(session, tenant, found.level, found.parent_id)
    sheet = locked_sheet(session, sheet_id)
    view = View(tenant, load_node(session, sheet), local_day(tenant, at), lookups=lookups, at=at)
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

    The sheet's row is locked by the caller, after what it shares (`lock_shared`), and `view` was read under that lock.
    `keep` says that the save was asked for: autosaves neither send nor amend. Raises LockedError as `save_step` does,
    and when something must be done elsewhere first.
    """
    tenant, lookups = view.tenant, view.lookups
    if unmet := blocking(edit_prerequisites(session, view)):
        raise LockedError(unmet[0].message)
    saved = save_step(session, view, sheet, step_id, raws, actor=actor, at=at, was=was, keep=keep)
    outcome = Outcome(saved)
    others = follow(session, view, sheet, saved.changed, actor=actor, at=at) if saved.changed else []
    if saved.changed:
        reschedule(session, tenant, view, sheet, at)
    exempt = exempt_fields(tenant, sheet.level)
    for unit in units_of(session, tenant, sheet):
        if set(saved.changed) - exempt:
            outcome.moves += fire(session, tenant, unit, "changed", actor=actor, at=at)
        if keep and not saved.faults and not saved.conflicts:
            outcome.amended += _amend_exempt(session, view, unit, sheet, exempt, actor, at)
            if _complete(session, tenant, unit, at, lookups):
                outcome.moves += fire(session, tenant, unit, "completed", actor=actor, at=at)
    for other, names in others:
        outcome.moves += reopen(session, tenant, other, names, actor=actor, at=at)
    return outcome


def _complete(session: Session, tenant: Tenant, unit: Sheet, at: datetime, lookups: Lookups | None) -> bool:
    automatic = any(m.on == "completed" for axis in tenant.axes_of(unit.level).values() for m in axis.moves.values())
    if not automatic:
        return False
    view = View(tenant, load_node(session, unit), local_day(tenant, at), lookups=lookups)
    return not any(n.raw for n in view.node.down()) and not blocking(problems_of_unit(session, view, "send"))


def _amend_exempt(
    session: Session, view: View, unit: Sheet, sheet: Sheet, exempt: set[str], actor: Actor, at: datetime
) -> list[str]:
    """Amend the version in force with the exempt fields that may be shown; what is incomplete waits to be completed."""
    tenant = view.tenant
    revision = approved_revision(session, unit) if exempt else None
    frozen = revision.snapshot["sheets"].get(str(sheet.id)) if revision else None
    if frozen is None:
        return []
    changed = {
        n: sheet.data.get(n) for n in exempt if n not in sheet.raw and sheet.data.get(n) != frozen["data"].get(n)
    }
    now = View(tenant, view.node, view.today, lookups=view.lookups)
    wrong = {p.field for p in blocking(problems_of_sheet(session, now, "send"))} if changed else set()
    if changed := {name: value for name, value in changed.items() if name not in wrong}:
        amended = amend(session, unit, {sheet.id: changed}, at=at, actor=actor)
        entry = append(
            session, at=at, actor=actor, sheet_id=sheet.id, kind=AMENDED, after=changed,
            before={n: frozen["data"].get(n) for n in changed}, config_version=tenant.version,
        )  # fmt: skip
        publish(session, tenant, unit, amended, at)
        owe_amended(session, tenant, unit, amended, entry, at=at)
    return sorted(changed)
