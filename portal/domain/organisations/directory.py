"""The directory as sheets read it: the sites, contacts and organisations among which their fields choose.

A live sheet reads the directory of the organisations around it, table by table, at the first look and once for all the
sheets loaded together; a frozen one carries with it the entries it had chosen, so that it reads the same for ever.
"""

import re
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.domain.organisations.models import Contact, Organisation, Site
from portal.tenancy.schema import Directory as Words

TABLES: Mapping[str, str] = {
    "site": "site", "contact": "contact", "person": "contact", "organisation": "organisation",
}  # fmt: skip
"""Kind of field → table of the directory in which it chooses."""

OF_ORGANISATION = ("organisation", "organisation_code", "organisation_siret")
PARTS: Mapping[str, frozenset[str]] = {
    "site": frozenset(("name", "code", "siret", "uai", "address", "postal_code", "town", *OF_ORGANISATION)),
    "contact": frozenset(("name", "code", "phone", "mail", "duties", *OF_ORGANISATION)),
    "organisation": frozenset(("name", "code", "siret", "activity_number")),
}
"""Table → what its entries say, by the name patterns and forms call it."""

TWINS: Mapping[str, str] = {
    "nom": "name", "adresse": "address", "code_postal": "postal_code", "commune": "town", "telephone": "phone",
    "missions": "duties", "organisme": "organisation", "organisme_id": "organisation_id",
}  # fmt: skip
"""The same in French, as regions name the parts of their own fields: `site_lieu.adresse`."""

KEYS = frozenset(("organisation_id",))
"""What forms and conditions may read of an entry beside its parts, and nobody is shown: which organisation it is of."""

NAMED = re.compile(r"\{(\w+)\}")
DASHES = "-–—"
SEPARATOR = re.compile(f"( [{DASHES}] |, )")


