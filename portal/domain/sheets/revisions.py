"""Frozen copies of units: making them, amending the one in force, merging an approval with what was amended
meanwhile.
"""

import copy
import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.domain.fields.base import Lookups
from portal.domain.people import Actor
from portal.domain.sheets.certified import facts_to_freeze
from portal.domain.sheets.chosen import chosen, named
from portal.domain.sheets.errors import StillRaw
from portal.domain.sheets.models import Decision, Revision, Sheet
from portal.domain.sheets.nodes import Node, Snapshot, freeze
from portal.domain.sheets.view import View
from portal.tenancy.tenant import Tenant

Changes = Mapping[uuid.UUID, Mapping[str, Any]]


def digest_of(snapshot: Snapshot) -> str:
    """A snapshot's fingerprint: SHA-256 of its canonical JSON."""
    text = json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def freeze_unit(
    session: Session,
    tenant: Tenant,
    unit: Sheet,
    node: Node,
    axis: str,
    *,
    actor: Actor,
    at: datetime,
    lookups: Lookups | None = None,
) -> Revision:
    """Make a submitted revision of a live unit, with what `lookups` say that day of its certifications.

    Raises StillRaw while anything typed in it is not valid yet.
    """
    if any(n.raw for n in node.down()):
        raise StillRaw("Certaines valeurs saisies ne sont pas valides : corrigez-les avant l'envoi.")
    definition = tenant.axis(tenant.unit_axis(unit.level) or axis).unit  # a move of another axis freezes the same unit
    ancestors = definition.ancestors if definition else []
    view = View(tenant, node, at.date(), lookups=lookups)
    return _store(
        session,
        unit,
        "submitted",
        axis,
        _with_entries(
            freeze(node, ancestors, axis, lambda node: facts_to_freeze(view, node)),
            chosen(tenant, [*node.down(), *(n for n in node.up() if n.level in ancestors)]),
        ),
        unit.approved_revision_id,
        tenant.version,
        actor,
        at,
    )


def amend(
    session: Session,
    unit: Sheet,
    changes: Changes,
    *,
    at: datetime,
    actor: Actor,
    states: Changes | None = None,
    gone: frozenset[uuid.UUID] = frozenset(),
    parts: Changes | None = None,
) -> Revision:
    """Patch the revision in force and put the copy in force at once: exempt fields, public axes, codes that come back.

    `changes` gives values by sheet and field, `states` by sheet and axis, `gone` the sheets withdrawn, `parts` what
    else a sheet is frozen with (its title, its facts). Raises LookupError when the unit was never approved.
    """
    base = approved_revision(session, unit)
    if base is None:
        raise LookupError("cette fiche n'a pas de version approuvée")
    snapshot = _with_parts(patched(base.snapshot, changes, states or {}, gone), parts or {})
    snapshot = _with_entries(snapshot, named(session, changes.values()))
    revision = _store(session, unit, "amendment", base.axis, snapshot, base.id, base.config_version, actor, at)
    unit.approved_revision_id = revision.id
    session.flush()
    return revision


def resubmit(session: Session, unit: Sheet, pending: Revision, changes: Changes, *, parts: Changes) -> Revision:
    """A copy of a submission that waits, patched by whoever decides of it: who sent it, and when, stay. The caller
    records what became of the first.
    """
    snapshot = _with_parts(patched(pending.snapshot, changes, {}, frozenset()), parts)
    snapshot = _with_entries(snapshot, named(session, changes.values()))
    sender = Actor(pending.made_by, pending.made_by_name)
    return _store(
        session, unit, "submitted", pending.axis, snapshot, pending.base_id, pending.config_version, sender,
        pending.made_at,
    )  # fmt: skip


def _with_parts(snapshot: Snapshot, parts: Changes) -> Snapshot:
    """A snapshot some sheets of which are frozen with other parts."""
    kept = {str(sheet_id): dict(new) for sheet_id, new in parts.items()}
    return {**snapshot, "sheets": {key: {**sheet, **kept.get(key, {})} for key, sheet in snapshot["sheets"].items()}}


def _with_entries(snapshot: Snapshot, entries: Mapping[str, Any]) -> Snapshot:
    """A snapshot with entries of the directory as they are now: what was chosen reads the same for ever."""
    kept = {**snapshot.get("directory", {}), **entries}
    return {**snapshot, "directory": kept} if kept else snapshot


