"""forms/<level>.yaml: what a sheet of a level asks, step by step."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from portal.tenancy.schema.base import Expression, Id, Label, Model, Names, RuleUse


class Fill(Model):
    """A value that comes from elsewhere."""

    origin: str = Field(
        alias="from", description="Dotted name: `certification.intitule`, `lieu.address`, `action.lieu.organisation`."
    )
    otherwise: str | None = Field(None, description="Dotted name taken where the first one is empty.")
    locked: bool = Field(
        False, description="Whether people may never change it; else it is a first value, given while nobody has typed."
    )
    when: Expression | None = Field(None, description="The value comes from there only where this condition holds.")


class RowShape(Model):
    """How the rows of a `rows` field come to be: fixed keys, added by people, or taken from a source."""

    keys: dict[str, str] | None = Field(None, description="Fixed rows: key → label.")
    first: dict[str, dict[str, str]] = Field({}, description="First values of fixed rows: key → cell → value.")
    origin: str | None = Field(None, alias="from", description="Rows taken from a list elsewhere.")
    add: str | None = Field(None, description="Words of the button that adds a row.")
    remove: str | None = Field(None, description="Words of the button that removes one.")
    legend: str | None = Field(
        None, description="What one row is called: a word, `Intervenant #{n}` with its place, or cells: `{jour}`."
    )
    line: str | None = Field(
        None,
        description="One row where titles and tables say the rows: `{jour} {debut:typed} - {fin:typed}`; `typed`: as "
        "in a form. By default, all its cells.",
    )
    min: int = Field(0, ge=0)
    max: int = Field(100, ge=1, le=1000)


def _choices(value: Any) -> Any:
    return {v: v for v in value} if isinstance(value, list) else value


Icon = Literal["person", "hand", "people", "building", "calendar", "euro", "lock", "mail", "message", "phone", "place"]
"""The pictograms that may stand beside a word, among those of static/icons.svg."""

Choices = Annotated[dict[str, str], BeforeValidator(_choices)]


class FormField(Model):
    """One thing a sheet asks."""

    id: Id
    kind: str = Field("text", description="Kind of value; see the table of kinds.")
    label: str | None = Field(None, description="Words on screen; the id by default.")
    short: str | None = Field(None, description="Short label, for the heads of lists.")
    term: str | None = Field(None, alias="as", description="Term of the shared vocabulary: `session.start`.")
    help: str | None = Field(None, description="Help shown beside the field.")
    notice: str | None = Field(None, description="Information shown above the field.")
    required: bool = Field(False, description="Asked before sending (a draft may lack it).")
    when: Expression | None = Field(None, description="The field exists only where this condition holds.")
    public: bool = Field(True, description="Whether it may ever be shown to the public.")
    default: str | list[str] | None = Field(None, description="First value of a new sheet.")
    fill: Fill | None = None
    origin: Literal["entered", "imported", "seeded"] = Field("entered", description="Who gives it.")
    source: str | None = Field(None, description="Name of the source of an imported field, shown beside it.")
    duplicate: Literal["keep", "clear"] = Field("keep", description="What duplicating a sheet does to it.")
    min: str | None = Field(None, description="Least value (number, or date: ISO, `today`).")
    max: str | None = Field(None, description="Greatest value; for texts, the number of characters.")
    decimals: int = Field(2, ge=0, le=6)
    unit: str | None = Field(None, description="Unit shown after the value: `h`, `€`.")
    pattern: str | None = Field(None, description="Regular expression the text must match, with `pattern_help`.")
    pattern_help: str | None = None
    choices: Choices | None = Field(None, description="Values offered: code → label, or a list of labels.")
    icons: dict[str, Icon] = Field({}, description="Of a choice: code → the pictogram always shown beside its word.")
    table: str | None = Field(None, description="Official table of values: `lheo.modalites-es`.")
    among: str | None = Field(
        None, description="Values taken from the sheet itself or an ancestor: `action.couples_proposes`."
    )
    duty: Id | None = Field(None, description="Of a contact: the duty whose holders are offered first.")
    duty_only: bool = Field(False, description="Only the contacts who have the duty are offered.")
    rows: RowShape | None = None
    fields: list["FormField"] = Field([], description="Fields of a row.")
    rules: list[RuleUse] = Field([], description="Rules on each row.")
    value: Expression | None = Field(None, description="Expression of a computed field.")
    function: str | None = Field(None, description="Computed function, among those declared.")
    args: dict[str, str] = {}
    types: Names = Field(["pdf"], description="Types of file accepted, recognised by content.")
    max_size: str = Field("10MB", description="Greatest size of a file.")
    required_parts: Names = Field([], description="Parts of an address that are required.")

    @model_validator(mode="before")
    @classmethod
    def _inherited_is_locked(cls, data: Any) -> Any:
        """What is repeated from an ancestor is never typed: its fill is locked, whatever is written."""
        fill = data.get("fill") if isinstance(data, dict) else None
        if not isinstance(fill, dict) or data.get("kind") != "inherited":
            return data
        return {**data, "fill": {**fill, "locked": True}}

    @property
    def words(self) -> str:
        """The label, or the id when none was given."""
        return self.label or self.id


class Notice(Model):
    """A notice of a step."""

    text: Label = Field(description="Its words; `[words](https://…)`, `mailto:` and `/path` make a link.")
    level: Literal["info", "warn", "danger"] = "info"
    when: Expression | None = None


class Milestone(Model):
    """What is to be done so long before the day of a planning. Weeks are counted as `weeks_before` counts them."""

    label: Label
    weeks: int | None = Field(None, ge=1, le=104, description="Weeks before the day.")
    working_days: int | None = Field(None, ge=1, le=520, description="Working days before the day.")
    done: Expression | None = Field(None, description="Condition that says it is done.")
    when: Expression | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Milestone":
        if (self.weeks is None) == (self.working_days is None):
            raise ValueError("« weeks » ou « working_days » : l'un des deux")
        return self


class Planning(Model):
    """A calendar shown in a step: it counts back from a day of the sheet, and on from today."""

    day: Id = Field(description="Field of the day: `date_debut`.")
    milestones: list[Milestone] = Field(min_length=1)


class Step(Model):
    """One step of the form."""

    id: Id
    label: Label
    help: str | None = Field(None, description="Name of a file of help/, without `.md`.")
    intro: str | None = None
    notices: list[Notice] = []
    feature: Id | None = Field(None, description="The step exists only where the programme has this feature.")
    when: Expression | None = None
    fields: list[FormField] = []
    rules: list[RuleUse] = []
    planning: Planning | None = None


class FormFile(Model):
    """forms/<level>.yaml."""

    level: Id
    steps: list[Step]
