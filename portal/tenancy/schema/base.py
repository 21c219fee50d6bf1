"""What every part of a tenant's schema shares: strictness, identifiers, references."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Expression = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


def _day(written: str) -> str:
    try:
        if len(written) == len("2026-01-31"):
            date.fromisoformat(written)
            return written
    except ValueError:
        pass
    raise ValueError(f"« {written} » n'est pas un jour ; écrivez 2026-01-31")


Day = Annotated[str, AfterValidator(_day)]
"""A day, in ISO form."""


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Names = Annotated[list[str], BeforeValidator(_as_list)]
"""One name, or a list of names: `from: brouillon` and `from: [brouillon, transmise]` say the same kind of thing."""


class Model(BaseModel):
    """A part of a tenant's folder: unknown keys are faults, and what was read never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class RuleUse(BaseModel):
    """One use of a named rule: on what it applies, whether it blocks, and the words people read.

    The keys that are not listed here are the parameters of the rule itself; the rule declares them.
    """

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)

    rule: str = Field(description="Name of the rule, among those of `docs/rules.md`.")
    level: str | None = Field(
        None, description="Level the rule bears on; by default, the level of the form it stands in."
    )
    on: Names = Field(["save", "send"], description="When it is checked: `edit`, `save`, `send`, `deliver`.")
    severity: str = Field("block", description="`block` refuses; `warn` says so and lets through.")
    message: str | None = Field(
        None, description="The words shown; each rule has words of its own by default, which `{found}` stands for."
    )
    when: Expression | None = Field(None, description="The rule applies only where this condition holds.")
    valid_from: Day | None = Field(None, description="First day (ISO) on which the rule applies.")
    valid_until: Day | None = Field(None, description="Last day (ISO) on which the rule applies.")

    @property
    def parameters(self) -> dict[str, Any]:
        """The rule's own parameters, as written."""
        return dict(self.model_extra or {})
