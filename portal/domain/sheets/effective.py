"""The form of one sheet: its level's steps and fields once programme, mode and children have had their say.

`overrides.yaml` says what changes; an override holds where its condition does, and the last word wins.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portal.domain.conditions import ConditionError
from portal.domain.language import condition
from portal.domain.sheets.certified import fetches
from portal.tenancy.schema import FieldOverride, FormField, Override, RuleUse, Step
from portal.tenancy.tenant import Tenant

if TYPE_CHECKING:
    from portal.domain.sheets.view import View

BY_PROGRAMME = "Fixé par le programme"
BY_ANSWERS = "Fixé d'après vos autres réponses"


@dataclass(frozen=True)
class EffectiveField:
    """One field as this sheet asks it. `forced` is a value the region imposes; `locked` one that people may not
    change, and `why` the words that say the reason. `cells` are those of rows that overrides change.
    """

    field: FormField
    step: str
    hidden: bool = False
    locked: bool = False
    forced: str | list[str] | None = None
    why: str | None = None
    cells: Mapping[str, "EffectiveField"] = dataclasses.field(default_factory=dict)

    @property
    def id(self) -> str:
        """The field's id."""
        return self.field.id

    @property
    def entered(self) -> bool:
        """Whether people may type it at all: not imported, not computed, not locked by an override."""
        field = self.field
        source = field.origin == "imported" or field.value is not None or field.function is not None
        return not (source or self.locked or self.hidden)

    @property
    def fixed_cells(self) -> frozenset[str]:
        """The cells of its rows that people may not type."""
        return frozenset(name for name, cell in self.cells.items() if not cell.entered)


@dataclass(frozen=True)
class EffectiveStep:
    """One step as this sheet has it: only the fields that exist here."""

    step: Step
    fields: list[EffectiveField]
    rules: list[RuleUse]

    @property
    def id(self) -> str:
        """The step's id."""
        return self.step.id


@dataclass(frozen=True)
class EffectiveForm:
    """All of it. `rules` are those overrides add; `labels` the words they change, by key of overrides.yaml."""

    steps: list[EffectiveStep]
    fields: dict[str, EffectiveField]
    rules: list[RuleUse] = dataclasses.field(default_factory=list)
    labels: dict[str, str] = dataclasses.field(default_factory=dict)

    def step(self, step_id: str) -> EffectiveStep | None:
        """A step, by id; None when this sheet does not have it."""
        return next((s for s in self.steps if s.id == step_id), None)

    @property
    def visible(self) -> dict[str, EffectiveField]:
        """The fields this sheet asks or shows, by id."""
        return {f.id: f for step in self.steps for f in step.fields}


@dataclass(frozen=True)
class Overridden:
    """A level's form under some overrides, before the values of a sheet speak: what the sheets under them share."""

    steps: list[tuple[Step, list[EffectiveField]]]
    fields: dict[str, EffectiveField]
    rules: list[RuleUse]
    labels: dict[str, str]
    fetched: frozenset[str]


def overridden_form(view: "View") -> Overridden:
    """The form of a view's level under the overrides that hold on its sheet; made once for all those who share them."""
    level, compiled = view.node.level, view.tenant.compiled
    bearing = bearing_overrides(view.tenant, level)
    active = tuple(rank for rank, override in bearing if _active(view, override))
    key = ("overridden", level, active)
    if key not in compiled:
        compiled[key] = _made(view.tenant, level, [view.tenant.overrides[rank] for rank in active])
    found: Overridden = compiled[key]
    return found


def changed_fields(tenant: Tenant, level: str) -> frozenset[str]:
    """The fields of a level that some override may change or hide: the others are the same on every sheet."""
    key = ("changed fields", level)
    if key not in tenant.compiled:
        overrides = [override for _, override in bearing_overrides(tenant, level)]
        names = [name.split(".") for o in overrides for name in (*o.fields, *o.labels)]
        tenant.compiled[key] = frozenset(name[1] for name in names if name[0] == level and len(name) > 1)
    found: frozenset[str] = tenant.compiled[key]
    return found


def effective_form(view: "View") -> EffectiveForm:
    """The form of a view's sheet. Conditions of overrides are read first, then those of steps and fields."""
    shared = view.overridden
    changed = {name: _fetched(view, shared.fields[name]) for name in shared.fetched}
    fields = {**shared.fields, **changed} if changed else shared.fields
    steps = []
    for step, own in shared.steps:
        if not _has_step(view, step):
            continue
        visible = [fields[f.id] for f in own if not f.hidden and view.holds(f.field.when)]
        steps.append(EffectiveStep(step, visible, step.rules))
    return EffectiveForm(steps, fields, shared.rules, shared.labels)


