"""desk.yaml, its trees: the levels they go through, what is looked for in them, how their lines read; the ☰ menus."""

from typing import Self

from pydantic import Field, model_validator

from portal.tenancy.schema.base import Id, Label, Model, Names
from portal.tenancy.schema.lists import Filter


class Crossing(Model):
    """The sheets at the other end of a link, under those of the level written before."""

    link: Id


class TreeSearch(Model):
    """What is looked for in a tree: the ways to the sheets of a level that answer are shown, and what is below them."""

    level: Id = Field(description="The level looked for, in which filters and words are read.")
    filters: list[Filter] = Field(
        [],
        description="As above a list of that level. With `of`, a level below: only its sheets that answer are shown, "
        "and those above stay.",
    )
    words: Names = Field([], description="Dotted names searched by words: `title`, `dispositif.code`.")
    words_label: str = "Mots recherchés"
    button: str = Field("Lancer la recherche", description="Words of the search button.")
    empty: str = Field("Aucun enregistrement trouvé", description="Said when nothing answers.")


class Tree(Model):
    """A hierarchy shown as a tree."""

    label: Label
    title: str | None = Field(None, description="Title of its page, where it is not its label.")
    menu: str | None = Field(None, description="Entry of the main menu; its label by default. `Heading > entry`.")
    roles: Names = []
    levels: list[Id | Crossing] = Field(
        min_length=1,
        description="From the top down; `{link: modules}` goes through a link: `[parcours, uf, {link: …}]`.",
    )
    search: TreeSearch | None = None
    note: str | None = Field(None, description="A line under the tree.")
    titles: dict[Id, list[str]] = Field(
        {},
        description="level → patterns that make its lines, in place of the title; one that finds nothing is left out.",
    )
    signs: dict[Id, Names] = Field({}, description="level → choices said before the title, each with its pictogram.")
    open_all: str = "Tout déplier"
    close_all: str = "Tout replier"


class Menu(Model):
    """An entry of the ☰ menu of a sheet: a step of its form, a tab of its page, or a list of what is below it."""

    label: Label
    step: Id | None = None
    tab: Id | None = None
    list: Id | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(one is not None for one in (self.step, self.tab, self.list)) != 1:
            raise ValueError("« step », « tab » ou « list » : un seul des trois")
        return self
