"""Writing in the journal."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.journal.models import JournalEntry
from portal.domain.people import Actor


def entry_of(
    *,
    at: datetime,
    actor: Actor,
    sheet_id: uuid.UUID | None,
    kind: str,
    move: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
    config_version: int = 0,
    request_id: str | None = None,
) -> JournalEntry:
    """One fact, not written yet: for whoever adds many at once."""
    return JournalEntry(
        at=at,
        actor_id=actor.user_id,
        actor_name=actor.name,
        actor_role=", ".join(sorted(actor.roles)),
        on_behalf_of=actor.on_behalf_of,
        sheet_id=sheet_id,
        kind=kind,
        move=move,
        before=before,
        after=after,
        reason=reason,
        config_version=config_version,
        request_id=request_id,
    )


def append(
    session: Session,
    *,
    at: datetime,
    actor: Actor,
    sheet_id: uuid.UUID | None,
    kind: str,
    move: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
    config_version: int = 0,
    request_id: str | None = None,
) -> JournalEntry:
    """Add one fact to the journal; it can never be changed afterwards. Returns the entry, with its id."""
    entry = entry_of(
        at=at, actor=actor, sheet_id=sheet_id, kind=kind, move=move, before=before, after=after, reason=reason,
        config_version=config_version, request_id=request_id,
    )  # fmt: skip
    session.add(entry)
    session.flush()
    return entry
