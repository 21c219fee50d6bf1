"""What the refusals of targets mean: said by the region's folder, worded on screen since, or still to be worded.

A refusal is known by the target's code, or by its words without their figures. Whoever reads a refused delivery gets
French, what to do, and the field to correct.
"""

import re
import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.domain.deliveries import wording
from portal.domain.deliveries.errors import DeliveryError
from portal.domain.deliveries.models import Delivery, RefusalWording
from portal.domain.deliveries.parcels import Answer
from portal.domain.journal.actions import append
from portal.domain.people import Actor
from portal.domain.vocabulary import TERMS
from portal.ids import uuid7
from portal.tenancy.schema.flows import KnownRefusal
from portal.tenancy.tenant import Tenant

WORDED = "refusal.worded"
LONGEST_KEY = 200
_FIGURES = re.compile(r"[0-9]+")


class UnknownRefusal(DeliveryError):
    """No such refusal in this region."""

    def __init__(self) -> None:
        super().__init__("Ce motif de refus n'existe pas dans cette région.")


class BadWording(DeliveryError):
    """A wording that says nothing, or names no field."""


@dataclass(frozen=True)
class Meaning:
    """What a refusal means. `field` is `level.field`, when it is known which."""

    message: str
    action: str | None = None
    field: str | None = None


def key_of(code: str | None, message: str | None) -> str:
    """What makes two refusals the same: the code, or the words without case, accents' form and figures."""
    words = code or _FIGURES.sub("#", " ".join(unicodedata.normalize("NFKC", message or "").casefold().split()))
    return words[:LONGEST_KEY] or "—"


def note_refusal(session: Session, tenant: Tenant, row: Delivery, answer: Answer, *, at: datetime) -> None:
    """Write on a row why its target refused it, in the words of the region; queue what nobody has worded yet."""
    key = key_of(answer.code, answer.message)
    row.refusal = {"key": key, "code": answer.code, "message": answer.message, "field": answer.field_name}
    known = _declared(tenant, row.target, answer.code)
    if known is None:
        known = _meaning(_seen_again(session, row.target, key, answer, at))
    row.problem = (
        wording.known_refusal(tenant, row.target, known.message, known.action)
        if known
        else wording.refusal(tenant, row.target, answer)
    )


def meanings_of(session: Session, tenant: Tenant, rows: Iterable[Delivery]) -> dict[uuid.UUID, Meaning]:
    """What the refusals of some deliveries mean; one not worded yet gives the target's words. One query at most."""
    refused = [row for row in rows if row.refusal and row.state == "rejected"]
    if not refused:
        return {}
    keys = {row.refusal["key"] for row in refused if row.refusal}
    query = select(RefusalWording).where(RefusalWording.key.in_(keys))
    worded = {(one.target, one.key): one for one in session.scalars(query)}
    return {row.id: _meaning_of(tenant, row, worded) for row in refused}


def _meaning_of(tenant: Tenant, row: Delivery, worded: Mapping[tuple[str, str], RefusalWording]) -> Meaning:
    said = row.refusal or {}
    known = _declared(tenant, row.target, said.get("code")) or _meaning(worded.get((row.target, said["key"])))
    field = field_named(tenant, said.get("field"))
    if known is None:
        return Meaning(row.problem or "", None, field)
    return Meaning(known.message, known.action, known.field or field)


def _declared(tenant: Tenant, target: str, code: str | None) -> Meaning | None:
    declared = tenant.flows.targets.get(target)
    known: KnownRefusal | None = declared.refusals.get(code) if declared and code else None
    return Meaning(known.message, known.action, known.field) if known else None


def _meaning(row: RefusalWording | None) -> Meaning | None:
    return Meaning(row.message, row.action, row.field) if row is not None and row.message else None


def field_named(tenant: Tenant, name: str | None) -> str | None:
    """The `level.field` that a target's word names: written so, or by a term of the vocabulary; None otherwise."""
    if not name:
        return None
    level, _, field = name.partition(".")
    if level in tenant.who.levels and tenant.field(level, field) is not None:
        return name
    if name not in TERMS:
        return None
    named = (f"{lv}.{f.id}" for lv in reversed(tenant.who.levels) for f in tenant.fields(lv).values() if f.term == name)
    return next(named, None)


def _seen_again(session: Session, target: str, key: str, answer: Answer, at: datetime) -> RefusalWording | None:
    """Count a refusal that the folder does not explain; the row that words it, or will."""
    said = {"code": answer.code, "said": answer.message, "field_name": answer.field_name, "last_at": at}
    new = insert(RefusalWording).values(id=uuid7(), target=target, key=key, first_at=at, seen=1, **said)
    counted = new.on_conflict_do_update(
        index_elements=["tenant", "target", "key"], set_={**said, "seen": RefusalWording.seen + 1}
    )
    session.execute(counted)
    query = select(RefusalWording).where(RefusalWording.target == target, RefusalWording.key == key)
    return session.scalar(query.execution_options(populate_existing=True))


def wordings(session: Session, *, worded: bool, limit: int = 20, offset: int = 0) -> tuple[list[RefusalWording], int]:
    """Refusals already worded, or those that wait for it: the most seen first. Two queries."""
    named = RefusalWording.message.is_not(None) if worded else RefusalWording.message.is_(None)
    total = session.scalar(select(func.count()).select_from(RefusalWording).where(named)) or 0
    query = select(RefusalWording).where(named).order_by(RefusalWording.seen.desc(), RefusalWording.id)
    return list(session.scalars(query.limit(limit).offset(offset))), total


def word_refusal(
    session: Session,
    tenant: Tenant,
    wording_id: uuid.UUID,
    *,
    message: str,
    action: str | None,
    field: str | None,
    actor: Actor,
    at: datetime,
) -> int:
    """Say what a refusal means; returns how many refused deliveries now say so. Raises UnknownRefusal, BadWording."""
    row = session.scalar(select(RefusalWording).where(RefusalWording.id == wording_id).with_for_update())
    if row is None:
        raise UnknownRefusal
    if not message.strip():
        raise BadWording("Écrivez ce que ce refus veut dire pour l'organisme.")
    level, _, name = (field or "").partition(".")
    if field and (level not in tenant.who.levels or tenant.field(level, name) is None):
        raise BadWording(f"« {field} » n'est pas un champ de cette région.")
    row.message, row.action, row.field = message.strip(), (action or "").strip() or None, field or None
    row.worded_at, row.worded_by = at, actor.name
    told = {"target": row.target, "key": row.key, "message": row.message, "action": row.action, "field": row.field}
    append(session, at=at, actor=actor, sheet_id=None, kind=WORDED, after=told)
    words = wording.known_refusal(tenant, row.target, row.message, row.action)
    same = (Delivery.target == row.target, Delivery.state == "rejected", Delivery.refusal["key"].astext == row.key)
    done = session.execute(
        update(Delivery).where(*same).values(problem=words).execution_options(synchronize_session=False)
    )
    session.flush()
    return int(done.rowcount)  # type: ignore[attr-defined]
