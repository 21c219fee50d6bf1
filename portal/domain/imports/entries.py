"""What the lines of a file say: organisations, sheets, people. Plain values, before anything is looked up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ORGANISATION, PROGRAMME = "@organisation", "@programme"
"""Kept beside the fields in what the source last said; a field's id never begins so."""

SEPARATOR = " | "


@dataclass(frozen=True, slots=True)
class SaidOrganisation:
    """An organisation as a line describes it."""

    siret: str
    name: str
    code: str | None = None
    sites: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # by name


@dataclass(slots=True)
class SaidSheet:
    """A sheet as the lines describe it. `follows` are its imported fields, `first` those it is made with."""

    level: str
    key: str
    line: int
    parent: str | None = None  # key of the parent, of the level above, in the same file
    parent_code: str | None = None  # or code of a sheet that is already there
    parent_id: str | None = None
    code: str | None = None
    organisation: str | None = None  # SIRET
    programme: str | None = None
    follows: dict[str, Any] = field(default_factory=dict)
    first: dict[str, Any] = field(default_factory=dict)
    sheet_id: str | None = None  # an existing sheet that this is, by its code

    @property
    def kept(self) -> dict[str, Any]:
        """What is remembered of it, to see what changes next time."""
        return {**self.follows, ORGANISATION: self.organisation, PROGRAMME: self.programme}


@dataclass(frozen=True, slots=True)
class SaidPerson:
    """Somebody to let in: in an organisation, or on the sheet of a level that has a key."""

    mail: str
    name: str
    role: str
    siret: str | None = None
    sheet: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class SaidContact:
    """An entry of the directory of an organisation, by its number in the source."""

    siret: str
    code: str
    line: int
    values: Mapping[str, Any]
    duties: tuple[str, ...]


def taken(siret: str, site: str | None) -> dict[str, str | None]:
    """A value that is an organisation of the line, or a site of it: named so until it is written."""
    return {"siret": siret, "site": site}


@dataclass
class Said:
    """Everything a file says, once. Sheets by level, then by key, in the order of the lines."""

    organisations: dict[str, SaidOrganisation] = field(default_factory=dict)
    organisation_lines: dict[str, tuple[int, str]] = field(default_factory=dict)  # where first said: line, column
    sheets: dict[str, dict[str, SaidSheet]] = field(default_factory=dict)
    people: dict[tuple[str, str, Any], SaidPerson] = field(default_factory=dict)
    contacts: dict[tuple[str, str], SaidContact] = field(default_factory=dict)  # by SIRET and number
    links: dict[tuple[str, str, str], int] = field(default_factory=dict)  # (link, key of the first, code) → line
    series: set[str] = field(default_factory=set)
