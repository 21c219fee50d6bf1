"""desk.yaml: what each role sees — tasks, counters, lists, tabs, the levels around a sheet."""

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


class Task(Model):
    """A line of the basket: what waits for someone, grouped, with its deadline."""

    label: Label = Field(description="Title of the tab: `Session à finaliser`.")
    roles: Names
    level: Id
    states: dict[Id, Names] = Field({}, description="axis → states that make a sheet a task.")
    where: Expression | None = None
    expired: Id | None = Field(
        None, description="Field of codes: the sheets whose code, says its reference table, is over or replaced."
    )
    group: Id | None = Field(None, description="Ancestor level under which the sheets make one task.")
    words: str = Field("{title}", description="Text of the line: names of the group sheet, `{count}`.")
    deadline: str | None = Field(None, description="Field (date) whose earliest value is the deadline.")
    deadline_label: str | None = None
    days_label: str | None = None


class Counter(Model):
    """A figure of the dashboard that opens its list."""

    label: Label
    roles: Names
    level: Id
    list: Id
    where: Expression
    group: str | None = None
    help: str | None = Field(None, description="What it counts, said under its label.")


class Tab(Model):
    """A tab of a sheet's page."""

    id: Id
    label: Label
    show: Literal["steps", "list", "children", "tree", "linked", "requests", "deliveries", "history", "text"] = "steps"
    tree: Id | None = Field(None, description="With `show: tree`, the tree shown from this sheet down.")
    link: Id | None = Field(None, description="With `show: linked`, a link: the sheets at its other end.")
    list: Id | None = None
    level: Id | None = None
    form: Id | None = Field(None, description="A step of the sheet's own form, shown under the list.")
    button: str | None = Field(None, description="Words of that form's button.")
    text: str | None = Field(None, description="A file of help/: the tab itself, or the help folded under it.")
    when: Expression | None = None


class Header(Model):
    """The lines shown on every page of a sheet and of what is under it."""

    title: str
    lines: list[str] = Field(
        [], description="Patterns: `{lot} Du {debut} au {fin}`; a line whose values are empty is left out."
    )
    strong: str | None = Field(None, description="Pattern: where a line says these words last, they are in bold.")
    state: Id | None = None


class Ranks(Model):
    """The levels at the top of every page of a sheet, each with its title and its lines, to go from one to another."""

    label: Label
    levels: list[Id] = Field(min_length=1, description="From the highest to the lowest.")


class Creation(Model):
    """How people come to create sheets of a level, beside the tabs that offer it."""

    menu: str | None = Field(
        None, description="Entry of the main menu, for a level that is under no other: `Formations > Créer`."
    )
    choice: Id | None = Field(
        None,
        description="A choice of the new sheet: where only one value is possible, the button that creates it says so.",
    )


class Tree(Model):
    """A hierarchy shown as a tree."""

    label: Label
    roles: Names = []
    levels: list[Id]
    open_all: str = "Tout déplier"
    close_all: str = "Tout replier"


class Corrections(Model):
    """What the remarks put on the fields of a submission are called (a move with `corrections: true` carries them)."""

    one: Label = Field("Correction demandée", description="Above the remark, at its field.")
    many: Label = Field("Corrections demandées", description="Title of the list.")
    put: Label = Field("Demander une correction", description="Button of whoever decides.")


class MessageTemplate(Model):
    """Words kept ready for those who decide: put in a remark or in the reason of a move, then edited."""

    id: Id
    label: Label
    text: Label = Field(description="Names of the sheet in braces are filled: `La session {code} commence le {debut}`.")
    level: Id = Field(description="Level of the sheets it is for.")


class DeskFile(Model):
    """desk.yaml."""

    home: dict[str, Literal["tasks", "counters", "list"]] = Field({}, description="role → what opens after sign-in.")
    tasks_label: str = "Corbeille de tâches"
    tasks: dict[Id, Task] = {}
    counters: dict[Id, Counter] = {}
    counter_notes: dict[str, str] = Field({}, description="Group of counters → a line under its title.")
    lists: dict[Id, ListView] = {}
    tabs: dict[Id, list[Tab]] = Field({}, description="level → tabs of its page.")
    headers: dict[Id, Header] = Field({}, description="level → lines at the top of its page and of its descendants'.")
    trees: dict[Id, Tree] = {}
    ranks: Ranks | None = Field(None, description="Replaces the lines of `headers` and the way back of every sheet.")
    creations: dict[Id, Creation] = Field({}, description="level → where and how its sheets are created.")
    summary_label: str = Field("Récapitulatif", description="What a sheet's summary is called.")
    corrections: Corrections = Corrections()
    templates: list[MessageTemplate] = Field([], description="Messages kept ready for those who decide.")
    banner: dict[Id, str] = Field({}, description="level → field shown as a reminder at the top of its page.")
