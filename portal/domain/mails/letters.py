"""Messages of the portal itself, the same in every region: they are about a person's account, not about a sheet."""

import re
import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.mails.models import Mail
from portal.domain.mails.recipients import is_address
from portal.ids import uuid7

_KEYS = re.compile(r"(/(?:activation|mot-de-passe)/)[\w.-]+")


def write_letter(
    session: Session, *, kind: str, recipient: str, subject: str, body: str, cause: str, at: datetime
) -> uuid.UUID | None:
    """Owe one message to one person, in the region in scope; returns its id, or None for what is no address."""
    if not is_address(recipient):
        return None
    mail = Mail(
        id=uuid7(),
        key=f"{kind}:{cause}",
        mail=kind,
        recipient=recipient,
        subject=" ".join(subject.split())[:200],
        body=body.strip(),
        due_at=at,
    )
    session.add(mail)
    session.flush()
    return mail.id


def without_keys(body: str) -> str:
    """The body without what its single-use links open: kept once the message has left."""
    return _KEYS.sub(r"\1…", body)
