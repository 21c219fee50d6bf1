"""desk.yaml, its lists: the columns, the filters above them, the files made from them."""

from typing import Literal

from pydantic import Field

from portal.tenancy.schema.base import Expression, Id, Label, Model, Names


class Column(Model):
    """A column of a list or of an export."""

    id: Id
    label: str
    value: Expression | None = Field(
        None, description="Dotted name or expression; by default the field of the same id."
    )
    state: Id | None = Field(None, description="The label of the state on this axis.")
    since: Id | None = Field(None, description="The day the state on this axis was entered.")
    link: Id | None = Field(
        None,
        description="The titles of the sheets that this link ties to it; `value` then names a level above them, whose "
        "titles are said instead.",
    )
    deliveries: bool = Field(False, description="Number of errors of the last transmission, empty when never sent.")
    format: Literal["auto", "short_date", "upper", "short", "join"] = "auto"
    strong: str | None = Field(None, description="Pattern: where the cell says these words last, they are in bold.")
    help: str | None = Field(None, description="The abbreviation, in full words.")
    of: Id | None = Field(None, description="In an export that goes `below`, the level whose sheet says it.")
    hidden: bool = Field(False, description="Only in the files made from the list, not on the screen.")


class Filter(Model):
    """A filter above a list."""

    id: Id
    label: str
    field: str | None = Field(None, description="Dotted name compared; or an axis.")
    axis: Id | None = None
    of: Id | None = Field(None, description="Level below the list's: what has one such sheet answering is kept.")
    kind: Literal["text", "choice", "choices", "date_from", "date_to", "programme"] = "text"
    choices: dict[str, str] | None = None
    all: str | None = Field(None, description="Words of the empty choice: `Tous les programmes`.")
    required: bool = Field(False, description="A value is always asked; with `choice`, no empty choice is offered.")
    default: list[str] | Literal["greatest"] = Field(
        [], description="Values asked of whoever has asked nothing; `greatest`: the last of those found in the sheets."
    )


class Export(Model):
    """A file made from a list."""

    id: Id
    label: Label
    columns: Names = Field(
        [],
        description="Ids of columns, `extra` ones too, in order; all by default. Those of `extra` left out are last.",
    )
    rows: Id | None = Field(None, description="One line per row of this field; `extra` columns are then its cells.")
    below: Id | None = Field(
        None,
        description="One line per sheet of this level below the list's; what has none keeps a line. `extra` columns "
        "say with `of` which sheet of the line speaks.",
    )
    extra: list[Column] = []
    formats: list[Literal["csv", "xlsx"]] = ["csv", "xlsx"]
    file: str = Field("export", description="File name, without extension.")
    together: Names = Field(
        [],
        description="Other lists, each as its first export: a .zip holds them all, one file each, whole.",
    )
    sheet: str | None = Field(
        None,
        pattern=r"^[^\[\]:*?/\\']{1,31}$",
        description="Name of the sheet in a spreadsheet; 31 characters at most.",
    )


class ListView(Model):
    """A list of sheets of one level."""

    label: Label
    level: Id
    roles: Names = []
    where: Expression | None = None
    columns: list[Column]
    filters: list[Filter] = []
    search: Names = Field([], description="Dotted names searched by words.")
    sort: str = "-created_at"
    page_size: int = Field(10, ge=5, le=100)
    button: str = Field("Lancer la recherche", description="Words of the search button.")
    empty: str = "Aucun enregistrement trouvé"
    count: str = Field("{total} résultat(s) trouvé(s)", description="Under the list; `{shown}` of `{total}` sheets.")
    sizes: str = Field(
        "Lignes par page : {size}", description="Words around the numbers of sheets that a page may show."
    )
    note: str | None = Field(None, description="A line above the list: how it reads.")
    exports: list[Export] = []
    legend: dict[str, str] = Field({}, description="What the short words of the list mean, said under it.")
    menu: str | None = Field(
        None,
        description="Entry of the main menu that opens it; `Suivi dossiers > gérer mes dossiers` heads it.",
    )

    @property
    def shown(self) -> list[Column]:
        """The columns of the screen."""
        return [column for column in self.columns if not column.hidden]
