"""Writing the messages a cause owes, then claiming and recording them for the job that sends them."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from portal.domain.mails.letters import without_keys
from portal.domain.mails.models import Mail
from portal.domain.mails.pacing import sendings
from portal.domain.mails.recipients import addresses
from portal.domain.people import Actor
from portal.domain.sheets.view import View
from portal.ids import uuid7
from portal.tenancy.schema import Mail as Template
from portal.tenancy.tenant import Tenant

LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 12
FIRST_RETRY, LAST_RETRY = timedelta(seconds=30), timedelta(hours=1)
LONGEST_SUBJECT = 200
_GAP = re.compile(r"\n(?:[ \t]*\n){2,}")  # what words that say nothing leave between two paragraphs
OWN_WORDS = ("reason", "link", "target", "problem", "corrections")  # what the event says, not the sheet
_OWN_WORDS = re.compile(rf"\{{({'|'.join(OWN_WORDS)})\}}")


def write_mails(
    session: Session,
    tenant: Tenant,
    view: View,
    event: str,
    *,
    at: datetime,
    actor: Actor,
    reason: str | None = None,
    cause: uuid.UUID | str,
    words: Mapping[str, str] | None = None,
) -> list[uuid.UUID]:
    """Write the messages declared for an event (`axis.move`, `delivery.failed`) about a sheet; returns their ids.

    The same `cause` never writes twice to the same person. `words` are what the event alone knows: target, problem.
    """
    said = {"reason": reason or "", "link": link_to(tenant, view), **(words or {})}
    written: list[uuid.UUID] = []
    for mail_id, template in tenant.mails.mails.items():
        if template.on == event and view.holds(template.when):
            written += write_mail(session, view, mail_id, template, said, at=at, actor=actor, cause=str(cause))
    return written


def write_mail(
    session: Session,
    view: View,
    mail_id: str,
    template: Template,
    said: Mapping[str, str],
    *,
    at: datetime,
    actor: Actor,
    cause: str,
) -> list[uuid.UUID]:
    """Write one declared message to each of its recipients who has not had it yet for this cause: to leave at once, or
    with a digest, as each asked; and to whoever stands in for those who are away.
    """
    people = addresses(session, view, template.to, actor)
    if not people:
        return []
    key = f"{mail_id}:{cause}"
    had = set(session.scalars(select(Mail.recipient).where(Mail.key == key)))
    subject = " ".join(fill(view, template.subject, said).split())[:LONGEST_SUBJECT]
    body = fill(view, template.body, said)
    mails = [
        Mail(
            id=uuid7(),
            key=key,
            mail=mail_id,
            sheet_id=view.node.id,
            recipient=one.address,
            subject=subject,
            body=one.preface + body,
            state=one.state,
            due_at=one.due_at,
        )
        for one in sendings(session, view.tenant, mail_id, people, at)
        if one.address not in had
    ]
    session.add_all(mails)
    session.flush()
    return [mail.id for mail in mails]


def fill(view: View, pattern: str, said: Mapping[str, str]) -> str:
    """A pattern of mails.yaml in words. What people typed is never read as a pattern."""
    parts = _OWN_WORDS.split(pattern)
    text = "".join(said.get(part, "") if i % 2 else _filled(view, part) for i, part in enumerate(parts))
    return _GAP.sub("\n\n", text).strip()


def _filled(view: View, text: str) -> str:
    """`View.fill` strips; the spaces around are the author's, and stay."""
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return before + view.fill(text) + after if text.strip() else text


def link_to(tenant: Tenant, view: View) -> str:
    """The sheet's address within the site: the job that sends knows the site's own."""
    return f"/{tenant.slug}/espace/fiches/{view.node.id}"


@dataclass(frozen=True)
class ClaimedMail:
    """A message that is ours for the time of a lease."""

    id: uuid.UUID
    recipient: str
    subject: str
    body: str
    attempts: int
    claimed_at: datetime
    mail: str = ""
    sheet_id: uuid.UUID | None = None


def claim_mails(session: Session, *, now: datetime, limit: int = 20) -> list[ClaimedMail]:
    """Claim the messages due, oldest first, and those a dead worker left. The caller commits before sending."""
    forsaken = and_(Mail.state == "sending", Mail.claimed_at < now - LEASE)
    free = (
        select(Mail.id)
        .where(or_(and_(Mail.state == "due", Mail.due_at <= now), forsaken))
        .order_by(Mail.due_at, Mail.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("free")
    )
    taken = (
        update(Mail)
        .where(Mail.id.in_(select(free.c.id)))
        .values(state="sending", claimed_at=now, attempts=Mail.attempts + 1)
        .returning(
            Mail.id, Mail.recipient, Mail.subject, Mail.body, Mail.attempts, Mail.claimed_at, Mail.mail, Mail.sheet_id
        )
        .execution_options(synchronize_session=False)
    )
    return sorted((ClaimedMail(**row._mapping) for row in session.execute(taken)), key=lambda mail: mail.id)


def record_mail(
    session: Session, mail: ClaimedMail, *, at: datetime, error: str | None = None, keep_keys: bool = False
) -> None:
    """Record that a message left, or why it did not; a failure is tried again later, for about half a day.

    What a message's single-use link opens is forgotten with its last attempt; `keep_keys` is for demonstrations, where
    the outbox is read on the screen.
    """
    body = mail.body if keep_keys else without_keys(mail.body)
    values: dict[str, Any]
    if error is None:
        values = {"state": "sent", "sent_at": at, "error": None, "body": body}
    elif mail.attempts >= MOST_ATTEMPTS:
        values = {"state": "failed", "error": error[:500], "body": body}
    else:
        wait = min(FIRST_RETRY * 2 ** (mail.attempts - 1), LAST_RETRY)
        values = {"state": "due", "due_at": at + wait, "error": error[:500]}
    ours = (Mail.id == mail.id, Mail.state == "sending", Mail.claimed_at == mail.claimed_at)
    session.execute(update(Mail).where(*ours).values(**values).execution_options(synchronize_session=False))