def _made(tenant: Tenant, level: str, active: list[Override]) -> Overridden:
    fields: dict[str, EffectiveField] = {}
    steps: list[tuple[Step, list[EffectiveField]]] = []
    labels = {key: words for override in active for key, words in override.labels.items()}
    hidden_steps = {key for o in active for key, shown in o.steps.items() if not shown}
    for step in tenant.steps(level):
        own = [_overridden(tenant, f, step.id, level, active, labels) for f in step.fields]
        fields |= {f.id: f for f in own}
        if f"{level}.{step.id}" in hidden_steps:
            continue
        words = labels.get(f"step.{level}.{step.id}")
        steps.append((step.model_copy(update={"label": words}) if words else step, own))
    rules = [rule for override in active for rule in override.rules if rule.level == level]
    fetched = frozenset(f.id for f in fields.values() if f.field.fill and f.field.fill.locked)
    return Overridden(steps, fields, rules, labels, fetched)


def bearing_overrides(tenant: Tenant, level: str) -> list[tuple[int, Override]]:
    """The overrides that bear on a level, with their ranks in the tenant's file."""
    key = ("overrides", level)
    if key not in tenant.compiled:
        tenant.compiled[key] = [(rank, o) for rank, o in enumerate(tenant.overrides) if _bears_on(o, level)]
    found: list[tuple[int, Override]] = tenant.compiled[key]
    return found


def _bears_on(override: Override, level: str) -> bool:
    keys = [*override.fields, *override.steps]
    levels = {key.partition(".")[0] for key in keys} | {rule.level for rule in override.rules}
    words = any(
        key.partition(".")[0] in ("state", "move", "list", "tab", "create") or f"{level}." in key
        for key in override.labels
    )
    return level in levels or words


def _active(view: "View", override: Override) -> bool:
    """Whether it holds here. One that only changes words may speak of names this level does not have: it does not."""
    try:
        return view.holds(override.when)
    except ConditionError:
        return False


def _has_step(view: "View", step: Step) -> bool:
    programme = view.tenant.who.programmes.get(view.node.programme or "")
    if step.feature and (programme is None or step.feature not in programme.features):
        return False
    return view.holds(step.when)


def _overridden(
    tenant: Tenant, base: FormField, step: str, level: str, active: list[Override], labels: dict[str, str]
) -> EffectiveField:
    result = EffectiveField(base, step)
    if (words := labels.get(f"{level}.{base.id}")) is not None:
        result = replace(result, field=base.model_copy(update={"label": words}))
    for override in active:
        if (change := override.fields.get(f"{level}.{base.id}")) is not None:
            result = _apply(result, change, _reason(tenant, level, override))
    return _with_cells(tenant, result, level, active) if base.fields else result


def _reason(tenant: Tenant, level: str, override: Override) -> str:
    """Why what an override fixes is fixed, when the region does not say it."""
    names = condition(tenant, level, override.when).names
    return BY_PROGRAMME if "programme" in names else BY_ANSWERS


def _with_cells(tenant: Tenant, rows: EffectiveField, level: str, active: list[Override]) -> EffectiveField:
    """Rows with the cells that overrides change: `formation.blocs.retenu`."""
    cells: dict[str, EffectiveField] = {}
    for cell in rows.field.fields:
        for override in active:
            if (change := override.fields.get(f"{level}.{rows.id}.{cell.id}")) is not None:
                known = cells.get(cell.id) or EffectiveField(cell, rows.step)
                cells[cell.id] = _apply(known, change, _reason(tenant, level, override))
    if not cells:
        return rows
    kept = [cells[c.id].field if c.id in cells else c for c in rows.field.fields]
    return replace(rows, field=rows.field.model_copy(update={"fields": kept}), cells=cells)


def _fetched(view: "View", result: EffectiveField) -> EffectiveField:
    fill = result.field.fill
    return replace(result, locked=True) if fill and fill.locked and fetches(view, fill) else result


def _apply(result: EffectiveField, change: FieldOverride, reason: str) -> EffectiveField:
    names = ("required", "label", "help", "default", "min", "max", "choices")
    update = {name: value for name in names if (value := getattr(change, name)) is not None}
    fixed = change.locked or change.value is not None
    return replace(
        result,
        field=result.field.model_copy(update=update) if update else result.field,
        hidden=result.hidden or change.hidden,
        locked=result.locked or fixed,
        forced=change.value if change.value is not None else result.forced,
        why=(change.why or reason) if fixed else result.why,
    )
