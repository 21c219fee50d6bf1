"""overrides.yaml: what a programme, a mode or a child changes in all the rest."""

from pydantic import Field, RootModel

from portal.tenancy.schema.base import Expression, Label, Model, RuleUse


class FieldOverride(Model):
    """What an override changes in a field."""

    value: str | list[str] | None = Field(
        None, description="Forced value: written as soon as the condition holds, and not to be typed while it does."
    )
    locked: bool = False
    why: Label | None = Field(None, description="Words beside a forced or locked field, in place of the portal's own.")
    hidden: bool = False
    required: bool | None = None
    label: Label | None = None
    help: str | None = None
    default: str | list[str] | None = Field(
        None, description="First value, also written when the condition comes to hold while nobody has typed there."
    )
    min: str | None = None
    max: str | None = None
    choices: dict[str, str] | None = None


class Override(Model):
    """What a programme, a mode or a child changes."""

    when: Expression = Field(description="Condition on the sheet; names of the level the key bears on.")
    fields: dict[str, FieldOverride] = Field({}, description="`level.field`, or `level.rows.cell` of rows → changes.")
    labels: dict[str, str] = Field(
        {},
        description="Words changed: `level.field`, `state.axis.id`, `move.axis.id`, `list.id`, `step.level.id`, "
        "`button.level.id` (of a step shown alone, with its own button), `create.level` (what creates one, as "
        "the sheet that will hold it says it).",
    )
    steps: dict[str, bool] = Field({}, description="`level.step` → false hides it.")
    rules: list[RuleUse] = Field([], description="Rules added; each names its level.")


class OverridesFile(RootModel[list[Override]]):
    """overrides.yaml: a list, applied in order; the last word wins."""
