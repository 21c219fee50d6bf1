"""Keeping what is uploaded, removing what nothing refers to any more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.domain.attachments import storage
from portal.domain.attachments.errors import NotAccepted, Unusable
from portal.domain.attachments.models import Attachment
from portal.domain.attachments.queries import referred
from portal.domain.attachments.recognise import recognise
from portal.domain.fields.files import CONTENT_TYPES, accepted_words, most_of, safe_name, too_heavy_words
from portal.domain.people import Actor
from portal.ids import uuid7
from portal.tenancy.schema import FormField
from portal.tenancy.scope import require_slug

EMPTY = "Ce fichier est vide : choisissez-en un autre."
GRACE = timedelta(days=1)  # an upload whose sheet is not saved yet is no waste


def store_upload(
    session: Session, stream: IO[bytes], name: str, field: FormField, *, at: datetime, actor: Actor, folder: Path
) -> dict[str, Any]:
    """Keep what is uploaded for a field, and return what a sheet stores of it: {digest, name, size, type}.

    `folder` is where files are kept, region by region. Raises TooHeavy, NotAccepted or Unusable, whose words are for
    the author; nothing is then kept. The sheet is not touched.
    """
    slug = require_slug()
    with storage.received(folder, slug, stream, most_of(field), too_heavy_words(field)) as one:
        if one.size == 0:
            raise Unusable(EMPTY)
        kind = recognise(one.stream)
        if kind is None or kind not in field.types:
            raise NotAccepted(accepted_words(field))
        value = {"digest": one.digest, "name": safe_name(name, kind), "size": one.size, "type": kind}
        _note(session, value, at, actor)  # first: it waits for a purge that is removing the same content
        storage.keep(folder, slug, one)
    return value


def _note(session: Session, value: Mapping[str, Any], at: datetime, actor: Actor) -> None:
    row = {
        "id": uuid7(), "tenant": require_slug(), "digest": value["digest"], "name": value["name"],
        "size": value["size"], "content_type": CONTENT_TYPES[value["type"]], "uploaded_by": actor.user_id, "at": at,
    }  # fmt: skip
    added = insert(Attachment).values(row)
    session.execute(added.on_conflict_do_update(index_elements=["tenant", "digest"], set_={"at": at}))


@dataclass(frozen=True)
class Purged:
    """What a purge removed."""

    files: int
    size: int


def purge(session: Session, folder: Path, *, now: datetime) -> Purged:
    """Remove from the region the files that no sheet nor frozen version refers to, and that are not of the day.

    The disk is emptied before the caller commits: an upload of the same content meanwhile waits, then writes it anew.
    """
    slug, before = require_slug(), now - GRACE
    old = session.scalars(select(Attachment).where(Attachment.at < before).with_for_update()).all()
    kept = referred(session)
    size = 0
    useless = [one for one in old if one.digest not in kept]
    for one in useless:
        storage.forget(folder, slug, one.digest)
        size += one.size
    session.execute(delete(Attachment).where(Attachment.id.in_([one.id for one in useless])))
    known = set(session.scalars(select(Attachment.digest)))
    strays = storage.strays(folder, slug, known, before.timestamp())
    for path in strays:
        size += path.stat().st_size
        path.unlink(missing_ok=True)
    return Purged(len(useless) + len(strays), size)
