"""Writing public copies: what is there is replaced, what is gone stays as an address that says so."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.domain.catalogue.copies import Copy
from portal.domain.catalogue.models import PublishedEvent, PublishedSession
from portal.domain.catalogue.words import words_vector
from portal.domain.sheets.models import Revision

WITHDRAWN = "withdrawn"
BATCH = 200  # rows in one statement: far below the 65,535 parameters PostgreSQL takes


def write(session: Session, copies: Sequence[Copy]) -> None:
    """Write the copies and their events, in place of what was there."""
    waiting = iter(copies)
    while batch := list(islice(waiting, BATCH)):
        _write_sessions(session, batch)
        session.execute(delete(PublishedEvent).where(PublishedEvent.session_id.in_([c.id for c in batch])))
        events = [{**event, "tenant": copy.row["tenant"]} for copy in batch for event in copy.events]
        if events:
            session.execute(insert(PublishedEvent), events)


def _write_sessions(session: Session, copies: Sequence[Copy]) -> None:
    statement = insert(PublishedSession).values([{**c.row, "words": words_vector(c.words)} for c in copies])
    replaced = {c.name: statement.excluded[c.name] for c in PublishedSession.__table__.columns if c.name != "id"}
    session.execute(statement.on_conflict_do_update(index_elements=[PublishedSession.id], set_=replaced))


def withdraw_others(
    session: Session, unit_id: uuid.UUID, kept: Iterable[uuid.UUID], at: datetime, status: str = WITHDRAWN
) -> None:
    """Take away what a unit published, but for the sessions kept; what is withdrawn already keeps its date."""
    mine = select(Revision.id).where(Revision.unit_id == unit_id)
    gone = update(PublishedSession).where(
        PublishedSession.revision_id.in_(mine), PublishedSession.id.not_in(list(kept))
    )
    gone = gone.where(PublishedSession.status.not_in({WITHDRAWN, status})).values(status=status, published_at=at)
    ids = session.scalars(gone.returning(PublishedSession.id), execution_options={"synchronize_session": False}).all()
    if ids and status == WITHDRAWN:
        session.execute(delete(PublishedEvent).where(PublishedEvent.session_id.in_(ids)))


def forget_others(session: Session, tenant: str, kept: Collection[uuid.UUID]) -> int:
    """Remove the rows of a region that no version ever in force explains; returns how many there were."""
    there = session.scalars(select(PublishedSession.id).where(PublishedSession.tenant == tenant))
    stray = [known for known in there if known not in kept]
    for batch in (stray[at : at + BATCH] for at in range(0, len(stray), BATCH)):
        session.execute(delete(PublishedEvent).where(PublishedEvent.session_id.in_(batch)))
        session.execute(delete(PublishedSession).where(PublishedSession.id.in_(batch)))
    return len(stray)
