"""The proof of a decision: what was decided, by whom, when and why, of which content, under which configuration.

The content is the frozen version itself, read under its own configuration; its digest is worked out again each time, so
that the page says what was decided of, or says that it cannot.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.deliveries.payload import local_day
from portal.domain.fields import KINDS
from portal.domain.journal.models import JournalEntry
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.models import Decision, Revision, Sheet
from portal.domain.sheets.nodes import unit_of
from portal.domain.sheets.options import row_name
from portal.domain.sheets.revisions import digest_of
from portal.domain.sheets.view import View
from portal.tenancy.models import ConfigVersion
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant

OUTCOMES = {
    "approved": "Validée",
    "returned": "Renvoyée pour correction",
    "superseded": "Remplacée par un nouvel envoi",
}


@dataclass(frozen=True)
class Part:
    """One sheet of the unit as it was decided of: (step, [(label, lines)])."""

    level: str
    title: str
    steps: list[tuple[str, list[tuple[str, list[str]]]]]

    @property
    def heading(self) -> str:
        """The level and the title; the title alone where it begins with the level."""
        return self.title if self.title.lower().startswith(self.level.lower()) else f"{self.level} · {self.title}"


@dataclass(frozen=True)
class Proof:
    """Everything a decision rests on. `intact` says whether the content still has the digest it was sent with."""

    title: str
    code: str
    reference: str
    organisation: str
    siret: str
    number: int
    sent_at: datetime
    sent_by: str
    outcome: str
    move: str
    decided_at: datetime
    decided_by: str
    role: str
    reason: str
    entry: uuid.UUID
    digest: str
    intact: bool
    config_version: int
    config_digest: str
    parts: list[Part]


def proof_of(
    session: Session, tenant: Tenant, sheet: Sheet, number: int, *, at_version: Callable[[int], Tenant]
) -> Proof | None:
    """The proof of what was decided of a version of a unit; None when there is no such version, or no decision yet."""
    query = select(Revision, Decision, JournalEntry).join(Decision, Decision.revision_id == Revision.id)
    query = query.join(JournalEntry, JournalEntry.id == Decision.journal_entry_id)
    found = session.execute(query.where(Revision.unit_id == sheet.id, Revision.number == number)).one_or_none()
    if found is None:
        return None
    revision, decision, entry = found
    then = at_version(revision.config_version) or tenant
    view = View(then, unit_of(revision.snapshot), local_day(then, revision.made_at), lookups=ReferenceLookups())
    card = next((node.organisation for node in view.node.up() if node.organisation), None)
    config = select(ConfigVersion.digest).where(ConfigVersion.number == revision.config_version)
    return Proof(
        title=view.node.title, code=view.node.code, reference=view.node.reference or "",
        organisation=card.name if card else "", siret=card.siret if card else "", number=number,
        sent_at=revision.made_at, sent_by=revision.made_by_name, outcome=OUTCOMES[decision.outcome],
        move=_move(then, entry), decided_at=decision.at, decided_by=decision.by_name or "Guichet",
        role=_roles(then, entry), reason=decision.reason or "", entry=entry.id, digest=revision.digest,
        intact=digest_of(revision.snapshot) == revision.digest, config_version=revision.config_version,
        config_digest=session.scalar(config) or then.digest, parts=list(_parts(view)),
    )  # fmt: skip


def _move(tenant: Tenant, entry: JournalEntry) -> str:
    axis_id, _, move_id = (entry.move or "").partition(".")
    axis = tenant.workflow.axes.get(axis_id)
    move = axis.moves.get(move_id) if axis else None
    return (move.label if move else None) or move_id


def _roles(tenant: Tenant, entry: JournalEntry) -> str:
    names = [name for name in entry.actor_role.split(", ") if name]
    return ", ".join(role.label if (role := tenant.role(name)) else name for name in names)


def _parts(view: View) -> Iterator[Part]:
    """The unit and what is below it, then what is above and holds something."""
    above = [node for node in view.node.up() if node is not view.node and node.data]
    for one in (view.of(node) for node in [*view.node.down(), *above]):
        steps = [
            (step.step.label, told)
            for step in one.form.steps
            if (told := [(f.field.words, lines) for f in step.fields if (lines := _lines(one, f.field))])
        ]
        yield Part(view.tenant.level(one.node.level).label, one.node.title or one.node.code, steps)


def _lines(view: View, field: FormField) -> list[str]:
    """What a field says: nothing when it is empty, one line per row where it holds rows."""
    if field.kind != "rows":
        shown = view.show_field(field)
        return [shown] if shown else []
    context, rows = view.context.inside(field.id), [r for r in view.stored(field.id) or [] if isinstance(r, dict)]
    found = []
    for place, row in enumerate(rows, 1):
        cells = ((cell.words, KINDS[cell.kind].show(row.get(cell.id), cell, context)) for cell in field.fields)
        said = " ; ".join(f"{words} : {shown}" for words, shown in cells if shown)
        found.append(f"{row_name(row, place, field)} – {said}" if said else row_name(row, place, field))
    return found
