"""What people decide about deliveries: hold a target, let it go, try again.

Whether a target is held is told by the journal's last word about it: a decision of somebody, kept for ever.
"""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from portal.domain.deliveries.actions.readiness import leaves_as
from portal.domain.deliveries.errors import CannotRetry, DeliveryNotFound, TargetNotFound
from portal.domain.deliveries.models import Delivery
from portal.domain.journal.actions import append
from portal.domain.journal.models import JournalEntry
from portal.domain.people import Actor
from portal.tenancy.tenant import Tenant

HELD, RELEASED = "target.held", "target.released"


def held_targets(session: Session) -> dict[str, str]:
    """The targets held now, each with the words the organisations read."""
    target = JournalEntry.after["target"].astext
    query = (
        select(target.label("target"), JournalEntry.kind, JournalEntry.after)
        .where(JournalEntry.sheet_id.is_(None), JournalEntry.kind.in_((HELD, RELEASED)))
        .order_by(target, JournalEntry.at.desc(), JournalEntry.id.desc())
        .ext(distinct_on(target))
    )
    return {row.target: row.after["words"] for row in session.execute(query) if row.kind == HELD}


def hold_target(
    session: Session, tenant: Tenant, target: str, *, at: datetime, actor: Actor, reason: str | None = None
) -> int:
    """Hold a target: what is owed to it stays here until it is released. Returns how many deliveries wait.

    Raises TargetNotFound.
    """
    words = f"Les envois vers {_label(tenant, target)} sont suspendus{f' : {reason}' if reason else ''}."
    before = held_targets(session).get(target)
    after = {"target": target, "words": words}
    append(session, at=at, actor=actor, sheet_id=None, kind=HELD, after=after, reason=reason)
    if before is not None:  # held again in other words: what waits must be found under them
        _move_rows(session, target, "held", "held", before, words)
    return keep_held(session, target, words)


def keep_held(session: Session, target: str, words: str) -> int:
    """Put aside what is due to a held target, retries included. Returns how many deliveries."""
    return _move_rows(session, target, "due", "held", None, words)


def release_target(session: Session, tenant: Tenant, target: str, *, at: datetime, actor: Actor) -> int:
    """Let a held target go: what waited for it is due. Returns how many deliveries leave. Raises TargetNotFound."""
    label = _label(tenant, target)
    words = held_targets(session).get(target)
    if words is None:
        return 0
    after = {"target": target, "words": f"Les envois vers {label} reprennent."}
    append(session, at=at, actor=actor, sheet_id=None, kind=RELEASED, after=after)
    return _move_rows(session, target, "held", leaves_as(tenant, target), words, None)


def retry_delivery(session: Session, tenant: Tenant, delivery_id: uuid.UUID, *, at: datetime) -> Delivery:
    """Send again what failed, was refused, or waits: for its next try, or for its receipt, which the same key brings.

    Raises DeliveryNotFound, CannotRetry.
    """
    query = select(Delivery).where(Delivery.id == delivery_id).with_for_update()
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise DeliveryNotFound
    if row.state not in ("failed", "rejected", "due", "sent"):
        raise CannotRetry("Cet envoi est en cours, déjà reçu ou remplacé : il n'y a rien à renvoyer.")
    if _has_newer(session, row):
        raise CannotRetry("Une version plus récente de cette fiche part déjà vers ce destinataire.")
    words = held_targets(session).get(row.target)
    row.state, row.held_because = ("held", words) if words else (leaves_as(tenant, row.target), None)
    row.due_at, row.done_at, row.problem = at, None, None
    row.refusal, row.proof, row.batch_id = None, None, None
    session.flush()
    return row


def retry_all(session: Session, tenant: Tenant, *, at: datetime, target: str | None = None) -> int:
    """Send again everything that failed (refusals excepted: the sheet must change first). Returns how many leave."""
    query = select(Delivery.id).where(Delivery.state == "failed")
    if target is not None:
        query = query.where(Delivery.target == target)
    done = 0
    for delivery_id in session.scalars(query.order_by(Delivery.id)).all():
        try:
            retry_delivery(session, tenant, delivery_id, at=at)
            done += 1
        except CannotRetry:
            continue
    return done


def _label(tenant: Tenant, target: str) -> str:
    if target not in tenant.flows.targets:
        raise TargetNotFound(target)
    return tenant.flows.targets[target].label


def _move_rows(
    session: Session, target: str, before: str, after: str, words_before: str | None, words: str | None
) -> int:
    query = select(Delivery).where(Delivery.target == target, Delivery.state == before)
    if words_before is not None:
        query = query.where(Delivery.held_because == words_before)
    rows = session.scalars(query.with_for_update(skip_locked=before == "due")).all()
    for row in rows:
        row.state, row.held_because = after, words
    session.flush()
    return len(rows)


def _has_newer(session: Session, row: Delivery) -> bool:
    newer = select(Delivery.id).where(
        Delivery.target == row.target,
        Delivery.sheet_id == row.sheet_id,
        Delivery.id > row.id,
        Delivery.state.not_in(("cancelled", "superseded")),
    )
    return session.scalar(newer.limit(1)) is not None
