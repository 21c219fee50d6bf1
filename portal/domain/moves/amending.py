"""What goes out without a new decision: the version in force is amended, shown to the public, owed to the targets."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.catalogue.actions import publish
from portal.domain.catalogue.history import withdrawn_at
from portal.domain.deliveries.actions import open_deliveries, recheck_amended
from portal.domain.entry.completeness import blocking, problems_of_sheet
from portal.domain.journal.actions import append
from portal.domain.journal.models import JournalEntry
from portal.domain.moves.units import exempt_fields
from portal.domain.people import Actor
from portal.domain.sheets.certified import facts_to_freeze
from portal.domain.sheets.models import Revision, Sheet
from portal.domain.sheets.revisions import (
    amend,
    approved_revision,
    decide,
    patched,
    pending_revision,
    resubmit,
)
from portal.domain.sheets.view import View
from portal.tenancy.tenant import Tenant

AMENDED = "sheet.amended"
Changes = Mapping[uuid.UUID, Mapping[str, Any]]


@dataclass(frozen=True)
class Change:
    """What changes in the copies frozen of some sheets: values, states, and the parts frozen beside them."""

    values: Changes = field(default_factory=dict)
    states: Changes = field(default_factory=dict)
    parts: Changes = field(default_factory=dict)

    def within(self, revision: Revision) -> bool:
        """Whether a revision holds one of these sheets otherwise."""
        frozen = revision.snapshot["sheets"]
        other = any(str(i) in frozen and not _holds(frozen[str(i)], parts) for i, parts in self.parts.items())
        return other or patched(revision.snapshot, self.values, self.states, frozenset()) != revision.snapshot


def _holds(sheet: Mapping[str, Any], parts: Mapping[str, Any]) -> bool:
    return all(sheet.get(name) == value for name, value in parts.items())


def parts_of(view: View, written: Mapping[str, Any]) -> Changes:
    """What is frozen anew with a sheet on which something was written: its facts, its title and those below."""
    if not written:
        return {}
    parts: dict[uuid.UUID, dict[str, Any]] = {node.id: {"title": node.title} for node in view.node.down()}
    parts[view.node.id] |= {"facts": facts_to_freeze(view, view.node)}
    return parts


def exempt_since(session: Session, view: View, frozen: Mapping[str, Any]) -> dict[uuid.UUID, dict[str, Any]]:
    """What needs no decision and was changed while a submission waited, once complete: in force with it."""
    found = {}
    for node in view.node.down():
        sent = frozen.get(str(node.id), {}).get("data")
        names = exempt_fields(view.tenant, node.level) if sent is not None else set()
        if differ := {n for n in names if n not in node.raw and node.data.get(n) != sent.get(n)}:
            wrong = {p.field for p in blocking(problems_of_sheet(session, view.of(node), "send"))}
            found[node.id] = {name: node.data.get(name) for name in differ - wrong}
    return found


def amend_in_force(
    session: Session, tenant: Tenant, unit: Sheet, change: Change, *, at: datetime, actor: Actor
) -> Revision | None:
    """Amend the version in force of a unit and give it to the public; None when nothing in it changes."""
    revision = approved_revision(session, unit)
    if revision is None or not change.within(revision):
        return None
    amended = amend(session, unit, change.values, states=change.states, parts=change.parts, at=at, actor=actor)
    publish(session, tenant, unit, amended, at)
    return amended


def amend_waiting(
    session: Session, tenant: Tenant, unit: Sheet, change: Change, *, at: datetime, actor: Actor, reason: str | None
) -> Revision | None:
    """Change the submission of a unit that waits for a decision: the one to decide of is then the copy so changed.

    None when none waits, or when nothing in it changes.
    """
    pending = pending_revision(session, unit)
    if pending is None or not change.within(pending):
        return None
    entry = append(
        session, at=at, actor=actor, sheet_id=unit.id, kind="submission.changed", reason=reason,
        config_version=tenant.version,
    )  # fmt: skip
    decide(session, pending, "superseded", at=at, actor=actor, reason=reason, entry_id=entry.id)
    return resubmit(session, unit, pending, change.values, parts=change.parts)


def owe_amended(
    session: Session,
    tenant: Tenant,
    unit: Sheet,
    revision: Revision,
    entry: JournalEntry,
    *,
    at: datetime,
    move: str = "",
) -> list[uuid.UUID]:
    """Open what an amended version owes, and let go what waited for just that; the ids of the deliveries opened.

    A unit withdrawn from the public owes nothing but its withdrawal.
    """
    amended = withdrawn_at(session, tenant, unit) is None
    opened = open_deliveries(
        session, tenant, entry=entry, revision=revision, unit_sheet=unit, move=move, at=at, amended=amended
    )
    if amended:
        recheck_amended(session, tenant, revision, now=at)
    return opened
