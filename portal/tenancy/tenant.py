"""A region, read: its files as one object, with the questions the rest of the portal asks of it."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from portal.tenancy.schema import (
    Axis,
    DeskFile,
    FlowsFile,
    FormField,
    FormFile,
    ImportsFile,
    Level,
    MailsFile,
    Override,
    PublicFile,
    Role,
    Step,
    TenantFile,
    WorkflowFile,
)


@dataclass(frozen=True, eq=False)
class Tenant:
    """One version of one region's configuration."""

    who: TenantFile
    forms: dict[str, FormFile]
    workflow: WorkflowFile
    overrides: list[Override]
    desk: DeskFile
    flows: FlowsFile
    mails: MailsFile
    public: PublicFile | None
    imports: ImportsFile
    help: dict[str, str]
    digest: str
    files: dict[str, str] = field(repr=False)
    version: int = 0
    compiled: dict[Any, Any] = field(default_factory=dict, repr=False)  # conditions, once compiled (domain/language.py)

    @property
    def slug(self) -> str:
        """The name in addresses."""
        return self.who.slug

    @property
    def name(self) -> str:
        """The name on screen."""
        return self.who.name

    @property
    def region(self) -> str:
        """The territory, in words."""
        return self.who.region

    def level(self, level_id: str) -> Level:
        """A level, by id; KeyError when unknown."""
        return self.who.levels[level_id]

    def role(self, role_id: str) -> Role | None:
        """A role, by id."""
        return self.who.roles.get(role_id)

    def ancestors(self, level_id: str) -> list[str]:
        """The levels above, from the parent upward."""
        above, current = [], self.who.levels[level_id].parent
        while current in self.who.levels and current not in above:
            above.append(current)
            current = self.who.levels[current].parent
        return above

    def children(self, level_id: str) -> list[str]:
        """The levels directly below."""
        return [name for name, level in self.who.levels.items() if level.parent == level_id]

    def descendants(self, level_id: str) -> list[str]:
        """All the levels below, nearest first."""
        found = list(self.children(level_id))
        for child in found:
            found.extend(c for c in self.children(child) if c not in found)
        return found

    def steps(self, level_id: str) -> list[Step]:
        """The steps of a level's form; none when the level asks nothing."""
        form = self.forms.get(level_id)
        return form.steps if form else []

    @cached_property
    def _fields(self) -> dict[str, dict[str, FormField]]:
        return {lv: {f.id: f for step in form.steps for f in step.fields} for lv, form in self.forms.items()}

    def fields(self, level_id: str) -> dict[str, FormField]:
        """The fields of a level, by id, in the order of the form."""
        return self._fields.get(level_id, {})

    def field(self, level_id: str, field_id: str) -> FormField | None:
        """One field."""
        return self.fields(level_id).get(field_id)

    def step_of(self, level_id: str, field_id: str) -> Step | None:
        """The step that asks a field."""
        return next((s for s in self.steps(level_id) if any(f.id == field_id for f in s.fields)), None)

    @cached_property
    def _terms(self) -> dict[tuple[str, str], FormField]:
        return {(lv, f.term): f for lv, fields in self._fields.items() for f in fields.values() if f.term}

    def term_field(self, level_id: str, term: str) -> FormField | None:
        """The field of a level tied to a term."""
        return self._terms.get((level_id, term))

    def axis(self, axis_id: str) -> Axis:
        """An axis, by id; KeyError when unknown."""
        return self.workflow.axes[axis_id]

    def axes_of(self, level_id: str) -> dict[str, Axis]:
        """The axes on which the sheets of a level stand."""
        return {a: self.workflow.axes[a] for a in self.who.levels[level_id].axes}

    def unit_axis(self, level_id: str) -> str | None:
        """The axis of validation whose unit this level is, if it is one."""
        return next(
            (a for a, axis in self.axes_of(level_id).items() if axis.unit and axis.unit.level == level_id), None
        )

    def unit_level(self, level_id: str) -> str | None:
        """The level of the unit that validates a sheet of this level: itself or the nearest ancestor that is one."""
        return next((lv for lv in [level_id, *self.ancestors(level_id)] if self.unit_axis(lv)), None)

    @cached_property
    def session_level(self) -> str | None:
        """The level that is a session, in LHÉO's sense."""
        return next((name for name, level in self.who.levels.items() if level.session), None)
