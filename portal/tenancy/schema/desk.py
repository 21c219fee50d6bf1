"""desk.yaml: what each role sees — tasks, counters, lists, tabs, the levels around a sheet."""

from typing import Literal

from pydantic import Field

from portal.tenancy.schema.base import Expression, Id, Label, Model, Names
from portal.tenancy.schema.lists import Column, ListView
from portal.tenancy.schema.trees import Menu, Tree


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
    columns: list[Column] = Field(
        [], description="With `show: children` or `linked`, what is said of each sheet beside its title and states."
    )
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
    signs: Names = Field([], description="Choices of the sheet said under the title, each with its pictogram.")


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
    menus: dict[Id, list[Menu]] = Field({}, description="level → entries of its ☰ menu, beside what may be done.")
    ranks: Ranks | None = Field(None, description="Replaces the lines of `headers` and the way back of every sheet.")
    creations: dict[Id, Creation] = Field({}, description="level → where and how its sheets are created.")
    summary_label: str = Field("Récapitulatif", description="What a sheet's summary is called.")
    corrections: Corrections = Corrections()
    templates: list[MessageTemplate] = Field([], description="Messages kept ready for those who decide.")
    banner: dict[Id, str] = Field({}, description="level → field shown as a reminder at the top of its page.")
