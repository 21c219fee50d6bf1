"""Digests: what was kept for an address, in one message, once its hour has come."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.domain.fields import french
from portal.domain.mails.models import Mail
from portal.domain.mails.pacing import DIGEST
from portal.ids import uuid7
from portal.tenancy.tenant import Tenant

MOST = 1000  # messages of one run: the next one takes the others
LISTED = 100  # messages named in one digest
OPENING = "Bonjour,\n\nVoici, depuis votre dernier récapitulatif :\n"


def write_digests(session: Session, tenant: Tenant, *, now: datetime) -> list[uuid.UUID]:
    """Write the digests whose hour has come, one per address; returns their ids. Two runs at once share the work."""
    query = select(Mail).where(Mail.state == "kept", Mail.due_at <= now)
    query = query.order_by(func.lower(Mail.recipient), Mail.created_at, Mail.id).limit(MOST)
    rows = session.scalars(query.with_for_update(skip_locked=True))
    written = [
        _digest(session, tenant, list(mine), now) for _, mine in groupby(rows, key=lambda mail: mail.recipient.lower())
    ]
    session.flush()
    return written


def _digest(session: Session, tenant: Tenant, mails: Sequence[Mail], now: datetime) -> uuid.UUID:
    digest = Mail(
        id=uuid7(),
        key=f"{DIGEST}:{mails[0].id}",
        mail=DIGEST,
        recipient=mails[0].recipient,
        subject=f"{tenant.name} : {french.plural(len(mails), 'message')}",
        body=_body(tenant, mails),
        due_at=now,
    )
    session.add(digest)
    for mail in mails:
        mail.state = "grouped"
    return digest.id


def _body(tenant: Tenant, mails: Sequence[Mail]) -> str:
    zone = ZoneInfo(tenant.who.time_zone)
    parts = [OPENING]
    for mail in mails[:LISTED]:
        parts.append(f"- {mail.subject}\n  {mail.created_at.astimezone(zone):le %d/%m/%Y à %H:%M}")
        if mail.sheet_id is not None:
            parts[-1] += f"\n  /{tenant.slug}/espace/fiches/{mail.sheet_id}"
    if len(mails) > LISTED:
        parts.append(f"Et {french.plural(len(mails) - LISTED, 'autre message', 'autres messages')}.")
    return "\n\n".join(parts)
