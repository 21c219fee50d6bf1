"""Saving what is typed: valid values are stored, the others kept as typed, and nobody's words are lost to somebody
else's.

The page says what each field held when it was drawn (`was`, a fingerprint by field): what differs from it was changed
by this person; what the sheet now holds and differs from it was changed by somebody else. Only both at once conflict.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from portal.domain.entry.due import settle_values
from portal.domain.entry.mirrors import refresh_mirrors
from portal.domain.entry.sittings import settle, touch
from portal.domain.fields import KINDS, Fault
from portal.domain.people import Actor
from portal.domain.sheets.effective import EffectiveField
from portal.domain.sheets.errors import LockedError
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.view import View
from portal.domain.workflow import locked_by, locks_on, may_edit
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant

MOST_KEPT = 200_000  # characters of one value kept though not valid; more is no one's typing
UNKNOWN_STEP = "Cette étape n'existe pas pour cette fiche."
NOT_EDITABLE = "Cette fiche n'est pas modifiable dans son état actuel."
NOT_THEIRS = "Votre rôle ne permet pas de modifier cette fiche."


class Draft(Protocol):
    """Where values are written: a sheet, or a proposal."""

    data: dict[str, Any]
    raw: dict[str, Any]


@dataclass(frozen=True)
class Conflict:
    """One field that two people changed differently: what this person typed, and what is stored."""

    field: FormField
    mine: Any
    theirs: Any
    mine_shown: str
    theirs_shown: str


@dataclass
class Saved:
    """The outcome of a save: what changed, what is not valid (kept as typed), what somebody else changed meanwhile."""

    version: int
    changed: list[str] = field(default_factory=list)
    faults: dict[str, Fault] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)


def fingerprint(raw: Any) -> str:
    """A short fingerprint of what a form shows for a field."""
    text = json.dumps(raw, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def shown_raw(view: View, definition: FormField) -> Any:
    """What a form shows for a field: what was typed and is not valid yet, or the stored value as text."""
    if definition.id in view.node.raw:
        return view.node.raw[definition.id]
    return KINDS[definition.kind].raw(view.stored(definition.id), definition)


def editing_states(view: View) -> dict[str, str]:
    """The states that bear on editing a sheet: its own, then those of its ancestors."""
    states: dict[str, str] = {}
    for node in view.node.up():
        states = {**node.states, **states}
    return states


def lock_of(view: View, field_id: str, roles: frozenset[str]) -> str | None:
    """Why a field may not be typed by these roles now, or None when it may."""
    level, states = view.node.level, editing_states(view)
    message = locked_by(locks_on(view.tenant, level, states, roles, view.holds), level, field_id)
    return message or closed_to(view.tenant, level, states, roles)


def closed_to(tenant: Tenant, level: str, states: Mapping[str, str], roles: frozenset[str]) -> str | None:
    """Why these roles may type nothing in a sheet of this level in these states; None when they may."""
    if may_edit(tenant, level, states, roles):
        return None
    edit = tenant.level(level).edit
    return NOT_THEIRS if edit and not roles & set(edit) else NOT_EDITABLE


def save_step(
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
) -> Saved:
    """Save what was typed in a step. The sheet's row must be locked by the caller (`locked_sheet`).

    `raws` gives the form's value by field id, for the fields that were sent; `was` the fingerprints of the page; `keep`
    says that the save was asked for, and closes the sitting. Raises LockedError when the step, or a field that was
    changed, may not be edited; nothing is then written.
    """
    step = view.form.step(step_id)
    if step is None:
        raise LockedError(UNKNOWN_STEP)
    changes = changes_of(view, {f.id: f for f in step.fields}, raws, was or {})
    for name in changes.mine:
        if reason := lock_of(view, name, actor.roles_on(view.node)):
            raise LockedError(reason)
    saved = Saved(sheet.version, conflicts=changes.conflicts)
    before = {name: sheet.data.get(name) for name in changes.mine}
    for name, raw in changes.mine.items():
        write_value(view, sheet, view.form.fields[name].field, raw, saved)
    if changes.mine:
        before = {**settle_values(view, sheet, changes.mine), **before}
        stamp(session, view, sheet, step_id, before, actor, at, keep=keep)
    elif keep:
        settle(session, sheet, step_id, {}, actor=actor, at=at)
    saved.version, saved.changed = sheet.version, list(before)
    return saved


@dataclass
class Changes:
    """What a form changes: `mine`, raw by field; `conflicts`, the fields somebody else changed differently."""

    mine: dict[str, Any]
    conflicts: list[Conflict]


def storable(raw: Any) -> Any:
    """What was typed, without the characters no database keeps (NUL, halves of surrogate pairs), cut when it is
    absurd.
    """
    if isinstance(raw, str):
        return raw.replace("\x00", "").encode("utf-8", "replace").decode()[:MOST_KEPT]
    if isinstance(raw, list):
        return [storable(item) for item in raw]
    return {storable(k): storable(v) for k, v in raw.items()} if isinstance(raw, dict) else raw


def changes_of(
    view: View, fields: Mapping[str, EffectiveField], raws: Mapping[str, Any], was: Mapping[str, str]
) -> Changes:
    """What this person changed, and what somebody else changed differently meanwhile."""
    found = Changes({}, [])
    for name, raw in raws.items():
        shown = fields.get(name)
        if shown is None or not shown.entered:
            continue
        now = shown_raw(view, shown.field)
        if fingerprint(raw) == fingerprint(now) or _same(view, shown.field, raw):
            continue
        drawn = was.get(name)
        if drawn is not None and fingerprint(raw) == drawn:
            continue  # this person left it as it was drawn; somebody else has changed it since
        if drawn is not None and fingerprint(now) != drawn:
            found.conflicts.append(_conflict(view, shown.field, raw, now))
        else:
            found.mine[name] = raw
    return found


def _same(view: View, definition: FormField, raw: Any) -> bool:
    if definition.id in view.node.raw:
        return False
    kind = KINDS[definition.kind]
    try:
        return kind.same(kind.clean(raw, definition, view.context), view.stored(definition.id), definition)
    except Fault:
        return False


def _conflict(view: View, definition: FormField, mine: Any, theirs: Any) -> Conflict:
    kind = KINDS[definition.kind]

    def words(raw: Any) -> str:
        try:
            return kind.show(kind.clean(raw, definition, view.context), definition, view.context)
        except Fault:
            return str(raw)

    return Conflict(definition, mine, theirs, words(mine), words(theirs))


def write_value(view: View, draft: Draft, definition: FormField, raw: Any, saved: Saved) -> None:
    """Clean a value and write it in a draft; what is not valid is kept as typed, and told in `saved`."""
    data, kept = dict(draft.data), dict(draft.raw)
    try:
        value = KINDS[definition.kind].clean(raw, definition, view.context)
    except Fault as fault:
        saved.faults[definition.id] = fault
        kept[definition.id] = storable(raw)
    else:
        kept.pop(definition.id, None)
        if value is None:
            data.pop(definition.id, None)
        else:
            data[definition.id] = value
    draft.data, draft.raw = data, kept


def stamp(
    session: Session,
    view: View,
    sheet: Sheet,
    step: str,
    before: dict[str, Any],
    actor: Actor,
    at: datetime,
    *,
    keep: bool = False,
) -> None:
    """Raise the version of a sheet that changed, refresh what its row repeats, note the sitting; `keep` closes it."""
    sheet.version += 1
    sheet.field_versions = {**sheet.field_versions, **dict.fromkeys(before, sheet.version)}
    sheet.changed_at = at
    sheet.config_version = view.tenant.version
    view.node.data, view.node.raw = dict(sheet.data), dict(sheet.raw)
    refresh_mirrors(sheet, view)
    (settle if keep else touch)(session, sheet, step, before, actor=actor, at=at)
    session.flush()
