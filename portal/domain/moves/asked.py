"""What a move asks: read, judged, written on the sheet; and what the answer brings with it."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.entry.completeness import Problem, blocking, prerequisites, problems_of_unit
from portal.domain.entry.mirrors import refresh_mirrors
from portal.domain.entry.relatives import follow
from portal.domain.fields import KINDS, Fault
from portal.domain.people import Actor
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.certified import followers
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.domain.workflow import MoveRefused
from portal.tenancy.schema import Move
from portal.tenancy.schema.workflow import is_moment

TO_READ = "Relisez avant de confirmer."
TO_CORRECT = "Certaines réponses sont à corriger."
UNCHANGED = "C'est déjà la valeur actuelle : indiquez-en une autre."


MOMENT: Mapping[str, Callable[[View, Actor], str]] = {
    "now": lambda view, actor: view.now.isoformat(timespec="minutes"),
    "today": lambda view, actor: view.today.isoformat(),
    "actor.name": lambda view, actor: actor.name,
}
"""What a move may write of itself, by name: `set: {publiee_le: "{now}"}`. The checker knows the kinds that take it."""


class NotHeeded(MoveRefused):
    """Nothing prevents the move, but something warns of it that was not read yet: `problems` are the warnings."""


def read_asked(view: View, move: Move, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The stored values of what a move asks. Raises MoveRefused with a fault for each answer that cannot be kept."""
    asked, problems = {}, []
    for definition in move.asks:
        try:
            value = KINDS[definition.kind].clean(inputs.get(definition.id, ""), definition, view.context)
        except Fault as fault:
            problems.append((definition.id, fault.message))
            continue
        if value is None and definition.required:
            problems.append((definition.id, "Ce champ est obligatoire."))
        elif definition.id in move.renews and KINDS[definition.kind].same(
            value, view.stored(definition.id), definition
        ):
            problems.append((definition.id, UNCHANGED))
        elif value is not None:
            asked[definition.id] = value
    if problems:
        raise MoveRefused(TO_CORRECT, problems)
    return asked


def write_asked(
    session: Session, view: View, sheet: Sheet, move: Move, asked: Mapping[str, Any], actor: Actor
) -> dict[str, Any]:
    """Write on the sheet what was asked and what the move sets; returns what was written, by field, None for what is
    taken away with a code that another replaces. The view is stale afterwards: see `reread`.
    """
    own = view.tenant.fields(sheet.level)
    values = {name: value for name, value in asked.items() if name in own}
    for name in list(values):
        if values[name] != sheet.data.get(name):
            values |= dict.fromkeys(followers(view.tenant, sheet.level, name) & sheet.data.keys())
    for name, raw in move.set.items():
        given = MOMENT[raw[1:-1]](view, actor) if is_moment(raw) else raw
        values[name] = KINDS[own[name].kind].clean(given, own[name], view.context)
    if values:
        sheet.data = {k: v for k, v in {**sheet.data, **values}.items() if v is not None}
        sheet.raw = {k: v for k, v in sheet.raw.items() if k not in values}
        sheet.version += 1
        sheet.field_versions = {**sheet.field_versions, **dict.fromkeys(values, sheet.version)}
        session.flush()
    return values


def reread(
    session: Session, view: View, sheet: Sheet, written: Mapping[str, Any], *, actor: Actor, at: datetime
) -> View:
    """The sheet as it stands once written; its title, and what other sheets repeat of it, are worded again."""
    if not written:
        return view
    fresh = View(view.tenant, load_node(session, sheet), view.today, lookups=ReferenceLookups(), at=view.at)
    refresh_mirrors(sheet, fresh)
    follow(session, fresh, sheet, list(written), actor=actor, at=at)
    return fresh


def warning_key(problem: Problem) -> str:
    """What says, on a form, that this very warning was read."""
    words = f"{problem.sheet_id} {problem.path} {problem.message}"
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def warnings_of(session: Session, view: View, move: Move) -> list[Problem]:
    """What warns of a move without preventing it, on the sheet as it stands: its own rules, and those it checks."""
    found = prerequisites(session, view, move.rules)
    if move.check is not None:
        found += problems_of_unit(session, view, move.check)
    return list(dict.fromkeys(p for p in found if p.severity == "warn"))


def check_heeded(session: Session, view: View, move: Move, heeded: Collection[str]) -> None:
    """Raises NotHeeded, with all the warnings, when one of them is not among those read."""
    warnings = warnings_of(session, view, move)
    if any(warning_key(one) not in heeded for one in warnings):
        raise NotHeeded(TO_READ, warnings)


def judge_asked(session: Session, view: View, move: Move) -> None:
    """The rules of a move, on the sheet as it stands once written. Raises MoveRefused with a fault for each answer."""
    problems = blocking(prerequisites(session, view, move.rules)) if move.rules else []
    if not problems:
        return
    ids = {definition.id for definition in move.asks}
    told = [(problem.field, problem.message) for problem in problems if problem.field in ids]
    raise MoveRefused(TO_CORRECT if told else problems[0].message, told or problems)
