"""tenant.yaml: who the region is, its roles, its levels, its programmes."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from portal.tenancy.schema.base import Day, Expression, Id, Label, Model, Names, RuleUse


class Theme(Model):
    """The region's colours; their contrast is checked (WCAG 2.2, AA)."""

    brand: str = Field(description="Colour of the header and of the primary action, `#rrggbb`.")
    accent: str = Field("#c2410c", description="Second colour, for marks and charts.")
    ink: str = Field("#ffffff", description="Colour of the text on the brand colour; contrast ≥ 4.5 or a fault.")


class Contact(Model):
    """Someone to call, and about what."""

    subject: Label = Field(description="What one calls about.")
    name: str | None = Field(None, description="Service or person.")
    phone: str | None = None
    mail: str | None = None
    href: str | None = Field(None, description="Address of a help site.")
    hours: str | None = Field(None, description="When they answer.")


class Role(Model):
    """A part people play in the region."""

    label: Label
    side: Literal["org", "validator", "admin"] = Field(description="Which area the role works in.")
    scope: str = Field(
        "organisation", description="`organisation`, `tenant`, or the level whose sheets carry the right."
    )
    second_factor: bool = Field(False, description="Whether signing in asks for a second factor.")


class Code(Model):
    """How the sheets of a level are numbered."""

    pattern: str = Field("{n}", description="`{n}` next number, `{n:02}` padded, `{field}` a field's value.")
    restart: Literal["tenant", "parent"] = Field("tenant", description="Where numbering starts again.")
    start: int = Field(1, ge=0, description="First number given.")


class Creatable(Model):
    """Who may create a sheet of this level, and on which conditions."""

    by: Names = Field(description="Roles.")
    label: Label = Field(description="Words of the button.")
    requires: list[RuleUse] = Field([], description="Rules on the parent, checked before a sheet is created or edited.")
    set: dict[str, str] = Field({}, description="Values given at creation, by field id.")
    copy_from: dict[str, str] = Field(
        {}, alias="copy", description="Fields first filled from another: `{contact_nom: dossier.contact_nom}`."
    )
    fields: Names = Field([], description="Fields asked on the page that creates it, beside their own step.")
    when: Expression | None = Field(None, description="Condition on the parent.")
    closing: Label | None = Field(
        None, description="Said above the buttons that end the entry, once the new sheet lacks nothing."
    )
    keep: Label | None = Field(
        None, description="Words of the button that ends the entry and leaves the sheet there: `Créer ce groupe`."
    )
    then: list["Then"] = Field([], description="Buttons that end the entry and go on to something else.")


class Then(Model):
    """What ends the entry of a new sheet and goes on: to a sheet below it, or to one of its moves."""

    label: Label = Field(description="Words of the button: `créer ce groupe puis créer une session`.")
    create: Id | None = Field(None, description="Level below, of which a sheet is then created.")
    move: Id | None = Field(None, description="Move of one of its axes, performed then; hidden while it is refused.")

    @model_validator(mode="after")
    def _one_of_both(self) -> "Then":
        if (self.create is None) == (self.move is None):
            raise ValueError("« create » ou « move » : l'un des deux")
        return self


class Deletable(Model):
    """Who may delete a sheet of this level that has nothing below it, and on which condition. For the levels that stand
    on no axis: elsewhere a move with the effect `delete` does it.
    """

    by: Names = Field(description="Roles.")
    label: Label = Field("Supprimer", description="Words of the button.")
    when: Expression | None = Field(None, description="Condition on the sheet.")
    why: str | None = Field(None, description="Words shown when the condition refuses.")
    warnings: list[str] = Field([], description="What is said before it is done.")


