"""imports.yaml: which files become organisations, sheets, people and contacts, and how."""

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
    """The columns that describe a person to let in: in an organisation, where they are invited, or on the sheet of the
    line, which they are given at once. A part is never taken back by a file.
    """

    organisation: Id | None = Field(None, description="One of `organisations`.")
    sheet: Id | None = Field(None, description="Instead of it, a level: the part is held on that sheet of the line.")
    mail: Label
    name: Label
    role: Id


class ImportedContact(Model):
    """The columns that describe somebody whom sheets may name: an entry of the directory of an organisation.

    It is found again by its number. One that the file does not name any more loses the duties it had from it, and is no
    longer offered when it has no other; what sheets have chosen stays.
    """

    organisation: Id = Field(description="One of `organisations`: whose contact it is.")
    key: Label = Field(description="Column of the number by which the source knows them; it becomes the entry's.")
    name: Label
    mail: Label | None = None
    phone: Label | None = None
    duties: list[Id] = Field([], description="Duties that the file gives, among `directory.duties`.")


class ImportedLink(Model):
    """Links that the lines make, from the sheet of a line to one that bears a code. They follow the source: those of a
    sheet the file names, and that it says no more, are undone.
    """

    link: Id = Field(description="One of `links` of tenant.yaml; its first level is one of `sheets`.")
    to: Label = Field(description="Column of the code of the sheet it leads to; an empty cell makes no link.")


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
    update_only: bool = Field(
        False,
        description="No sheet is made: `code` finds one that is there; an unknown code is a fault.",
    )
    columns: list[ImportedColumn] = []


class Import(Model):
    """A file that becomes organisations, sheets, people, contacts of the directory and links between sheets.

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
    contacts: list[ImportedContact] = []
    sheets: list[ImportedSheet] = Field([], description="Levels made, parents before children.")
    links: list[ImportedLink] = []


class ImportsFile(Model):
    """imports.yaml."""

    imports: dict[Id, Import]
