"""workflow.yaml: axes, units, states, moves, locks, revalidation."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from portal.tenancy.schema.base import Expression, Id, Label, Model, Names, RuleUse
from portal.tenancy.schema.forms import FormField

Tone = Literal["todo", "wait", "done", "off", "warn", "info"]
Effect = str


class Unit(Model):
    """What is validated together: the sheet of this level, what is below, and the ancestors named."""

    level: Id
    ancestors: list[Id] = Field([], alias="with", description="Ancestors frozen with it.")
    below: Literal["all", "none"] = "all"


class State(Model):
    """One state of an axis."""

    label: str
    tone: Tone = "info"
    edit: Names = Field([], description="Roles that may edit the sheet in this state.")
    holder: Id | None = Field(None, description="Role that has the next word.")
    public: bool = Field(False, description="Whether what was approved may be seen by the public.")
    closed: bool = Field(False, description="Whether the matter is over (a request answered, a dossier settled).")
    help: str | None = None


class Confirm(Model):
    """A screen of confirmation."""

    title: str | None = None
    intro: str | None = Field(None, description="A sentence that the warnings follow, as a list.")
    warnings: list[str] = []


SETS: dict[str, tuple[str, ...]] = {
    "now": ("datetime",), "today": ("date",), "actor.name": ("text", "longtext"),
}  # fmt: skip
"""What a move may write of itself on a sheet, and the kinds of field that take it."""


def is_moment(written: str) -> bool:
    """Whether a value a move sets is one of its own circumstances: `{now}`."""
    return written.startswith("{") and written.endswith("}")


def _confirm(value: Any) -> Any:
    return {} if value in ("true", True) else (None if value in ("false", False) else value)


class Delay(Model):
    """A delay counted from the entry into a state."""

    days: int | None = None
    working_days: int | None = None
    hours: int | None = None
    of: Id = Field(description="State from whose entry the delay runs.")


def _sources(value: Any) -> Any:
    if value is None:
        return {}
    if isinstance(value, str):
        return {value: None}
    return dict.fromkeys(value) if isinstance(value, list) else value


class Move(Model):
    """Something that may be done to a sheet on an axis."""

    label: str | None = None
    sources: Annotated[dict[str, Names | None], BeforeValidator(_sources)] = Field(
        {}, alias="from", description="States it leaves; with roles when they differ by state. Empty: any state."
    )
    to: Id | None = Field(None, description="State it reaches; absent: the state stays.")
    by: Names = Field([], description="Roles that may do it.")
    within: dict[Id, Names] = Field({}, alias="in", description="States required on other axes.")
    when: Expression | None = Field(None, description="Guard.")
    why: str | None = Field(None, description="Words shown when the guard refuses.")
    check: Literal["save", "send", "deliver"] | None = Field(None, description="Rules to satisfy before it.")
    effects: list[Effect] = Field([], description="Among revise, publish, withdraw, amend, apply, delete.")
    reason: Literal["required", "optional"] | None = None
    corrections: bool = Field(
        False,
        description="Whether it carries the remarks put on the fields of the submission to whoever corrects them. "
        "Those who may do it put the remarks; while one is open, approval is refused. A remark stands for the reason.",
    )
    four_eyes: Names = Field(
        [],
        description="Moves of the axis: whoever made one of them since the sheet was last sent may not make this one, "
        "nor may anybody who acts for them.",
    )
    asks: list[FormField] = Field(
        [], description="What the move asks; kept on the sheet by field id when it has such a field."
    )
    renews: Names = Field([], description="Among what it asks, fields that must not be left as they are.")
    rules: list[RuleUse] = Field(
        [], description="Rules read on the sheet once what was asked is written on it; those that warn are shown first."
    )
    confirm: Annotated[Confirm | None, BeforeValidator(_confirm)] = None
    set: dict[str, str] = Field(
        {}, description="Values written on the sheet by the move; `{now}`, `{today}`, `{actor.name}` say when and who."
    )
    done: str | None = Field(None, description="Words shown once done.")
    on: Literal["pressed", "completed", "changed", "acknowledged"] = Field("pressed", description="What triggers it.")
    target: Id | None = Field(None, description="With `on: acknowledged`, the target whose receipt triggers it.")
    at: str | None = Field(None, description="Field holding the time at which it happens by itself.")
    after: Delay | None = Field(None, description="Delay after which it happens by itself.")
    announce: str | None = Field(
        None, description="Words shown beside the state until time performs it; `{due}` is the moment, in words."
    )
    tone: Literal["primary", "secondary", "danger"] = "secondary"
    batch: bool = Field(False, description="Whether it may be done to many sheets at once.")

    @property
    def automatic(self) -> bool:
        """Whether nobody presses it."""
        return self.on != "pressed" or self.timed

    @property
    def timed(self) -> bool:
        """Whether time performs it."""
        return self.at is not None or self.after is not None

    def roles_from(self, state: str) -> list[str]:
        """The roles that may do it from a state."""
        return self.sources.get(state) or self.by


class Axis(Model):
    """One line along which a sheet stands somewhere."""

    label: str | None = None
    unit: Unit | None = Field(None, description="Present on an axis of validation.")
    initial: Id | None = None
    states: dict[Id, State] = {}
    moves: dict[Id, Move] = {}
    derived: Expression | None = Field(None, description="The axis is computed by this condition instead of stored.")
    when_true: str | None = Field(None, alias="true", description="Label when the condition holds.")
    when_false: str | None = Field(None, alias="false", description="Label when it does not.")

    @model_validator(mode="after")
    def _stored_or_derived(self) -> "Axis":
        if self.derived is None and (self.initial is None or not self.states):
            raise ValueError("un axe a des états et un état initial, ou une condition « derived »")
        return self


class Lock(Model):
    """Fields that may not be edited in some states."""

    level: Id | None = None
    axis: Id | None = None
    states: Names = []
    when: Expression | None = None
    fields: Names = Field(["*"], description="Fields locked; `*` for all.")
    excluded: Names = Field([], alias="except", description="Fields left open.")
    roles: Names = Field([], description="Roles locked; all by default.")
    message: Label


class Revalidation(Model):
    """What may change on an approved unit without a new decision."""

    exempt: Names = Field([], description="Fields, as `level.field`, published at once as an amendment.")


class Migration(Model):
    """Where sheets go when a published version drops a state they occupy."""

    states: dict[Id, dict[str, str]] = Field({}, description="axis → old state → new state.")
    kinds: dict[str, Literal["keep", "clear"]] = Field(
        {}, description="`level.field` whose kind changed → what becomes of values."
    )


class WorkflowFile(Model):
    """workflow.yaml."""

    axes: dict[Id, Axis]
    locks: list[Lock] = []
    revalidation: Revalidation = Revalidation()
    migrate: Migration = Migration()
