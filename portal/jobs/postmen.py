"""How messages leave: by SMTP where `MAIL_URL` says; on a laptop, as files in `var/mails/`."""

import re
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from portal.settings import Settings

TIMEOUT = 15


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
