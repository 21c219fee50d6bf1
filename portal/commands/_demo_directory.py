"""The entries of the directory that example data name, by name or code: `@hecate`, `@hecate/Vichy`, `@hecate/VIC`."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.commands._demo_file import DemoFileError
from portal.domain.organisations.models import Contact, OpenDay, Organisation, Site

MARK = "@"


def entries_named(
    session: Session, organisations: Mapping[str, Organisation], raws: Mapping[str, Any]
) -> dict[str, Any]:
    """What is typed, names of organisations, sites and contacts told by their ids. Raises DemoFileError."""
    return {name: _told(session, organisations, raw) for name, raw in raws.items()}


def _told(session: Session, organisations: Mapping[str, Organisation], raw: Any) -> Any:
    if isinstance(raw, str) and raw.startswith(MARK):
        return _identifier(session, organisations, raw)
    if isinstance(raw, Mapping):
        return entries_named(session, organisations, raw)
    return [_told(session, organisations, item) for item in raw] if isinstance(raw, list) else raw


def _identifier(session: Session, organisations: Mapping[str, Organisation], said: str) -> str:
    holder, _, name = said.removeprefix(MARK).partition("/")
    if holder not in organisations:
        raise DemoFileError(f"organisme inconnu : « {said} »")
    owner = organisations[holder].id
    if not name:
        return str(owner)
    for table in (Site, Contact):
        found = session.scalar(
            select(table.id).where(table.organisation_id == owner, or_(table.name == name, table.code == name))
        )
        if found is not None:
            return str(found)
    raise DemoFileError(f"ni site ni contact de ce nom : « {said} »")


def open_days_of(session: Session, holder: Organisation, given: Iterable[Mapping[str, Any]]) -> list[OpenDay]:
    """An organisation's open days: `{site, starts, ends, text, url}`, in the region's time. Raises DemoFileError."""
    return [
        OpenDay(
            organisation_id=holder.id, site_id=_site(session, holder, one["site"]),
            starts_at=datetime.fromisoformat(one["starts"]), ends_at=datetime.fromisoformat(one["ends"]),
            text=one.get("text", ""), url=one.get("url"),
        )
        for one in given
    ]  # fmt: skip


def _site(session: Session, holder: Organisation, name: str) -> Any:
    found = session.scalar(select(Site.id).where(Site.organisation_id == holder.id, Site.name == name))
    if found is None:
        raise DemoFileError(f"site inconnu : « {name} »")
    return found