def patched(snapshot: Snapshot, changes: Changes, states: Changes, gone: frozenset[uuid.UUID]) -> Snapshot:
    """A copy of a snapshot with some values and states replaced and some sheets taken away."""
    out = copy.deepcopy(snapshot)
    for key, values in (("data", changes), ("states", states)):
        for sheet_id, new in values.items():
            if str(sheet_id) in out["sheets"]:
                out["sheets"][str(sheet_id)][key] |= dict(new)
    for sheet_id in gone:
        out["sheets"].pop(str(sheet_id), None)
    return out


def approve(session: Session, unit: Sheet, pending: Revision, *, at: datetime, actor: Actor) -> Revision:
    """Put a submitted revision in force, keeping what was amended since it was made; returns the revision in force.

    Three ways: the base of the submission, the submission, and the revision in force. A value amended in force since
    the base survives unless the submission changed it too; a sheet withdrawn meanwhile stays withdrawn.
    """
    current, base = (
        approved_revision(session, unit),
        session.get(Revision, pending.base_id) if pending.base_id else None,
    )
    merged = pending.snapshot
    if current is not None and base is not None and current.id != base.id:
        merged = merge(base.snapshot, pending.snapshot, current.snapshot)
    if merged != pending.snapshot:
        pending = _store(
            session, unit, "amendment", pending.axis, merged, pending.id, pending.config_version, actor, at
        )
    unit.approved_revision_id = pending.id
    session.flush()
    return pending


def merge(base: Snapshot, ours: Snapshot, theirs: Snapshot) -> Snapshot:
    """`ours` with the changes that `theirs` made to `base` and that `ours` did not touch."""
    out = copy.deepcopy(ours)
    if "directory" in theirs:
        out["directory"] = {**theirs["directory"], **out.get("directory", {})}
    for sheet_id, then in base["sheets"].items():
        now, sent = theirs["sheets"].get(sheet_id), out["sheets"].get(sheet_id)
        if now is None:
            out["sheets"].pop(sheet_id, None)
        elif sent is not None:
            for part in ("data", "states"):
                for name in {*then[part], *now[part]}:
                    was, became = then[part].get(name), now[part].get(name)
                    if was != became and sent[part].get(name) == was:
                        sent[part][name] = became
    return out


def approved_revision(session: Session, sheet: Sheet) -> Revision | None:
    """The revision in force of a unit."""
    return session.get(Revision, sheet.approved_revision_id) if sheet.approved_revision_id else None


def pending_revision(session: Session, sheet: Sheet) -> Revision | None:
    """The latest submitted revision of a unit on which nothing was decided yet."""
    decided = select(Decision.revision_id).where(Decision.revision_id == Revision.id).exists()
    query = select(Revision).where(Revision.unit_id == sheet.id, Revision.kind == "submitted", ~decided)
    return session.scalar(query.order_by(Revision.number.desc()).limit(1))


def revisions_of(session: Session, sheet: Sheet) -> list[Revision]:
    """All the revisions of a unit, latest first."""
    return list(session.scalars(select(Revision).where(Revision.unit_id == sheet.id).order_by(Revision.number.desc())))


def decide(
    session: Session,
    revision: Revision,
    outcome: str,
    *,
    at: datetime,
    actor: Actor,
    reason: str | None,
    entry_id: uuid.UUID,
) -> Decision:
    """Record what was decided of a submitted revision: approved, returned or superseded."""
    decision = Decision(
        revision_id=revision.id,
        outcome=outcome,
        by=actor.user_id,
        by_name=actor.name,
        at=at,
        reason=reason,
        journal_entry_id=entry_id,
    )
    session.add(decision)
    session.flush()
    return decision


def _store(
    session: Session,
    unit: Sheet,
    kind: str,
    axis: str,
    snapshot: Snapshot,
    base_id: uuid.UUID | None,
    version: int,
    actor: Actor,
    at: datetime,
) -> Revision:
    number = (session.scalar(select(func.max(Revision.number)).where(Revision.unit_id == unit.id)) or 0) + 1
    revision = Revision(
        unit_id=unit.id, number=number, kind=kind, axis=axis, base_id=base_id, snapshot=snapshot,
        digest=digest_of(snapshot),
        config_version=version, made_by=actor.user_id, made_by_name=actor.name, made_at=at,
    )  # fmt: skip
    session.add(revision)
    session.flush()
    return revision
