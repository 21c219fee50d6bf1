"""Entry point of mails: claim, send, record. By SMTP where `MAIL_URL` says; on a laptop, as files in `var/mails/`."""

import logging
import re
import smtplib
import ssl
from contextlib import closing
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from flask import current_app

from portal.domain.mails.actions import ClaimedMail, claim_mails, record_mail
from portal.domain.mails.pacing import DIGEST, paces_allowed, stoppable
from portal.domain.mails.stopping import stop_key
from portal.extensions import db
from portal.jobs.deliver import now
from portal.jobs.queue import MAILS
from portal.jobs.setup import jobs_of
from portal.settings import Settings
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope

log = logging.getLogger(__name__)
TIMEOUT = 15
UNSUBSCRIBE = "List-Unsubscribe"


class Whole(EmailPolicy):
    """Headers as usual, but for the address that stops a message: encoded or cut, no mail program would read it."""

    def fold(self, name: str, value: Any) -> str:
        """One line for that address, whatever its length."""
        return f"{name}: {value}{self.linesep}" if name == UNSUBSCRIBE else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same, as it leaves."""
        return self.fold(name, value).encode() if name == UNSUBSCRIBE else super().fold_binary(name, value)


class Postman(Protocol):
    """A way to send a message; raises OSError or smtplib.SMTPException when it does not leave."""

    def send(self, message: EmailMessage) -> None: ...

    def close(self) -> None: ...


class SmtpPostman:
    """`smtp://user:password@host:587` (STARTTLS where offered), or `smtps://…` (TLS at once)."""

    def __init__(self, url: str) -> None:
        self.parts = urlsplit(url)
        self._server: smtplib.SMTP | None = None

    def send(self, message: EmailMessage) -> None:
        """Send over one connection, opened at the first message."""
        if self._server is None:
            self._server = self._connect()
        self._server.send_message(message)

    def close(self) -> None:
        """Leave the server."""
        if self._server is not None:
            try:
                self._server.quit()
            except (OSError, smtplib.SMTPException):
                self._server.close()

    def _connect(self) -> smtplib.SMTP:
        host, secure = self.parts.hostname or "localhost", self.parts.scheme == "smtps"
        context = ssl.create_default_context()
        if secure:
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, self.parts.port or 465, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(host, self.parts.port or 25, timeout=TIMEOUT)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
        if self.parts.username:
            server.login(unquote(self.parts.username), unquote(self.parts.password or ""))
        return server


class FolderPostman:
    """Each message as a file that any mail program opens: for a laptop, where nobody is to be written to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write the file, at once or not at all; the same message twice is one file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^\w-]", "", message["Message-ID"].partition("@")[0])
        fresh = self.folder / f".{name}.new"
        fresh.write_bytes(bytes(message))
        fresh.replace(self.folder / f"{name}.eml")

    def close(self) -> None:
        """Nothing is open."""


def postman_of(settings: Settings) -> Postman:
    """How this installation sends its mails."""
    return SmtpPostman(settings.mail_url) if settings.mail_url else FolderPostman(settings.var_dir / "mails")


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
