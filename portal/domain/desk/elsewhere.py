"""What sheets take from elsewhere, as columns of PostgreSQL: an entry of the directory, a certification."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, Uuid, case, cast, func, literal, select
from sqlalchemy.orm import aliased

from portal.domain.organisations.directory import KEYS, OF_ORGANISATION, TWINS
from portal.domain.organisations.models import Contact, Organisation, Site
from portal.domain.reference.models import LEVELS, Certification
from portal.domain.sheets.certified import FACTS

AN_ID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
MODELS: Mapping[str, Any] = {"site": Site, "contact": Contact, "organisation": Organisation}
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "site": ("name", "code", "siret", "uai"),
    "contact": ("name", "code", "phone", "mail"),
    "organisation": ("name", "code", "siret", "activity_number"),
}
IN_ADDRESS: Mapping[str, str] = {"postal_code": "code_postal", "town": "commune"}


def chosen_part(key: ColumnElement[Any], table: str, path: tuple[str, ...]) -> ColumnElement[Any] | None:
    """A part of the entry that a text names by its id, as text; None when it is no text."""
    entry, name = aliased(MODELS[table]), TWINS.get(path[0], path[0])
    query = select(_own(entry, table, name, path[1:])) if _own(entry, table, name, path[1:]) is not None else None
    if query is None and name in OF_ORGANISATION and table != "organisation" and len(path) == 1:
        holder = aliased(Organisation)
        column = getattr(holder, name.removeprefix("organisation_") if "_" in name else "name")
        query = select(column).where(holder.id == entry.organisation_id)
    if query is None:
        return None
    named = case((key.op("~")(AN_ID), cast(key, Uuid)))
    return func.nullif(query.where(entry.id == named).scalar_subquery(), "")


def _own(entry: Any, table: str, name: str, inside: tuple[str, ...]) -> Any:
    """A part that the entry's own row holds; None when it does not."""
    if table == "site" and name == "address" and len(inside) == 1:
        return entry.address[inside[0]].astext
    if inside:
        return None
    if name in KEYS:
        return cast(entry.id if table == "organisation" else entry.organisation_id, String)
    if table == "site" and name in IN_ADDRESS:
        return entry.address[IN_ADDRESS[name]].astext
    return getattr(entry, name) if name in COLUMNS[table] else None


def _level_label(row: Any) -> Any:
    words = {level: f"Niveau {level} ({meant})" for level, meant in LEVELS.items()}
    return case(words, value=row.level)


_FACTS: Mapping[str, Callable[[Any], Any]] = {
    "title": lambda row: row.title,
    "type": lambda row: row.kind,
    "rncp": lambda row: literal("RNCP") + row.rncp,
    "certifier": lambda row: row.certifier,
    "level": lambda row: cast(row.level, String),
    "level_label": _level_label,
    "last_session_year": lambda row: cast(row.last_session_year, String),
}


def certified_fact(code: ColumnElement[Any], name: str) -> ColumnElement[Any] | None:
    """A fact of the certification of a code, as text; None when it is no text."""
    fact = _FACTS.get(FACTS.get(name, name))
    if fact is None:
        return None
    row = aliased(Certification)
    return func.nullif(select(fact(row)).where(row.certif_info == code).scalar_subquery(), "")
