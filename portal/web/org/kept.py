"""What was typed in a step, kept: read from the form, saved, and told back to whichever page asked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import request

from portal.domain.entry.completeness import Problem, blocking, problems_of_step
from portal.domain.entry.saving import Conflict, fingerprint, shown_raw
from portal.domain.entry.sittings import last_hand
from portal.domain.fields import Fault
from portal.domain.moves.perform import Done
from portal.domain.sheets.certified import taken_rows
from portal.domain.sheets.effective import EffectiveField
from portal.domain.sheets.models import Sheet
from portal.web.drawn import Drawn
from portal.web.forms import StepForm, fingerprints
from portal.web.org.editing import MOMENT, Editing

UNKNOWN = "?"  # a fingerprint that nothing has: the page does not know what the field held
SOMEBODY = "une autre personne"


@dataclass
class Kept:
    """The outcome: the step as it now is, what was typed, what is not valid, what two people changed differently."""

    editing: Editing
    form: StepForm
    was: dict[str, str]
    faults: dict[str, Fault] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    moves: list[Done] = field(default_factory=list)

    @property
    def wrong(self) -> list[Problem]:
        """What refuses on saving: values that are not valid, rules of the region that do not hold."""
        session = self.editing.opened.session
        return blocking(problems_of_step(session, self.editing.view, self.editing.step, MOMENT))

    @property
    def reshaped(self) -> bool:
        """Whether other fields are asked now than when the page was drawn."""
        drawn = request.form.get("_forme")
        return drawn is not None and drawn != shape_of(self.editing)

    def drawn(self) -> list[Drawn]:
        """The fields as they were typed, with the faults and the two values of each conflict."""
        drawn = self.editing.drawn(self.form, self.faults)
        both = {c.field.id: c for c in self.conflicts}
        for one in drawn:
            if one.name in both:
                one.conflict = both_values(both[one.name].mine_shown, both[one.name].theirs_shown)
                one.conflict |= self._other_hand(one.name)
        return drawn

    def _other_hand(self, name: str) -> dict[str, str]:
        """Who changed a field meanwhile, and at what time in the region."""
        opened = self.editing.opened
        found = last_hand(opened.session, opened.sheet.id, name)
        if found is None:
            return {}
        zone = ZoneInfo(opened.tenant.who.time_zone)
        return {"by": found[0] or SOMEBODY, "at": f"à {found[1].astimezone(zone):%H:%M}"}


def both_values(mine: str, theirs: str) -> dict[str, str]:
    """A conflict as components/field_parts.html asks it."""
    return {"mine": mine or "vide", "theirs": theirs or "vide", "by": SOMEBODY, "at": ""}


def clashing(form: StepForm) -> list[str]:
    """The fields for which the page is asking which of two values to keep."""
    return [name for name in fingerprints(form.seen.data) if name in form.declared]


def keep_typed(editing: Editing, form: StepForm, *, keep: bool) -> Kept:
    """Save what a form holds. Raises LockedError when something that was changed may not be.

    A field that appears because of what was typed beside it is saved too: the step is then saved again, as it now is.
    """
    was = _was(editing, form)
    raws = _chosen(form.raws(), was, fingerprints(form.seen.data))
    known, kept = editing.typed_fields(), Kept(editing, form, was, form.overlong() | form.refused)
    while True:
        saved, moves = kept.editing.save(raws, was, keep=keep)
        kept.faults |= saved.faults
        kept.conflicts += saved.conflicts
        kept.moves += moves
        kept.editing = kept.editing.again(moved=bool(moves))
        late = kept.editing.typed_fields() - known
        if late:
            kept.form = kept.editing.form(form.sent)
        raws = {name: raw for name, raw in kept.form.raws().items() if name in late}
        if not raws:
            return kept
        known |= late


def _was(editing: Editing, form: StepForm) -> dict[str, str]:
    """What the page said each field held; where it says a version only, it knows not the fields changed since."""
    was = fingerprints(form.was.data)
    version = str(form.version.data or "")
    if not was and version.isdigit() and editing.target_id is None:
        changed = editing.opened.sheet.field_versions
        return {n: UNKNOWN for n in form.declared if changed.get(n, 0) > int(version)}
    return was


def _chosen(raws: dict[str, Any], was: dict[str, str], seen: Mapping[str, str]) -> dict[str, Any]:
    """What is to be saved once the person chose between two values: `_garder=<field>:mine` or `:theirs`."""
    name, _, which = request.form.get("_garder", "").partition(":")
    if which == "mine" and name in seen:
        was[name] = seen[name]
    return {n: raw for n, raw in raws.items() if not (which == "theirs" and n == name)}


def _given(editing: Editing, shown: EffectiveField) -> list[str]:
    rows = taken_rows(editing.view, shown.field) if shown.field.rows else None
    return [row["_id"] for row in rows or []]


def shape_of(editing: Editing) -> str:
    """Which fields the step asks, which of them may be typed, cell by cell, which rows a source gives:
    when it changes, the page draws them again.
    """
    fields = editing.step.fields
    typed = {f.id: f.entered and editing.lock(f.id) is None for f in fields}
    return fingerprint([(f.id, typed[f.id], _given(editing, f), sorted(f.fixed_cells)) for f in fields])


def hidden_inputs(editing: Editing, kept: Kept | None = None) -> dict[str, Any]:
    """The inputs that travel with the form: the version, what each field held, which fields there are."""
    view = editing.view
    typeable = [f for f in editing.step.fields if f.entered and editing.lock(f.id) is None]
    was = {f.id: fingerprint(shown_raw(view, f.field)) for f in typeable}
    found = {"version": editing.opened.sheet.version, "_was": was, "_forme": shape_of(editing)}
    if kept is not None:
        was |= {n: kept.was[n] for n in was if n in kept.was and _not_shown(kept, n, was[n])}
        if kept.conflicts:
            found["_vu"] = {c.field.id: fingerprint(c.theirs) for c in kept.conflicts}
    return {name: json.dumps(value) if isinstance(value, dict) else value for name, value in found.items()}


def _not_shown(kept: Kept, name: str, now: str) -> bool:
    """Whether the page goes on showing something else than what the sheet now holds, because somebody changed it."""
    if any(c.field.id == name for c in kept.conflicts):
        return True
    left = name in kept.form.declared and fingerprint(kept.form.field(name).raw) == kept.was[name]
    return left and now != kept.was[name]


def saved_words(editing: Editing, now: datetime) -> str:
    """« Brouillon enregistré à 14:32 », with the day when it was not today."""
    return f"Brouillon enregistré {_moment(editing.opened.sheet, editing, now)}"


def _moment(sheet: Sheet, editing: Editing, now: datetime) -> str:
    zone = ZoneInfo(editing.opened.tenant.who.time_zone)
    at, today = sheet.changed_at.astimezone(zone), now.astimezone(zone).date()
    pattern = "'à' HH:mm" if at.date() == today else "'le' d MMMM y 'à' HH:mm"
    return format_datetime(at, pattern, locale="fr")


def one_of(drawn: list[Drawn], name: str) -> Drawn | None:
    """A drawn field, or a cell or a part inside one, by its name in the form."""
    for one in drawn:
        if one.name == name:
            return one
        inside = [*one.fields, *(cell for row in one.rows for cell in row.fields)]
        if (found := one_of(inside, name)) is not None:
            return found
    return None


def without_row(rows: Any, row_id: str) -> list[dict[str, Any]] | None:
    """Rows but one; None when it is not among them."""
    held = [row for row in rows or [] if isinstance(row, dict)]
    left = [row for row in held if row.get("_id") != row_id]
    return left if len(left) < len(held) else None
