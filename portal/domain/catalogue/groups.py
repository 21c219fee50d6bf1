"""How a catalogue is divided: what each session is filed under, and the words for it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import SQLColumnExpression, select
from sqlalchemy.orm import Session

from portal.domain.catalogue.models import PublishedSession
from portal.domain.reference.models import Department, Formacode

NO_GROUP = "-"  # in an address, the sessions filed under nothing


@dataclass(frozen=True)
class Group:
    """A part of a catalogue: how many sessions are filed under a key."""

    key: str | None
    label: str
    count: int

    @property
    def code(self) -> str:
        """As an address names it."""
        return self.key or NO_GROUP


@dataclass(frozen=True)
class Grouping:
    """A way to divide: by which column, with which words."""

    column: SQLColumnExpression[Any]
    labels: Callable[[Session, Collection[str]], Mapping[str, str]]
    heading: str
    missing: str


def _departments(session: Session, keys: Collection[str]) -> Mapping[str, str]:
    rows = session.execute(select(Department.code, Department.name).where(Department.code.in_(keys)))
    return {row.code: f"{row.name} ({row.code})" for row in rows}


def _domains(session: Session, keys: Collection[str]) -> Mapping[str, str]:
    rows = session.execute(select(Formacode.code, Formacode.label).where(Formacode.code.in_(keys)))
    return {row.code: row.label for row in rows}


def _as_they_are(session: Session, keys: Collection[str]) -> Mapping[str, str]:
    return {key: key for key in keys}


GROUPINGS: Mapping[str, Grouping] = {
    "department": Grouping(PublishedSession.department, _departments, "Par département", "Lieu non précisé"),
    "domain": Grouping(PublishedSession.formacodes[1], _domains, "Par domaine", "Domaine non précisé"),
    "organisation": Grouping(PublishedSession.organisation, _as_they_are, "Par organisme", "Organisme non précisé"),
}
