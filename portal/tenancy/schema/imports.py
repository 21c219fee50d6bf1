"""imports.yaml: which files become organisations, sheets and people, and how."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from portal.tenancy.schema.base import Id, Label, Model, Names


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Headings = Annotated[list[Label], BeforeValidator(_as_list)]
"""One heading of the file, or several: `key: N° lot` and `key: [N° lot, SIRET]` say the same kind of thing."""


class ImportedProgramme(Model):
    """The programme of the sheets: read in a column, or the same for the whole file."""

    column: Label | None = Field(None, description="Heading of the column that says it.")
    values: dict[Label, Id] = Field({}, description="What the file writes → the programme it means.")
    fixed: Id | None = Field(None, description="The programme of every line; instead of `column`.")


class ImportedSite(Model):
    """The columns that describe a place of an organisation; it is added when the organisation has none so named."""

    name: Label
    code: Label | None = None
    postal_code: Label | None = None
    town: Label | None = None


class ImportedOrganisation(Model):
    """The columns that describe an organisation; one unknown of the region is entered, a known one is left alone."""

    siret: Label
    name: Label
    code: Label | None = None
    site: ImportedSite | None = None
    required: bool = Field(True, description="Whether every line must name one.")


class ImportedPerson(Model):
    """The columns that describe a person to let in; whoever has no part in the organisation yet is invited."""

    organisation: Id = Field(description="One of `organisations`.")
    mail: Label
    name: Label
    role: Id


class ImportedParent(Model):
    """Where the parent is when it does not come from the same line."""

    column: Label = Field(description="Heading of the column that holds the parent's code.")


class ImportedColumn(Model):
    """What one field of a sheet takes: a column, a constant, or an organisation of the line."""

    field: Id
    column: Label | None = None
    value: str | None = Field(None, description="The same value on every line.")
    organisation: Id | None = Field(None, description="One of `organisations`; a site takes the first it offers.")
    required: bool = Field(False, description="Whether an empty cell is a fault.")
    follow: bool = Field(
        False,
        description="Whether a field that people may change (by a change request) also takes what the source changes; "
        "what the source says again is not written again.",
    )


class ImportedSheet(Model):
    """The sheets of one level that the lines make."""

    level: Id
    key: Headings = Field(min_length=1, description="Columns that together name the sheet in its source.")
    organisation: Id | None = Field(None, description="One of `organisations`: who holds the sheet.")
    parent: ImportedParent | None = Field(None, description="By default, the sheet of the parent level on that line.")
    code: Label | None = Field(None, description="Column that holds the sheet's own code; a number is given otherwise.")
    columns: list[ImportedColumn] = []


class Import(Model):
    """A file that becomes organisations, sheets and people.

    A field of `origin: imported` follows the file at each import; any other is set when its sheet is made, then belongs
    to people, unless its column says `follow`.
    """

    label: Label
    help: str | None = Field(None, description="Name of a file of help/, without `.md`.")
    roles: Names = Field(description="Who may bring such a file.")
    formats: list[Literal["csv", "xlsx"]] = Field(["csv", "xlsx"], description="Forms of file accepted.")
    worksheet: str | None = Field(None, description="Sheet of the workbook that is read; the first one by default.")
    shrink: int = Field(20, ge=0, le=100, description="Percentage of known lines lost past which the file is refused.")
    most: int = Field(60_000, ge=1, le=200_000, description="Most lines in a file.")
    series: Label | None = Field(
        None, description="Column that tells one delivery from the next (a year); sheets of another one are left alone."
    )
    programme: ImportedProgramme | None = None
    organisations: dict[Id, ImportedOrganisation] = {}
    people: list[ImportedPerson] = []
    sheets: list[ImportedSheet] = Field(min_length=1, description="Levels made, parents before children.")


class ImportsFile(Model):
    """imports.yaml."""

    imports: dict[Id, Import]
