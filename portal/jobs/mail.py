"""Entry point of mails: claim, send, record."""

import logging
import re
import smtplib
from contextlib import closing
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from portal.domain.mails.actions import ClaimedMail, claim_mails, record_mail
from portal.domain.mails.pacing import DIGEST, paces_allowed, stoppable
from portal.domain.mails.stopping import stop_key
from portal.extensions import db
from portal.jobs.deliver import now
from portal.jobs.postmen import Postman, postman_of
from portal.jobs.queue import MAILS
from portal.jobs.setup import jobs_of
from portal.settings import Settings
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope

log = logging.getLogger(__name__)
UNSUBSCRIBE = "List-Unsubscribe"


class Whole(EmailPolicy):
    """Headers as usual, but for the address that stops a message: encoded or cut, no mail program would read it."""

    def fold(self, name: str, value: Any) -> str:
        """One line for that address, whatever its length."""
        return f"{name}: {value}{self.linesep}" if name == UNSUBSCRIBE else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same, as it leaves."""
        return self.fold(name, value).encode() if name == UNSUBSCRIBE else super().fold_binary(name, value)


def send_due(tenant: str) -> int:
    """Send the messages due of a region; returns how many left. Loads, or logs and leaves."""
    jobs = jobs_of(current_app)
    jobs.queue.started((MAILS, tenant, ""))
    if tenant not in registry.slugs():
        log.warning("mails of an unknown region: %s", tenant)
        return 0
    sent = 0
    with tenant_scope(tenant), closing(postman_of(jobs.settings)) as postman:
        try:
            while mails := _claim():
                sent += sum(_send(postman, jobs.settings, tenant, mail) for mail in mails)
        finally:
            db.session.remove()
    return sent


def _claim() -> list[ClaimedMail]:
    mails = claim_mails(db.session(), now=now())
    db.session.commit()
    return mails


def _send(postman: Postman, settings: Settings, tenant: str, mail: ClaimedMail) -> bool:
    error = None
    try:
        postman.send(compose(settings, tenant, mail))
    except (OSError, smtplib.SMTPException, ValueError) as failure:
        error = f"{type(failure).__name__}: {failure}"
        log.warning("mail %s did not leave: %s", mail.id, error)
    record_mail(db.session(), mail, at=now(), error=error, keep_keys=settings.demo)
    db.session.commit()
    return error is None


def compose(settings: Settings, tenant: str, mail: ClaimedMail) -> EmailMessage:
    """The message: always the same Message-ID, so that one sent twice is known; the site's links made whole."""
    host = urlsplit(settings.base_url).hostname or "localhost"
    message = EmailMessage(Whole())
    message["Subject"] = mail.subject
    message["From"] = settings.mail_from
    message["To"] = mail.recipient
    message["Date"] = format_datetime(mail.claimed_at)
    message["Message-ID"] = f"<{mail.id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(whole_links(mail.body, settings.base_url, tenant) + _choosing(message, settings, tenant, mail))
    return message


def _choosing(message: EmailMessage, settings: Settings, slug: str, mail: ClaimedMail) -> str:
    """How one receives such messages less often, or no more: the end of the message, and the button that mail programs
    show for its headers (RFC 8058). Nothing for the letters about an account.
    """
    tenant = registry.get(slug)
    if mail.sheet_id is None and mail.mail != DIGEST:
        return ""
    stopped = stoppable(tenant, mail.mail, mail.sheet_id)
    if stopped is None and len(paces_allowed(tenant, mail.mail)) < 2:
        return ""
    key = stop_key(settings.secret_key, slug, mail.recipient, stopped or mail.mail)
    address = f"{settings.base_url.rstrip('/')}/{slug}/courriels/{key}"
    if stopped is not None:
        message[UNSUBSCRIBE] = f"<{address}>"
        message[f"{UNSUBSCRIBE}-Post"] = f"{UNSUBSCRIBE}=One-Click"
    words = "moins souvent ou ne plus les recevoir" if stopped else "moins souvent"
    return f"\n-- \n{tenant.name}. Pour recevoir ces courriels {words} :\n{address}\n"


def whole_links(body: str, base_url: str, tenant: str) -> str:
    """The body with our addresses (the region's sheets, accounts) made complete: the domain does not know where the
    site is.
    """
    sheet = rf"{re.escape(tenant)}/espace/fiches/[0-9a-f-]{{36}}"
    keys = r"(?:activation|mot-de-passe)/[\w.-]{64,}"
    ours = re.compile(rf"(?<!\S)(/(?:{sheet}|{keys}|connexion|{re.escape(tenant)}/administration/membres))(?![\w/-])")
    return ours.sub(lambda match: base_url.rstrip("/") + match[1], body)
