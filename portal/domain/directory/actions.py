"""Keeping the directory: an entry is written, removed, or no longer offered; the journal tells it. Callers commit."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.directory.nouns import Noun, Row, values_of
from portal.domain.directory.queries import is_referred_to, sheets_naming
from portal.domain.directory.validators import validate_entry
from portal.domain.entry.mirrors import refresh_mirrors
from portal.domain.journal.actions import append
from portal.domain.organisations.models import Organisation
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_nodes
from portal.domain.sheets.view import View
from portal.ids import uuid7
from portal.tenancy.tenant import Tenant

MOMENTS, IDS = ("starts_at", "ends_at"), ("site_id",)
LISTS: Mapping[str, type] = {"duties": list, "address": dict}  # columns that are never null
TEXTS = ("text",)


@dataclass(frozen=True)
class Writing:
    """What surrounds a change of the directory: whose it is, who makes it, when; `today` in the region."""

    tenant: Tenant
    organisation: Organisation
    actor: Actor
    at: datetime
    today: date
    request_id: str | None = None


def write_entry(session: Session, noun: Noun, values: Mapping[str, Any], writing: Writing, row: Row | None) -> Row:
    """Create an entry (`row` is None) or change it, with values already cleaned by their kinds.

    Raises EntryError. Sheets that name a site follow its new address in lists.
    """
    validate_entry(noun.fields(writing.tenant), values)
    known = row is not None
    entry: Any = row if row is not None else noun.model(id=uuid7(), organisation_id=writing.organisation.id)
    before = values_of(noun, writing.tenant, entry) if known else {}
    for field in noun.fields(writing.tenant):
        setattr(entry, field.id, _column(field.id, values.get(field.id)))
    after = values_of(noun, writing.tenant, entry)
    changed = {name for name in after if after[name] != before.get(name)}
    session.add(entry)
    session.flush()
    if changed:
        old = {name: before[name] for name in changed if name in before}
        _note(session, noun, entry, writing, "changed" if known else "created", old, {n: after[n] for n in changed})
    if known and changed & {"address", "name", "code"}:
        _follow(session, writing, entry.id)
    kept: Row = entry
    return kept


def remove_entry(session: Session, noun: Noun, row: Row, writing: Writing) -> bool:
    """Take an entry away; where something refers to it, it stays and is no longer offered. Whether it is gone."""
    before = values_of(noun, writing.tenant, row)
    if not is_referred_to(session, row.id):
        _note(session, noun, row, writing, "removed", before, {})
        session.delete(row)
        session.flush()
        return True
    _offer(session, noun, row, writing, offered=False)
    return False


def offer_again(session: Session, noun: Noun, row: Row, writing: Writing) -> None:
    """Offer an entry once more."""
    _offer(session, noun, row, writing, offered=True)


def stop_offering(session: Session, noun: Noun, row: Row, writing: Writing) -> None:
    """Offer an entry no more; what has chosen it keeps it."""
    _offer(session, noun, row, writing, offered=False)


def _offer(session: Session, noun: Noun, row: Any, writing: Writing, *, offered: bool) -> None:
    if row.offered == offered:
        return
    row.offered = offered
    session.flush()
    _note(session, noun, row, writing, "offered" if offered else "withdrawn", {"offered": not offered}, {})


def _column(name: str, value: Any) -> Any:
    if value in (None, "") and (name in LISTS or name in TEXTS):
        return LISTS[name]() if name in LISTS else ""
    if value and name in MOMENTS:
        return datetime.fromisoformat(value)
    return uuid.UUID(value) if value and name in IDS else value


def _note(
    session: Session, noun: Noun, row: Row, writing: Writing, done: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    whose = {"id": str(row.id), "organisation": str(writing.organisation.id)}
    append(
        session, at=writing.at, actor=writing.actor, sheet_id=None, kind=f"{noun.kind}.{done}", before=before or None,
        after=after | whose, config_version=writing.tenant.version, request_id=writing.request_id,
    )  # fmt: skip


def _follow(session: Session, writing: Writing, entry_id: uuid.UUID) -> None:
    """Write anew what the rows of the sheets that name an entry repeat of it: title, place."""
    ids = sheets_naming(session, entry_id)
    sheets = list(session.scalars(select(Sheet).where(Sheet.id.in_(ids)))) if ids else []
    nodes = load_nodes(session, sheets) if sheets else {}
    for sheet in sheets:
        refresh_mirrors(sheet, View(writing.tenant, nodes[sheet.id], writing.today))
    session.flush()
