"""`demo/data.yaml`: what the example data of a region may say. No part of the configuration: nothing rests on it."""

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from portal.tenancy.faults import Fault, TenantFaults
from portal.tenancy.french import sentence
from portal.tenancy.schema.base import Model, Names
from portal.tenancy.source import Source

NAME = "demo/data.yaml"
DAY = r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|\{(?:today|weekday)(?:[+-][0-9]{1,4})?\})"
_MOMENT = re.compile(DAY + r"[ T](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")
EXAMPLE_MAIL = ".test"  # the ending by which a real installation knows these accounts, and refuses to start with them


def _moment(written: str) -> str:
    if not _MOMENT.fullmatch(written):
        raise ValueError(f"moment illisible « {written} » ; écrivez 2026-01-31 09:00 ou {{today-3}} 09:00")
    return written


def _example_mail(written: str) -> str:
    if "@" not in written or not written.endswith(EXAMPLE_MAIL):
        raise ValueError(f"« {written} » : une adresse d'exemple finit par {EXAMPLE_MAIL} : camille@exemple.test")
    return written


Moment = Annotated[str, AfterValidator(_moment)]
ExampleMail = Annotated[str, AfterValidator(_example_mail)]


class DemoSite(Model):
    """A place of an organisation."""

    name: str
    code: str | None = None
    siret: str | None = None
    uai: str | None = None
    address: dict[str, str] = Field({}, description='Parts of an address: `{code_postal: "44000", commune: NANTES}`.')


class DemoContact(Model):
    """Somebody of an organisation's directory."""

    name: str
    code: str | None = None
    phone: str | None = None
    mail: str | None = None
    duties: list[str] = Field([], description="Among `directory.duties` of tenant.yaml.")


class DemoOpenDay(Model):
    """An open day of a site."""

    site: str = Field(description="Name of one of its sites.")
    starts: str = Field(description="`{today+20} 10:00`, in the region's time.")
    ends: str
    text: str = ""
    url: str | None = None


class DemoOrganisation(Model):
    """An organisation; one whose SIRET is already known is left alone."""

    siret: str
    name: str
    code: str | None = None
    activity: str | None = Field(None, description="Its number of declaration of activity.")
    sites: list[DemoSite] = []
    contacts: list[DemoContact] = []
    open_days: list[DemoOpenDay] = []


class DemoAccount(Model):
    """Somebody who signs in, in one part; say the same address again for another part."""

    mail: ExampleMail = Field(description="Ends with `.test`.")
    name: str
    role: str
    organisation: str | None = Field(None, description="For a role held in an organisation.")
    sheet: Names = Field([], description="For a role held sheet by sheet: those sheets.")


class DemoSheet(Model):
    """A sheet, made at its moment; parents stand before children."""

    id: str = Field(description="Its name in this file.")
    level: str
    code: str = Field(description="Its number, by which a second loading finds it again.")
    at: Moment = Field(description="`2026-01-31 09:00` or `{today-3} 09:00`.")
    parent: str | None = None
    by: str | None = Field(None, description="Address of who made it; left out for a sheet that is imported.")
    organisation: str | None = Field(None, description="Whose it is; by default, its parent's.")
    programme: str | None = Field(None, description="By default, its parent's.")
    data: dict[str, Any] = Field({}, description="field → what people would type, whatever the steps.")


class DemoLink(Model):
    """A link between two sheets."""

    link: str
    origin: str = Field(alias="from")
    to: str


class DemoEvent(Model):
    """What happened to a sheet: one of `edit`, `move` and `propose`."""

    at: Moment
    on: str = Field(description="A sheet of this file.")
    by: str | None = Field(None, description="Address of an account; left out, it happens by itself.")
    edit: dict[str, dict[str, Any]] | None = Field(None, description="step → field → what people would type.")
    move: str | None = None
    axis: str | None = Field(None, description="Where two axes have a move of that name.")
    reason: str | None = None
    inputs: dict[str, Any] = Field({}, description="What the move asks.")
    propose: dict[str, dict[str, dict[str, Any]]] | None = Field(
        None, description="Of a change request: sheet → step → field → value."
    )


class DemoFile(Model):
    """demo/data.yaml: days may be told from today, `{today+30}`, or `{weekday+30}` to keep off weekends."""

    organisations: dict[str, DemoOrganisation] = Field(
        {}, description="By a name of this file. `@name`, `@name/Site` choose one in a field."
    )
    accounts: list[DemoAccount] = []
    sheets: list[DemoSheet] = []
    links: list[DemoLink] = []
    history: list[DemoEvent] = Field([], description="In any order: told again in order of time.")


def read_examples(folder: Path) -> tuple[Source, DemoFile] | None:
    """The example data of a region's folder, with their lines; None when it has none. Raises TenantFaults."""
    path, shown = folder / NAME, f"tenants/{folder.name}/{NAME}"
    if not path.exists():
        return None
    try:
        source = Source(shown, path.read_text("utf-8-sig"))
    except UnicodeDecodeError:
        raise TenantFaults([Fault(shown, 1, "fichier illisible : enregistrez-le en UTF-8")]) from None
    try:
        return source, DemoFile.model_validate(source.data if source.data is not None else {})
    except ValidationError as error:
        raise TenantFaults(
            Fault(shown, source.line(tuple(e["loc"])), sentence(dict(e), DemoFile))
            for e in error.errors(include_url=False)
        ) from None
