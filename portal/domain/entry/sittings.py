"""Gathering the saves of a sitting into one entry of the journal: a draft saves itself every few seconds, history
must not.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.journal.actions import append
from portal.domain.journal.models import JournalEntry
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet, Sitting

SITTING = timedelta(minutes=30)  # without a save for this long, the person has left


def touch(session: Session, sheet: Sheet, step: str, before: dict[str, Any], *, actor: Actor, at: datetime) -> None:
    """Note a save: the first of a sitting keeps the values found, the next ones only add fields not yet noted."""
    if actor.user_id is None:
        _record(session, sheet, actor, before, at)
        return
    own = (Sitting.sheet_id == sheet.id, Sitting.user_id == actor.user_id, Sitting.step == step)
    sitting = session.scalar(select(Sitting).where(*own))
    if sitting is None:
        sitting = Sitting(
            sheet_id=sheet.id, user_id=actor.user_id, user_name=actor.name, step=step, opened_at=at, before={}
        )
        session.add(sitting)
    sitting.before = {**before, **sitting.before}
    sitting.touched_at = at
    session.flush()


def settle(session: Session, sheet: Sheet, step: str, before: dict[str, Any], *, actor: Actor, at: datetime) -> None:
    """Write a save that was asked for into the journal, with the sittings open on the sheet; this person's own is
    one with it.
    """
    for sitting in session.scalars(select(Sitting).where(Sitting.sheet_id == sheet.id)).all():
        if (sitting.user_id, sitting.step) == (actor.user_id, step):
            before = {**before, **sitting.before}
            session.delete(sitting)
        else:
            _close(session, sitting, at)
    _record(session, sheet, actor, before, at)


def flush(session: Session, sheet_ids: Iterable[uuid.UUID], at: datetime) -> None:
    """Write the open sittings of some sheets into the journal (before a move, or when a save was asked for)."""
    for sitting in session.scalars(select(Sitting).where(Sitting.sheet_id.in_(list(sheet_ids)))).all():
        _close(session, sitting, at)


def flush_old(session: Session, now: datetime) -> int:
    """Write the sittings that nobody touched for half an hour; returns how many."""
    old = session.scalars(
        select(Sitting).where(Sitting.touched_at < now - SITTING).with_for_update(skip_locked=True)
    ).all()
    for sitting in old:
        _close(session, sitting, now)
    return len(old)


def _close(session: Session, sitting: Sitting, at: datetime) -> None:
    sheet = session.get(Sheet, sitting.sheet_id)
    if sheet is not None:
        actor = Actor(sitting.user_id, sitting.user_name)
        _record(session, sheet, actor, sitting.before, min(at, sitting.touched_at))
    session.delete(sitting)
    session.flush()


def last_hand(session: Session, sheet_id: uuid.UUID, field: str) -> tuple[str, datetime] | None:
    """Who last changed a field, and when: somebody still typing, or the journal; None when neither tells."""
    typing = select(Sitting.user_name, Sitting.touched_at).where(
        Sitting.sheet_id == sheet_id, Sitting.before.has_key(field)
    )
    written = select(JournalEntry.actor_name, JournalEntry.at).where(
        JournalEntry.sheet_id == sheet_id, JournalEntry.after.has_key(field)
    )
    for query, moment in ((typing, Sitting.touched_at), (written, JournalEntry.at)):
        if (row := session.execute(query.order_by(moment.desc()).limit(1)).first()) is not None:
            return row[0], row[1]
    return None


def _record(session: Session, sheet: Sheet, actor: Actor, before: dict[str, Any], at: datetime) -> None:
    after = {name: sheet.data.get(name) for name in before}
    changed = {name for name in before if before[name] != after[name]}
    if changed:
        append(
            session, at=at, actor=actor, sheet_id=sheet.id, kind="sheet.edited", config_version=sheet.config_version,
            before={n: before[n] for n in changed}, after={n: after[n] for n in changed},
        )  # fmt: skip
