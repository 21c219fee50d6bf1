"""The sheets a list, a task or a counter is about: those somebody may see, in some states, where a condition holds."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import Session

from portal.domain.conditions import ConditionError
from portal.domain.conditions.syntax import tokenize
from portal.domain.desk.reach import Reach
from portal.domain.desk.sql import Speech, Unsayable
from portal.domain.fields import KINDS
from portal.domain.fields.base import Lookups
from portal.domain.language import condition
from portal.domain.people import Actor
from portal.domain.reference.queries import ENDING
from portal.domain.sheets.effective import bearing_overrides
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import Node, load_nodes_by_ids
from portal.domain.sheets.queries import Reach as Reading
from portal.domain.sheets.queries import visible_sheets
from portal.domain.sheets.view import View
from portal.tenancy.tenant import Tenant

CHUNK = 200  # sheets read at once when many are


class Among:
    """The sheets of a level that somebody may read, or work on (`to`), narrowed by what a tenant's words say.

    `reach` and `speech` name what filters and sorts bear on; `query` gives the columns asked, joins included.
    """

    def __init__(
        self, session: Session, tenant: Tenant, actor: Actor, level: str, today: date, *, to: Reading = "read"
    ) -> None:
        self.session, self.tenant, self.actor, self.level, self.today = session, tenant, actor, level, today
        self.to = to
        self.reach = Reach(tenant, level)
        self.speech = Speech(self.reach, today)
        self._tests: list[ColumnElement[bool]] = [Sheet.level == level]

    def keep(self, *tests: ColumnElement[bool]) -> "Among":
        """Keep those that pass."""
        self._tests += tests
        return self

    def under(self, sheet_id: uuid.UUID, level: str) -> "Among":
        """Keep those that are below a sheet."""
        return self.keep(self.reach.sheet(level).id == sheet_id)

    def standing(self, states: Mapping[str, Sequence[str]]) -> "Among":
        """Keep those that stand in the given states, axis by axis."""
        return self.keep(*(self.reach.state(self.level, axis).in_(wanted) for axis, wanted in states.items()))

    def expired(self, field_id: str | None) -> "Among":
        """Keep those whose code, in a field, is over or replaced, says the reference table of its kind."""
        field = self.tenant.field(self.level, field_id) if field_id else None
        if field is None:
            return self
        codes = ENDING[KINDS[field.kind].lookup or ""](self.today)
        return self.keep(Sheet.data[field.id].astext.in_(codes))

    def where(self, expression: str | None) -> "Among":
        """Keep those where a condition holds; read one by one when SQL cannot say it. To be asked last."""
        if expression is None:
            return self
        try:
            return self.keep(self.speech.on(self.level, expression).sql.is_(True))
        except Unsayable:
            return self.keep(Sheet.id.in_(self.read(lambda view: view.holds(expression), expression)))

    def read(self, holds: Callable[[View], bool], expression: str) -> list[uuid.UUID]:
        """The ids of those kept so far for which something holds, read one by one; `expression`: what it speaks of."""
        ids = self.session.scalars(self.query(Sheet.id)).all()
        read = views(self.session, self.tenant, self.level, ids, self.today, expressions=[expression])
        return [view.node.id for view in read if holds(view)]

    def beside(self, level: str) -> "Among":
        """The sheets of another level that the same person may see, on the same day."""
        return Among(self.session, self.tenant, self.actor, level, self.today)

    def query(self, *columns: Any) -> Select[Any]:
        """A query of these columns on the sheets kept."""
        query = visible_sheets(self.actor, self.to).with_only_columns(*columns).select_from(Sheet).where(*self._tests)
        return self.reach.joined(query)


def views(
    session: Session,
    tenant: Tenant,
    level: str,
    ids: Iterable[uuid.UUID],
    today: date,
    *,
    expressions: Iterable[str] = (),
    lookups: Lookups | None = None,
) -> Iterator[View]:
    """Sheets of a level seen through their tenant's words, in the order of the ids; three queries a chunk. Codes are
    worded when `lookups` is given.

    What is below them is read only where one of the expressions, or an override of the tenant, speaks of it.
    """
    remaining = iter(ids)
    below = _reads_below(tenant, level, expressions)
    while chunk := list(islice(remaining, CHUNK)):
        nodes = load_nodes_by_ids(session, chunk, below=below)
        yield from _together(tenant, [nodes[i] for i in chunk if i in nodes], today, lookups)


def views_by_level(
    session: Session,
    tenant: Tenant,
    levels: Mapping[uuid.UUID, str],
    today: date,
    expressions: Mapping[str, Iterable[str]],
) -> dict[uuid.UUID, View]:
    """Sheets of several levels, read at once: as many queries for one as for thousands, so the caller bounds them.
    `expressions`: by level, what is said of its sheets.
    """
    deep = {level for level in set(levels.values()) if _reads_below(tenant, level, expressions.get(level, ()))}
    found: dict[uuid.UUID, View] = {}
    for below in (False, True):
        if ids := [i for i, level in levels.items() if (level in deep) is below]:
            nodes = load_nodes_by_ids(session, ids, below=below)
            found |= {v.node.id: v for v in _together(tenant, [nodes[i] for i in ids if i in nodes], today, None)}
    return found


def _together(tenant: Tenant, nodes: list[Node], today: date, lookups: Lookups | None) -> Iterator[View]:
    """The views of sheets loaded together: what is above several of them is read once."""
    first = View(tenant, nodes[0], today, lookups=lookups) if nodes else None
    yield from (first.of(node) for node in nodes if first is not None)


def _reads_below(tenant: Tenant, level: str, expressions: Iterable[str]) -> bool:
    lower = set(tenant.descendants(level))
    return bool(lower) and not lower.isdisjoint({*_named(expressions), *_overriding(tenant, level)})


def _overriding(tenant: Tenant, level: str) -> frozenset[str]:
    """What the overrides that mean something on a level speak of; worked out once per version of the tenant's files."""
    key = ("named by overrides", level)
    if key not in tenant.compiled:
        said = (override.when for _, override in bearing_overrides(tenant, level))
        tenant.compiled[key] = frozenset(_named(when for when in said if _means(tenant, level, when)))
    found: frozenset[str] = tenant.compiled[key]
    return found


def _named(expressions: Iterable[str]) -> Iterator[str]:
    return (t.text.partition(".")[0] for said in expressions for t in tokenize(said) if t.kind == "name")


def _means(tenant: Tenant, level: str, expression: str) -> bool:
    try:
        condition(tenant, level, expression)
    except ConditionError:
        return False
    return True
