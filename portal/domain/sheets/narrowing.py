"""How a tab of the queue is narrowed: by words, programme, organisation, age, nearness of the start, what changed."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Text, and_, column, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from portal.domain.sheets.changed import is_given
from portal.domain.sheets.models import Decision, Revision, Sheet, SheetState
from portal.domain.sheets.search import holds_words
from portal.tenancy.tenant import Tenant

AGES = (2, 5, 10, 30)  # days since it was sent
NEAR = (7, 15, 30)  # days before it begins


@dataclass(frozen=True)
class Wanted:
    """How a tab is narrowed and ordered: by `deadline`, `age` since it was sent, `organisation` or `programme`.

    `older` is a number of days since it was sent. `starts` is a number of days before the start, `past` or `none`.
    `nature` is one of NATURES, or `level.step`: a step in which the version that waits differs from the one in force.
    """

    text: str = ""
    programme: str | None = None
    organisation: uuid.UUID | None = None
    older: int | None = None
    starts: str | None = None
    nature: str | None = None
    order: str = "deadline"
    backwards: bool = False


def narrowed(
    query: Select[Any], tenant: Tenant, wanted: Wanted, deadline: ColumnElement[date | None], today: date
) -> Select[Any]:
    """The tab with what is wanted of it alone. The query is joined to the state it waits in."""
    if wanted.text:
        query = query.where(holds_words(wanted.text))
    if wanted.programme:
        query = query.where(Sheet.programme == wanted.programme)
    if wanted.organisation:
        query = query.where(Sheet.organisation_id == wanted.organisation)
    if wanted.older is not None:
        query = query.where(SheetState.since < _midnight(tenant, today - timedelta(days=wanted.older - 1)))
    if wanted.starts:
        query = query.where(_starts(wanted.starts, deadline, today))
    if wanted.nature:
        query = query.where(nature_of(tenant, wanted.nature))
    return query


def _midnight(tenant: Tenant, day: date) -> datetime:
    """The moment a day begins in the region."""
    return datetime.combine(day, time(), ZoneInfo(tenant.who.time_zone))


def _starts(wanted: str, deadline: ColumnElement[date | None], today: date) -> ColumnElement[bool]:
    if wanted == "none":
        return deadline.is_(None)
    if wanted == "past":
        return deadline < today
    return and_(deadline >= today, deadline <= today + timedelta(days=int(wanted)))


def _sent_back() -> ColumnElement[bool]:
    """Whether the last decision about the unit asked for a correction."""
    outcome = select(Decision.outcome).join(Revision, Revision.id == Decision.revision_id)
    outcome = outcome.where(Revision.unit_id == Sheet.id, Decision.outcome != "superseded")
    last = outcome.order_by(Revision.number.desc()).limit(1).correlate(Sheet).scalar_subquery()
    return last == "returned"


NATURES: Mapping[str, tuple[str, Callable[[], ColumnElement[bool]]]] = {
    "premiere": ("Première demande", lambda: Sheet.approved_revision_id.is_(None)),
    "nouvelle": ("Nouvelle version d’une fiche validée", lambda: Sheet.approved_revision_id.is_not(None)),
    "corrigee": ("Revenue après une correction demandée", _sent_back),
}
"""The kinds of submission one may want alone: their words, and how they are known."""


def natures_of(tenant: Tenant, level: str) -> list[tuple[str, str]]:
    """The kinds of submission of a tab: (word of the address, words); none where nothing is submitted."""
    return [(name, words) for name, (words, _) in NATURES.items()] if tenant.unit_axis(level) else []


def steps_of(tenant: Tenant, level: str) -> list[tuple[str, str]]:
    """The steps in which a new version of a unit may differ: (`level.step`, words)."""
    if tenant.unit_axis(level) is None:
        return []
    levels = [level, *tenant.descendants(level)]
    several = sum(1 for name in levels if tenant.steps(name)) > 1
    return [
        (f"{name}.{step.id}", f"{tenant.level(name).label} : {step.label}" if several else step.label)
        for name in levels
        for step in tenant.steps(name)
        if any(is_given(field) for field in step.fields)
    ]


def nature_of(tenant: Tenant, nature: str) -> ColumnElement[bool]:
    """The condition of one of NATURES, or of a step."""
    if nature in NATURES:
        return NATURES[nature][1]()
    level, _, step_id = nature.partition(".")
    return _changed_in(tenant, level, step_id)


def _changed_in(tenant: Tenant, level: str, step_id: str) -> ColumnElement[bool]:
    """Whether the version that waits differs from the one in force in a step, on the unit or on a sheet below it.

    The database compares the frozen values: the units themselves are not opened.
    """
    step = next(s for s in tenant.steps(level) if s.id == step_id)
    sent, kept = aliased(Revision), aliased(Revision)
    each = func.jsonb_each(sent.snapshot["sheets"]).table_valued(column("key", Text), column("value", JSONB))
    now, was = each.c.value, kept.snapshot["sheets"][each.c.key]
    differs = [
        now["data"][field.id].is_distinct_from(was["data"][field.id]) for field in step.fields if is_given(field)
    ]
    decided = select(Decision.id).where(Decision.revision_id == sent.id).exists()
    changed = select(literal(1)).select_from(sent).join(kept, kept.id == Sheet.approved_revision_id).join(each, true())
    changed = changed.where(sent.unit_id == Sheet.id, sent.kind == "submitted", ~decided)
    return changed.where(now["level"].astext == level, or_(*differs)).correlate(Sheet).exists()
