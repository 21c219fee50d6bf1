"""Reading imports: their runs, what waits for a worker, what the sources no longer name."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, defer

from portal.domain.imports.errors import UnknownRun
from portal.domain.imports.models import IMPORTED, ImportedRow, ImportRun
from portal.domain.journal.queries import entries_since
from portal.domain.people import Actor
from portal.domain.sheets.models import Revision, Sheet
from portal.tenancy.schema import FormField, Import
from portal.tenancy.tenant import Tenant

LEASE = timedelta(minutes=5)
"""How long a run is left to whoever works on it without a sign of life."""

PAGE = 20


@dataclass(frozen=True)
class Page:
    """Some runs, latest first, without what their reports say, and how many there are in all; `lines` gives how many
    lines each file has, by run.
    """

    rows: list[ImportRun]
    lines: Mapping[uuid.UUID, int]
    count: int
    page: int
    pages: int


@dataclass(frozen=True)
class Vanished:
    """A sheet that its source no longer names."""

    level: str
    key: str
    sheet_id: uuid.UUID
    title: str
    since: datetime


def declared(tenant: Tenant, actor: Actor) -> dict[str, Import]:
    """The imports of a region that this person may bring files for, by id."""
    every = tenant.imports.imports
    if actor.side == "system":
        return dict(every)
    return {name: one for name, one in every.items() if actor.roles & set(one.roles)}


def runs(session: Session, tenant: Tenant, import_id: str | None = None, page: int = 1, *, size: int = PAGE) -> Page:
    """A page of the runs of the region in scope, latest first: of one import, or of those still declared."""
    names = list(tenant.imports.imports) if import_id is None else [import_id]
    own = select(ImportRun).where(ImportRun.import_id.in_(names))
    count = session.scalar(select(func.count()).select_from(own.subquery())) or 0
    pages = max(1, -(-count // size))
    page = min(max(1, page), pages)
    lines = own.add_columns(ImportRun.report["rows"].as_integer()).options(defer(ImportRun.report))
    lines = lines.order_by(ImportRun.at.desc(), ImportRun.id.desc()).limit(size).offset((page - 1) * size)
    found = [(run, read or 0) for run, read in session.execute(lines)]
    return Page([run for run, _ in found], {run.id: read for run, read in found}, count, page, pages)


def run_of(session: Session, run_id: uuid.UUID) -> ImportRun:
    """A run of the region in scope, without its files. Raises UnknownRun."""
    run = session.get(ImportRun, run_id)
    if run is None:
        raise UnknownRun
    return run


def is_annotated(session: Session, run_id: uuid.UUID) -> bool:
    """Whether the file came back annotated; it is not read for that."""
    return bool(session.scalar(select(ImportRun.annotated.is_not(None)).where(ImportRun.id == run_id)))


def followed_by_another(session: Session, run: ImportRun) -> bool:
    """Whether a file of the same import, brought later, has begun to be applied."""
    later = select(ImportRun.id).where(ImportRun.import_id == run.import_id, ImportRun.at > run.at)
    return session.scalar(later.where(ImportRun.accepted_at.is_not(None)).limit(1)) is not None


def pending(session: Session, at: datetime, lease: timedelta = LEASE) -> list[uuid.UUID]:
    """The runs of the region in scope that wait for a worker, or that a worker left, oldest first."""
    silent = or_(ImportRun.beat_at.is_(None), ImportRun.beat_at < at - lease)
    left = and_(ImportRun.state.in_(("checking", "applying")), silent)
    query = select(ImportRun.id).where(or_(ImportRun.state.in_(("waiting", "accepted")), left))
    return list(session.scalars(query.order_by(ImportRun.at, ImportRun.id)))


def vanished(session: Session, import_id: str, *, limit: int = 500) -> list[Vanished]:
    """The sheets that the last file applied does not name any more, by level and key. They are kept."""
    query = (
        select(ImportedRow.level, ImportedRow.key, Sheet.id, Sheet.title, ImportedRow.vanished_at)
        .join(Sheet, Sheet.id == ImportedRow.sheet_id)
        .where(ImportedRow.import_id == import_id, ImportedRow.vanished_at.is_not(None), Sheet.deleted_at.is_(None))
    )
    rows = session.execute(query.order_by(ImportedRow.level, ImportedRow.key).limit(limit))
    return [Vanished(level, key, sheet_id, title, since) for level, key, sheet_id, title, since in rows if since]


@dataclass(frozen=True)
class SourceChange:
    """A field that its source has changed since it was sent for a decision."""

    sheet_id: uuid.UUID
    level: str
    title: str
    field: FormField
    sent: Any
    now: Any


def changed_since_sent(session: Session, tenant: Tenant, revision: Revision) -> list[SourceChange]:
    """What imports changed in the sheets of a submission since it was made. One query."""
    frozen = revision.snapshot["sheets"]
    now: dict[tuple[str, str], Any] = {}
    ids = [uuid.UUID(one) for one in frozen]
    for entry in entries_since(session, ids, IMPORTED, revision.made_at):
        now |= {(str(entry.sheet_id), name): value for name, value in (entry.after or {}).items()}
    found = []
    for (sheet_id, name), value in now.items():
        sheet = frozen[sheet_id]
        sent, field = sheet["data"].get(name), tenant.field(sheet["level"], name)
        if field is not None and sent != value:
            found.append(SourceChange(uuid.UUID(sheet_id), sheet["level"], sheet["title"], field, sent, value))
    return found
