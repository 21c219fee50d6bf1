"""public.yaml: what visitors see, when, in which order."""

from typing import Literal

from pydantic import Field

from portal.tenancy.schema.base import Expression, Id, Label, Model


class PublicItem(Model):
    """One fact of the public page."""

    id: Id
    label: str | None = None
    value: str = Field(description="Pattern over fields and terms: `{session.start}`; left out when empty.")
    kind: Literal["text", "paragraph", "contact", "link", "action"] = Field(
        "text",
        description="`action`: a button under these words, that leads to the sheet through signing in; taken away once "
        "one may no longer register.",
    )
    strong: str | None = Field(None, description="Pattern: where the value says these words last, they are in bold.")
    each: str | None = Field(
        None, description="Rows field: the value is a pattern over a row's fields, said once per row, on lines."
    )
    when: Expression | None = None


class PublicSection(Model):
    """A part of the public page."""

    id: Id
    label: str | None = None
    items: list[PublicItem]
    each: Id | None = Field(
        None, description="Level below: the items are said once per sheet of it, in the words of that sheet."
    )
    when: Expression | None = None


class PublicEvents(Model):
    """How the events of a session are shown."""

    field: str = Field(description="Rows field holding them: `session.evenements`.")
    label: str = "Événements"
    when_label: str = "Quand ?"
    what_label: str = "Quoi ?"
    where_label: str = "Où ?"
    what: str = Field("{type}", description="Pattern over the row's fields; `{type.code}` is the choice's short code.")
    where: str = Field("{adresse.code_postal} {adresse.commune}", description="Pattern over the row's fields.")
    codes: dict[str, str] = Field({}, description="Short codes of the types of event: `{infocoll: INFOCOLL}`.")
    upcoming: bool = Field(False, description="Only those still to come; by default all of them are shown.")
    none: str | None = Field(None, description="Words shown, the day one reads, where no event is to come.")


class CatalogueColumn(Model):
    """One fact of every session of a catalogue: a column of its files, a line of its document and of its page."""

    id: Id
    label: Label
    value: str = Field(
        description="`title`, `reference`, `organisation`, `programme`, `starts_on`, `ends_on`, `dates`, `town`, "
        "`postal_code`, `place`, `department`, `seats`, `events`, `updated_on`, `address` (of the session's page), or "
        "an item of the public page: `section.item`."
    )
    only: list[Literal["page", "pdf", "csv", "xlsx"]] = Field([], description="Where it is told; everywhere if empty.")

    def told_in(self, place: str) -> bool:
        """Whether it is told in a format, or on the page."""
        return not self.only or place in self.only


class PublicCatalogue(Model):
    """A catalogue: the sessions of some programmes that the public sees, on one page and as files."""

    label: Label
    intro: str | None = Field(None, description="What it holds, in one paragraph.")
    programmes: list[Id] = Field([], description="Those it holds; all of them if empty.")
    group: Literal["department", "domain", "organisation"] = Field("department", description="How it is divided.")
    columns: list[CatalogueColumn] = Field(min_length=1)
    formats: list[Literal["pdf", "csv", "xlsx"]] = ["pdf", "csv", "xlsx"]
    file: str | None = Field(None, pattern=r"^[a-z0-9][a-z0-9-]*$", description="Name of its files; its id by default.")


class PublicGroup(Model):
    """One page for the published sessions that are under the same sheet; each of theirs leads to it."""

    level: Id = Field(description="Level above that of `level`, whose sheets gather sessions: `module`.")
    title: str = Field(description="Pattern over a session: what the page is called: `{module.intitule}`.")
    session: str = Field("{title}", description="Pattern over a session: what it is called on that page.")
    label: Label = Field("Toutes les sessions", description="Words of the way there, from the page of a session.")
    once: list[Id] = Field([], description="Sections told once at the top, in the words of the latest published.")
    facts: list[str] = Field([], description="Items told under each session: `section.item`.")
    empty: Label = Field("Aucune session n'est ouverte pour l'instant.", description="Said when none is to be shown.")


class PublicFile(Model):
    """public.yaml."""

    level: Id = "session"
    search: Label = Field("Rechercher une formation", description="What the search is called, on its page and at home.")
    visible: Expression = Field("true", description="Condition, over the revision, for a session to be shown.")
    cancelled_when: Expression | None = Field(
        None,
        description="Condition, over the revision, for a session to be shown as cancelled.",
    )
    visible_until: str | None = Field(None, description="Field (date) after which it is no longer listed.")
    valid_code: str | None = Field(
        None,
        description="Field (certification), here or above, without which a session is no longer listed once the code "
        "has ended: judged the day one reads, whenever that end came to be known.",
    )
    title: str
    sections: list[PublicSection]
    events: PublicEvents | None = None
    group: PublicGroup | None = None
    facets: list[str] = Field(
        [],
        description="What the search of the region also offers to choose: fields of its choices or of yes and no, "
        "`type_entree`, `action.certifiante`. Words, place, dates and programme are always offered.",
    )
    catalogues: dict[Id, PublicCatalogue] = Field({}, description="Catalogues offered to read and to download.")
    notices: list[str] = []
    cancelled: str = Field("Cette session est annulée.", description="Words on the page of a cancelled session.")
    withdrawn: str = "Cette session n'est plus publiée."
    empty: str = Field("Cette session n'aura pas lieu.", description="Words on the page of a session without places.")
    no_seats_means_off: bool = Field(
        False, description="Whether zero places means that the session will not take place."
    )


Pace = Literal["each", "daily", "weekly", "never"]


class Mail(Model):
    """One message: who is told what, when."""

    subject: Label
    body: str = Field(description="Text; `{…}` patterns over the sheet, `{reason}`, `{corrections}`, `{link}`.")
    to: list[str] = Field(description="`organisation`, `role:<id>`, `field:<name>`, `author`.")
    on: str | None = Field(
        None, description="`axis.move`, `delivery.failed`, `correction.answered`, `.waived` or `.withdrawn`."
    )
    before: str | None = Field(None, description="Field (date) counted back from.")
    days: list[int] = Field([], description="How many days before.")
    when: Expression | None = None
    paces: list[Pace] = Field(
        [],
        description="How often people may choose to receive it, first what is proposed; by default, as the file says.",
    )


class MailsFile(Model):
    """mails.yaml."""

    mails: dict[Id, Mail]
    paces: list[Pace] = Field(
        ["each", "daily", "weekly", "never"],
        min_length=1,
        description="How often people may choose to receive each message, first what is proposed: `each` at once, "
        "`daily` and `weekly` in a digest, `never`.",
    )
    digests_at: str = Field(
        "07:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="Local time at which digests leave: every day, and on Mondays those of the week.",
    )
