"""What rules ask beyond their own sheet: siblings, enrolments, codes. Rules declare it, this module loads it, rules
stay pure.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, lazyload

from portal.domain.conditions import Closures
from portal.domain.fields import KINDS
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.rules import RULES
from portal.domain.rules.base import Code, RuleView
from portal.domain.sheets.computed import around
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.opening import bare
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField, RuleUse


def _around(session: Session, view: View, use: RuleUse) -> list[View]:
    """The sheets of a level under an ancestor: `across: {level, under}`; the siblings for a rule that is about them."""
    across = use.parameters.get("across") or {}
    if not across and not RULES[use.rule].among_siblings:
        return []
    return around(session, view, across.get("level", view.node.level), across.get("under"))


def _elsewhere(session: Session, view: View, use: RuleUse) -> list[View]:
    """The other sheets of a level, anywhere in the region, with a row that names the same as a row here."""
    level, rows, by = (str(use.parameters.get(name) or "") for name in ("elsewhere", "rows", "by"))
    held = view.stored(rows) if level else None
    named = {row.get(by) for row in held if isinstance(row, dict)} if isinstance(held, list) else set()
    wanted = [Sheet.data.contains({rows: [{by: value}]}) for value in sorted(filter(None, named), key=str)]
    if not wanted:
        return []
    query = select(Sheet).where(Sheet.level == level, Sheet.deleted_at.is_(None), or_(*wanted))
    query = query.where(Sheet.id != view.node.id).options(lazyload(Sheet.states)).order_by(Sheet.id)
    found = session.scalars(query.limit(MOST))
    return [View(view.tenant, bare(sheet, view.node), view.today) for sheet in found]


def _codes(session: Session, view: View, use: RuleUse) -> dict[str, Code | None]:
    """What the reference table of the rule says of the codes of its field."""
    value = SheetRuleView(view, {}).value(use.parameters["field"])
    codes = [c for c in (value if isinstance(value, list) else [value]) if isinstance(c, str)]
    lookups = view.lookups if isinstance(view.lookups, ReferenceLookups) else ReferenceLookups()
    known = ((code, lookups.known(use.parameters["table"], code)) for code in codes)
    return {code: Code(k.label, k.valid_until, k.replaced_by) if k else None for code, k in known}


def _holidays(session: Session, view: View, use: RuleUse) -> set[date]:
    return set(view.closures().public)


def _school(session: Session, view: View, use: RuleUse) -> set[date]:
    return set(view.closures().school)


MOST = 500  # sheets that name the same people: more is no one's year of work
LOADERS: Mapping[str, Callable[[Session, View, RuleUse], Any]] = {
    "siblings": _around,
    "codes": _codes,
    "holidays": _holidays,
    "school": _school,
    "elsewhere": _elsewhere,
}


def load_facts(session: Session, view: View, use: RuleUse) -> dict[str, Any]:
    """The facts one use of a rule declares, by name."""
    return {name: LOADERS[name](session, view, use) for name in RULES[use.rule].facts if name in LOADERS}


class SheetRuleView:
    """A sheet as a rule sees it; with `row`, one row of one of its fields, whose names come first."""

    def __init__(
        self, view: View, facts: Mapping[str, Any], row: tuple[FormField, Mapping[str, Any]] | None = None
    ) -> None:
        self.view = view
        self.facts = facts
        self.today = view.today
        self.now = view.now
        self._row = row

    def value(self, dotted: str) -> Any:
        """The python value of a field, here, in the row, or on an ancestor; None when it is empty."""
        if self._row is not None and (cell := self._cell(dotted)) is not None:
            return KINDS[cell.kind].python(self._row[1].get(cell.id), cell)
        return self._python(dotted)

    def _cell(self, name: str) -> FormField | None:
        assert self._row is not None
        return next((c for c in self._row[0].fields if c.id == name), None)

    def _python(self, dotted: str) -> Any:
        view, path = self._holder(dotted)
        field = view.tenant.field(view.node.level, path.partition(".")[0])
        if field is None:
            return None
        rest = path.partition(".")[2]
        if not rest:
            return view.python_of(field)
        value = view.stored(path)
        cell = next((c for c in field.fields if c.id == rest.rpartition(".")[2]), None)
        return KINDS[cell.kind].python(value, cell) if cell else value

    def _holder(self, dotted: str) -> tuple[View, str]:
        head, _, rest = dotted.partition(".")
        above = self.view.node.ancestor(head) if rest and head in self.view.tenant.who.levels else None
        return (self.view.of(above), rest) if above is not None else (self.view, dotted)

    def values(self, pattern: str) -> list[Any]:
        """The python values of a pattern: `financeurs.*.effectif` gives one per row; `session.debut` one per sheet
        below.
        """
        head, _, rest = pattern.partition(".")
        tenant = self.view.tenant
        if rest and head in tenant.descendants(self.view.node.level):
            return [SheetRuleView(self.view.of(n), self.facts).value(rest) for n in self.view.node.at_level(head)]
        if ".*." in pattern:
            name, _, cell = pattern.partition(".*.")
            return [row.get(cell) for row in self.rows(name)]
        return [self.value(pattern)]

    def rows(self, dotted: str) -> list[Mapping[str, Any]]:
        """The rows of a field, each as python values by cell, `_id` included."""
        view, path = self._holder(dotted)
        field = view.tenant.field(view.node.level, path)
        stored = view.stored(path)
        if field is None or not isinstance(stored, list):
            return []
        return [
            {"_id": row.get("_id"), **{c.id: KINDS[c.kind].python(row.get(c.id), c) for c in field.fields}}
            for row in stored
            if isinstance(row, dict)
        ]

    def term_rows(self, term: str) -> tuple[str, list[Mapping[str, Any]]] | None:
        """The rows tied to a term, here or on the nearest ancestor, their cells named by their own terms too."""
        found = self.view.term_at(term)
        if found is None:
            return None
        holder, field = found
        terms = {c.id: c.term for c in field.fields if c.term}
        rows = SheetRuleView(holder, self.facts).rows(field.id)
        named: list[Mapping[str, Any]] = [{**row, **{name: row[cell] for cell, name in terms.items()}} for row in rows]
        return (field.id if holder is self.view else f"{holder.node.level}.{field.id}"), named

    def holds(self, expression: str) -> bool:
        """Whether a condition holds on the sheet, the row's names first."""
        if self._row is None:
            return self.view.holds(expression)
        field, row = self._row
        cells = {c.id: KINDS[c.kind].python(row.get(c.id), c) for c in field.fields}
        return self.view.holds(expression, row=field, cells=cells)

    def filled(self, dotted: str) -> bool:
        """Whether something is given there."""
        return self.value(dotted) not in (None, "", [], {})

    def unit(self, dotted: str) -> str | None:
        """The unit of a field: `h`, `€`."""
        view, path = self._holder(dotted)
        field = view.tenant.field(view.node.level, path.partition(".")[0])
        return field.unit if field else None

    def label(self, dotted: str) -> str:
        """The label of a field as this sheet words it."""
        if self._row is not None and (cell := self._cell(dotted)) is not None:
            return cell.words
        view, path = self._holder(dotted)
        name = path.partition(".")[0]
        shown = view.form.fields.get(name)
        if shown is None:
            return dotted
        last = path.rpartition(".")[2]
        cell = next((c for c in shown.field.fields if c.id == last), None)
        return cell.words if cell and last != name else shown.field.words

    def children(self, level: str) -> Sequence[RuleView]:
        """The sheets below at a level, each as a rule sees it."""
        return [SheetRuleView(self.view.of(n), self.facts) for n in self.view.node.at_level(level)]

    def siblings(self) -> Iterable[RuleView]:
        """The sheets loaded by the fact `siblings`, this one included."""
        return [SheetRuleView(v, self.facts) for v in self.facts.get("siblings", [])]

    def elsewhere(self) -> Iterable[RuleView]:
        """The sheets loaded by the fact `elsewhere`."""
        return [SheetRuleView(v, self.facts) for v in self.facts.get("elsewhere", [])]

    @property
    def closures(self) -> Closures:
        """The days off among the facts."""
        return Closures(self.facts.get("holidays", ()), self.facts.get("school", ()))

    @property
    def id(self) -> uuid.UUID:
        """The sheet's id."""
        return self.view.node.id

    @property
    def title(self) -> str:
        """The sheet's title."""
        return self.view.node.title
