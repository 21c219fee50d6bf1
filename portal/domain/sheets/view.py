"""A sheet as the tenant's words see it: `dossier.mode`, `financeurs.region.effectif`, `session.start`.

A View answers conditions (it is a mapping), rules, patterns and pages, over a live sheet or a frozen one alike.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import cached_property
from typing import Any

from portal.domain.fields import KINDS, Context
from portal.domain.fields.base import Lookups, NoLookups
from portal.domain.organisations.directory import TABLES
from portal.domain.sheets import certified
from portal.domain.sheets.answering import Answering
from portal.domain.sheets.computed import worked_out
from portal.domain.sheets.effective import EffectiveForm, Overridden, effective_form, overridden_form
from portal.domain.sheets.names import Chosen, OwnState
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.options import Options
from portal.domain.sheets.repeated import repeated
from portal.domain.sheets.special import SPECIAL
from portal.domain.sheets.tied import tied_views, tied_words
from portal.domain.sheets.values import canonical, in_words, inside
from portal.domain.vocabulary import TERMS
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant


class View(Answering):
    """One node read through its tenant's words, on a given day; at a given moment of it where the hour matters."""

    def __init__(
        self, tenant: Tenant, node: Node, today: date, *, lookups: Lookups | None = None, at: datetime | None = None
    ) -> None:
        self.tenant = tenant
        self.node = node
        self.today = today
        self.at = at
        self.lookups = lookups or NoLookups()
        self._relatives: dict[Any, View] = {node.id: self}
        self.shared: dict[Any, Any] = {}  # what is worked out once for all the views read together

    def of(self, node: Node) -> "View":
        """The view of a relative, made once."""
        if node.id not in self._relatives:
            view = View(self.tenant, node, self.today, lookups=self.lookups, at=self.at)
            view._relatives, view.shared = self._relatives, self.shared
            self._relatives[node.id] = view
        return self._relatives[node.id]

    @property
    def states(self) -> dict[str, str]:
        """The states that bear on this sheet: those of its ancestors, then its own."""
        return {axis: state for node in reversed(list(self.node.up())) for axis, state in node.states.items()}

    # — names for conditions ————————————————————————————————————————————————

    def __getitem__(self, name: str) -> Any:
        node = self.node
        if (field := self.tenant.field(node.level, name)) is not None:
            return self.python_of(field)
        if name in self.tenant.level(node.level).axes:
            state = self._axis(name)
            return OwnState(state, self) if name == node.level and isinstance(state, str) else state
        if name in ("programme", "code", "title", "reference"):
            return getattr(node, name)
        if name == "option":
            return self.tenant.who.options
        if name == "organisation":
            return {"name": node.organisation.name, "siret": node.organisation.siret} if node.organisation else {}
        if (tied := tied_views(self, name)) is not None:
            return tied
        if name in self.tenant.who.levels:
            return self._relative(name)
        raise KeyError(name)

    def _relative(self, level: str) -> Any:
        if (above := self.node.ancestor(level)) is not None:
            return self.of(above)
        if level in self.tenant.descendants(self.node.level):
            return [self.of(n) for n in self.node.at_level(level)]
        return {}

    def _axis(self, axis_id: str) -> Any:
        derived = self.tenant.axis(axis_id).derived
        return self.node.states.get(axis_id) if derived is None else self.holds(derived)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tenant.fields(self.node.level))

    def __len__(self) -> int:
        return len(self.tenant.fields(self.node.level))

    def python_of(self, field: FormField) -> Any:
        """A field's value for conditions; None when it is empty. What the directory says of it can be read inside."""
        if (origin := repeated(self, field)) is not None:
            return origin[0].python_of(origin[1]) if self.value_of(field) is not None else None
        value = KINDS[field.kind].python(self.meant(field), field)
        if field.kind not in TABLES or field.among or not isinstance(value, str):
            return value
        entry = self.node.directory.find(TABLES[field.kind], value)
        return Chosen(value, entry) if entry is not None else value

    def meant(self, field: FormField) -> Any:
        """The value as stored; as worked out when it is computed, so that a date stays a date. None hides it."""
        stored = self.value_of(field)
        if stored is not None and field.function is not None:
            return worked_out(self, field)
        return stored if stored is None or field.value is None else self.evaluate(field.value)

    # — the form ————————————————————————————————————————————————————————————

    @cached_property
    def overridden(self) -> Overridden:
        """What the overrides that hold here make of the form, shared with the other sheets under them."""
        return overridden_form(self)

    @cached_property
    def form(self) -> EffectiveForm:
        """The form of this sheet, once the overrides that hold here have had their say."""
        return effective_form(self)

    @cached_property
    def context(self) -> Context:
        """What surrounds the values of this sheet: the day, the values offered by other fields, the tables."""
        return Context(self.today, self.tenant.slug, Options(self), self.lookups)

    def forget(self) -> None:
        """Forget what was worked out from values that have changed: the form, the choices offered."""
        for name in ("overridden", "form", "context"):
            self.__dict__.pop(name, None)

    # — values ——————————————————————————————————————————————————————————————

    def stored(self, dotted: str) -> Any:
        """The stored value of a dotted name: a field here or on an ancestor, a cell of fixed rows, a part of an
        address, a fact of a certification.
        """
        head, _, rest = dotted.partition(".")
        field = self.tenant.field(self.node.level, head)
        if field is None:
            above = self.node.ancestor(head)
            return self.of(above).stored(rest) if above is not None and rest else None
        value = self.value_of(field)
        if rest and field.kind == certified.KIND:
            return certified.certification_fact(self, field, value, rest)
        if rest and field.among:  # what was chosen is a row elsewhere: `organisme_formateur.adresse` is a cell of it
            return inside(self.stored(field.among), f"{value}.{rest}")
        if rest and field.kind in TABLES:  # or an entry of the directory: `site_lieu.address.insee`
            entry = self.node.directory.find(TABLES[field.kind], value) if isinstance(value, str) else None
            return entry.part(rest) if entry else None
        return inside(value, rest) if rest else value

    def value_of(self, field: FormField) -> Any:
        """The stored value of a field of this sheet, wherever it comes from."""
        if field.value is not None:
            return canonical(self.evaluate(field.value))
        if field.function is not None:
            return canonical(worked_out(self, field))
        if field.fill is not None and field.fill.locked and certified.fetches(self, field.fill):
            return certified.filled(self, field.fill)
        if field.rows is not None and (rows := certified.taken_rows(self, field)) is not None:
            return rows
        return self.node.data.get(field.id)

    def field_at(self, dotted: str) -> tuple["View", FormField] | None:
        """The field a dotted name or a term leads to, and the view that holds it."""
        head, _, rest = dotted.partition(".")
        if (field := self.tenant.field(self.node.level, head)) is not None:
            return self, field
        above = self.node.ancestor(head)
        if above is not None and rest and head in self.tenant.who.levels:
            found = self.of(above).field_at(rest)
            if found is not None:
                return found
        return self.term_at(dotted) if dotted in TERMS else None

    def term_at(self, term: str) -> tuple["View", FormField] | None:
        """The field tied to a term, on this sheet or the nearest ancestor."""
        for node in self.node.up():
            if (field := self.tenant.term_field(node.level, term)) is not None:
                return self.of(node), field
        return None

    def term(self, term: str) -> Any:
        """The stored value of the field tied to a term, here or on the nearest ancestor; None when there is none."""
        found = self.term_at(term)
        return found[0].stored(found[1].id) if found else None

    def show_term(self, term: str) -> str:
        """The same in French words."""
        found = self.term_at(term)
        return found[0].show_field(found[1]) if found else ""

    def show_field(self, field: FormField) -> str:
        """A field's value in French words; what is repeated from an ancestor, in the words it has there."""
        if (origin := repeated(self, field)) is not None:
            return origin[0].show_field(origin[1]) if self.value_of(field) is not None else ""
        asked = self.overridden.fields.get(field.id)
        shown = asked.field if asked is not None else field
        return KINDS[field.kind].show(self.meant(field), shown, self.context)

    def show(self, dotted: str) -> str:
        """A name of the tenant in French words: field, term, state, code, title, organisation; empty when there is
        nothing.
        """
        if (special := SPECIAL.get(dotted)) is not None:
            return special(self) or ""
        head, _, rest = dotted.partition(".")
        if head == "state":
            return self.state_label(rest)
        if (
            head in self.tenant.who.levels
            and head != self.node.level
            and (above := self.node.ancestor(head)) is not None
        ):
            return self.of(above).show(rest)
        found = self.field_at(dotted)
        if found is None:
            return tied_words(self, head, rest)
        view, field = found
        if dotted in TERMS or dotted in (field.id, f"{view.node.level}.{field.id}"):
            return view.show_field(field)
        value = view.stored(dotted if view is self else dotted.partition(".")[2])
        return in_words(value)

    def state_label(self, axis_id: str) -> str:
        """The label of the state on an axis, in the words of this sheet; empty when it stands nowhere on it."""
        axis = self.tenant.workflow.axes.get(axis_id)
        if axis is None:
            return ""
        if axis.derived is not None:
            return (axis.when_true if self.holds(axis.derived) else axis.when_false) or ""
        state = self.node.states.get(axis_id)
        if state is None or state not in axis.states:
            return state or ""
        return self.overridden.labels.get(f"state.{axis_id}.{state}", axis.states[state].label)