class Level(Model):
    """A rank of the hierarchy: what its sheets are called, who makes them, which axes they carry."""

    label: Label
    plural: str | None = None
    article: str = Field("la", description="French article, for messages: `la`, `le`, `l'`.")
    parent: Id | None = None
    origin: Literal["entered", "imported"] = Field("entered", description="Where sheets come from.")
    source: str | None = Field(None, description="Name of the source of imported sheets, shown beside their fields.")
    axes: list[Id] = Field([], description="Axes of workflow.yaml its sheets stand on.")
    session: bool = Field(False, description="Whether a sheet of this level is a session, in LHÉO's sense.")
    code: Code = Code()
    reference: str = Field("{code}", description="Public address, unique in the region: `{composante.code}-{code}`.")
    title: str = Field("{code}", description="How a sheet is named in lists: `{n} - {intitule}`.")
    creatable: Creatable | None = None
    editable: bool = Field(True, description="Whether its entered fields may be edited outside a change request.")
    edit: Names = Field(
        [],
        description="Roles that may edit it, whatever its state; by default those its state names, everybody where it "
        "stands on no axis.",
    )
    deletable: Deletable | None = None
    requires: list[RuleUse] = Field(
        [], description="Rules checked before a sheet is edited (`on: edit`), with the words shown."
    )
    amends: dict[Id, Names] | None = Field(
        None, description="Change request: scopes of fields of the parent it may change."
    )
    one_open: bool = Field(False, description="At most one open at a time under a parent.")


class Link(Model):
    """A side hierarchy between two levels."""

    origin: Id = Field(alias="from")
    to: Id
    many: bool = True


class Programme(Model):
    """A programme of the region: features it turns on; overrides.yaml says what else it changes."""

    label: Label
    short: str | None = None
    features: list[Id] = []
    starts: Day | None = Field(None, description="First day of the programme (ISO).")
    ends: Day | None = Field(None, description="Last day of the programme (ISO).")


class Directory(Model):
    """How the entries of the organisations' directory are called where one chooses them, and what contacts look after.

    Patterns name parts of the entry: `{name}`, `{code}`, `{siret}`, `{organisation}`, `{organisation_code}`; of a site
    also `{uai}`, `{postal_code}`, `{town}`; of a contact `{phone}`, `{mail}`, `{duties}`. What an entry lacks is left
    out, with the dash or the comma before it.
    """

    shown: bool = Field(True, description="Whether those who enter have its pages; `directory: false` says that alone.")
    site: str = "{name} ({postal_code} {town})"
    contact: str = "{name}"
    organisation: str = "{name}"
    duties: dict[Id, Label] = Field({}, description="What a contact may look after: `handicap: Référent handicap`.")


def _hidden(said: object) -> object:
    """`directory: false`, whether the file gives a yes/no or its text."""
    return {"shown": False} if said in (False, "false") else said


class TenantFile(Model):
    """tenant.yaml."""

    slug: str = Field(pattern=r"^[a-z][a-z0-9-]{1,38}$", description="Name in addresses; the folder's own name.")
    name: Label
    full_name: str | None = None
    region: Label = Field(description="The territory, in words.")
    regions: list[str] = Field([], description="INSEE codes of the regions covered, for the map.")
    time_zone: str = "Europe/Paris"
    holidays: str = Field("metropole", description="Zone of public holidays, for delays in working days.")
    school_zone: Literal["A", "B", "C"] | None = Field(
        None, description="Zone of school holidays: weeks of delay are then counted without them, as without holidays."
    )
    validator_name: str = Field("la Région", description="Who decides, in sentences.")
    catalogue_name: str | None = Field(None, description="Name of the public site, when it has one of its own.")
    slogan: str | None = None
    theme: Theme
    areas: dict[Literal["org", "validator", "admin"], Label] = Field(
        {}, description="What its areas are called, instead of the portal's words: `org: Espace organisation`."
    )
    contacts: list[Contact] = []
    options: dict[Id, bool] = Field({}, description="Choices of the region, read by conditions as `option.<id>`.")
    roles: dict[Id, Role]
    levels: dict[Id, Level]
    links: dict[Id, Link] = {}
    programmes: dict[Id, Programme] = {}
    directory: Annotated[Directory, BeforeValidator(_hidden)] = Directory()