@dataclass(frozen=True)
class Entry:
    """One entry: what it says, whose it is, whether it is still to be chosen."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    values: Mapping[str, Any]
    offered: bool = True

    def called(self, pattern: str) -> str:
        """The entry under a pattern of the region: `{code} - {organisation} - {name}`; what it lacks is left out."""
        pieces = SEPARATOR.split(pattern)
        said, between = self._piece(pieces[0]), ""
        for separator, piece in zip(pieces[1::2], pieces[2::2], strict=True):
            between = between if between.strip() in DASHES and between else separator  # a dash outlives a comma
            if words := self._piece(piece):
                said, between = f"{said}{between}{words}" if said else words, ""
        return said or str(self.values.get("name") or self.id)

    def _piece(self, piece: str) -> str:
        """One part of a pattern; empty when all it names is."""
        if NAMED.search(piece) and not any(self._said(name) for name in NAMED.findall(piece)):
            return ""
        said = NAMED.sub(lambda m: self._said(m[1]), piece)
        return re.sub(r" ?\(\s*\)", "", re.sub(r"\s+", " ", said).replace("( ", "(").replace(" )", ")")).strip()

    def _said(self, name: str) -> str:
        value = self.values.get(name)
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")

    def part(self, path: str) -> Any:
        """A part by its name, in English or in French, or what is inside it: `address.insee`; None when it is empty."""
        head, _, rest = path.partition(".")
        name = TWINS.get(head, head)
        value = str(self.organisation_id) if name in KEYS else self.values.get(name)
        for inner in rest.split(".") if rest else ():
            value = value.get(inner) if isinstance(value, Mapping) else None
        return value or None

    def frozen(self, table: str) -> dict[str, Any]:
        """As a revision keeps it."""
        return {"table": table, "organisation": str(self.organisation_id), "values": dict(self.values)}


class Directory(Protocol):
    """What fields ask of the directory."""

    def find(self, table: str, key: str) -> Entry | None: ...
    def offered(self, table: str, organisation_id: uuid.UUID | None) -> list[Entry]: ...


@dataclass(frozen=True)
class KeptDirectory:
    """The entries a frozen sheet had chosen: they are read, and nothing is offered any more."""

    entries: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def find(self, table: str, key: str) -> Entry | None:
        """The entry as it was then; None when the sheet had not chosen it."""
        kept = self.entries.get(key)
        if kept is None or kept["table"] != table:
            return None
        return Entry(uuid.UUID(key), uuid.UUID(kept["organisation"]), kept["values"])

    def offered(self, table: str, organisation_id: uuid.UUID | None) -> list[Entry]:
        """Nothing."""
        return []


class LiveDirectory:
    """The directory of some organisations, and the entries that some values name, wherever they are.

    Without any organisation it is that of the whole region. One query per table, at the first look.
    """

    def __init__(self, session: Session, organisations: Collection[uuid.UUID], values: Iterable[Any] = ()) -> None:
        self.session, self.organisations, self.values = session, organisations, values
        self._tables: dict[str, dict[uuid.UUID, Entry]] = {}

    def find(self, table: str, key: str) -> Entry | None:
        """The entry of an id, offered or not; None when there is none."""
        found = next(identifiers(key), None)
        return self._table(table).get(found) if found else None

    def offered(self, table: str, organisation_id: uuid.UUID | None) -> list[Entry]:
        """What a sheet of an organisation may choose, by name; of the region when no organisation is named."""
        everyone = table == "organisation" or organisation_id is None
        entries = self._table(table).values()
        return [e for e in entries if e.offered and (everyone or e.organisation_id == organisation_id)]

    def _table(self, table: str) -> dict[uuid.UUID, Entry]:
        if table not in self._tables:
            held = set(identifiers(list(self.values)))
            whole = table == "organisation" or not self.organisations
            found = entries(self.session, table, None if whole else self.organisations, held)
            self._tables[table] = {entry.id: entry for entry in found}
        return self._tables[table]


def entries(
    session: Session, table: str, organisations: Collection[uuid.UUID] | None, ids: Collection[uuid.UUID] = ()
) -> list[Entry]:
    """The entries of a table, by name: those of some organisations (None: of all), and those named. One query."""
    query, owner, make = _QUERIES[table]
    if organisations is not None:
        query = query.where(or_(owner.in_(organisations), query.selected_columns[0].in_(ids)))
    return [make(row) for row in session.execute(query)]


def identifiers(value: Any) -> Iterator[uuid.UUID]:
    """The ids that a stored value holds, at any depth."""
    if isinstance(value, str) and len(value) == 36:
        try:
            yield uuid.UUID(value)
        except ValueError:
            return
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from identifiers(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from identifiers(inner)


def pattern_of(words: Words, table: str) -> str:
    """How a region calls the entries of a table."""
    pattern: str = getattr(words, table)
    return pattern


def _site(row: Any) -> Entry:
    address = row.address or {}
    return Entry(row.id, row.owner, _whose(row) | {
        "name": row.name, "code": row.code, "siret": row.siret, "uai": row.uai, "address": address,
        "postal_code": address.get("code_postal"), "town": address.get("commune"),
    }, row.offered)  # fmt: skip


def _contact(row: Any) -> Entry:
    own = {"name": row.name, "code": row.code, "phone": row.phone, "mail": row.mail, "duties": row.duties or []}
    return Entry(row.id, row.owner, _whose(row) | own, row.offered)


def _organisation(row: Any) -> Entry:
    own = {"name": row.name, "code": row.code, "siret": row.siret, "activity_number": row.activity_number}
    return Entry(row.id, row.id, own)


def _whose(row: Any) -> dict[str, Any]:
    return {
        "organisation": row.organisation, "organisation_code": row.organisation_code,
        "organisation_siret": row.organisation_siret,
    }  # fmt: skip


_OWNER = (
    Organisation.id.label("owner"), Organisation.name.label("organisation"),
    Organisation.code.label("organisation_code"), Organisation.siret.label("organisation_siret"),
)  # fmt: skip
_SITES: Any = (
    select(Site.id, Site.name, Site.code, Site.siret, Site.uai, Site.address, Site.offered, *_OWNER)
    .join(Organisation, Organisation.id == Site.organisation_id)
    .order_by(Site.name, Site.id)
)
_CONTACTS: Any = (
    select(
        Contact.id, Contact.name, Contact.code, Contact.phone, Contact.mail, Contact.duties, Contact.offered, *_OWNER
    )
    .join(Organisation, Organisation.id == Contact.organisation_id)
    .order_by(Contact.name, Contact.id)
)
_ORGANISATIONS: Any = select(
    Organisation.id, Organisation.name, Organisation.code, Organisation.siret, Organisation.activity_number
).order_by(Organisation.name, Organisation.id)
_QUERIES: Mapping[str, tuple[Any, Any, Any]] = {
    "site": (_SITES, Site.organisation_id, _site),
    "contact": (_CONTACTS, Contact.organisation_id, _contact),
    "organisation": (_ORGANISATIONS, Organisation.id, _organisation),
}
