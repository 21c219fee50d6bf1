"""public.yaml: what visitors see, when, in which order."""

from typing import Literal

from pydantic import Field

from portal.tenancy.schema.base import Expression, Id, Label, Model


class PublicItem(Model):
    """One fact of the public page."""

    id: Id
    label: str | None = None
    value: str = Field(description="Pattern over fields and terms: `{session.start}`; left out when empty.")
    kind: Literal["text", "paragraph", "contact", "link"] = "text"
    when: Expression | None = None


class PublicSection(Model):
    """A part of the public page."""

    id: Id
    label: str | None = None
    items: list[PublicItem]
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


class PublicFile(Model):
    """public.yaml."""

    level: Id = "session"
    visible: Expression = Field("true", description="Condition, over the revision, for a session to be shown.")
    cancelled_when: Expression | None = Field(
        None,
        description="Condition, over the revision, for a session to be shown as cancelled.",
    )
    visible_until: str | None = Field(None, description="Field (date) after which it is no longer listed.")
    title: str
    sections: list[PublicSection]
    events: PublicEvents | None = None
    facets: list[Id] = Field([], description="Facets offered in search.")
    notices: list[str] = []
    cancelled: str = Field("Cette session est annulée.", description="Words on the page of a cancelled session.")
    withdrawn: str = "Cette session n'est plus publiée."
    empty: str = Field("Cette session n'aura pas lieu.", description="Words on the page of a session without places.")
    no_seats_means_off: bool = Field(
        False, description="Whether zero places means that the session will not take place."
    )


class Mail(Model):
    """One message: who is told what, when."""

    subject: Label
    body: str = Field(description="Text; `{…}` patterns over the sheet, `{reason}`, `{link}`.")
    to: list[str] = Field(description="`organisation`, `role:<id>`, `field:<name>`, `author`.")
    on: str | None = Field(None, description="`axis.move`, or `delivery.failed`.")
    before: str | None = Field(None, description="Field (date) counted back from.")
    days: list[int] = Field([], description="How many days before.")
    when: Expression | None = None


class MailsFile(Model):
    """mails.yaml."""

    mails: dict[Id, Mail]


class ImportColumn(Model):
    """A column of an imported file."""

    column: Label
    field: str
    required: bool = False


class Import(Model):
    """A file that becomes sheets."""

    label: Label
    format: Literal["csv", "xlsx", "lheo"] = "csv"
    level: Id
    key: str = Field(description="Column holding the external code.")
    columns: list[ImportColumn]
    shrink: int = Field(20, ge=0, le=100, description="Percentage of rows lost past which the file is refused.")


class ImportsFile(Model):
    """imports.yaml."""

    imports: dict[Id, Import]
