"""A real sandbox in a process of its own, and parcels to send to it."""

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession

from portal.domain.deliveries.addresses import SANDBOX_SECRET, Address
from portal.domain.deliveries.parcels import Parcel
from portal.ids import uuid7
from portal.jobs.outlets.http import HttpOutlet
from portal.settings import ROOT

_SERVE = """
import sys
from pathlib import Path
from portal.jobs.sandbox.serve import make_sandbox_server
server = make_sandbox_server(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
print(server.server_port, flush=True)
server.serve_forever()
"""


class Sandbox:
    """The sandbox as its neighbours know it: an address, and a way to tell it how to behave."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.port = 0
        self.start()

    def start(self) -> None:
        """Start it, on the port it had."""
        command = [sys.executable, "-c", _SERVE, str(self.port), str(self.store), SANDBOX_SECRET]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def stop(self) -> None:
        """Stop it."""
        self.process.kill()
        self.process.communicate()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def tell(self, mode: str, **details: Any) -> None:
        """Make it behave so."""
        answer = httpx.post(f"{self.url}/_control", json={"mode": mode, **details}, trust_env=False)
        assert answer.status_code == 200, answer.text

    def received(self) -> dict[str, Any]:
        """What it received."""
        return httpx.get(f"{self.url}/_received", trust_env=False).json()

    def effects(self) -> list[dict[str, Any]]:
        """The effects it kept, in order."""
        return self.received()["effects"]


@pytest.fixture(scope="session")
def _sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox") / "sandbox.sqlite3")
    yield sandbox
    sandbox.stop()


@pytest.fixture
def sandbox(_sandbox: Sandbox) -> Sandbox:
    """A sandbox that has received nothing and behaves well."""
    _sandbox.tell("ok", forget=True)
    return _sandbox


@pytest.fixture
def outlet(sandbox: Sandbox) -> Iterator[HttpOutlet]:
    """The HTTP outlet, open on the sandbox."""
    outlet = HttpOutlet(Address(f"{sandbox.url}/essai/region", SANDBOX_SECRET), allow_private=True)
    yield outlet
    outlet.close()


def make_parcel(
    delivery_id: uuid.UUID | None = None, *, code: str = "42988", reference: str | None = None, verb: str = "put"
) -> Parcel:
    """A small document about a session."""
    delivery_id = delivery_id or uuid7()
    session = {"id": "019a0000-0000-7000-8000-000000000001", "code": code}
    if reference is not None:  # a session of its own, whatever its number where it is
        session = {"id": str(uuid7()), "code": code, "reference": reference}
    body = json.dumps({"delivery": str(delivery_id), "verb": verb, "session": session}).encode()
    return Parcel("essai", "region", delivery_id, verb, body, "application/json")


class Mailbox:
    """What a mail server keeps of each message it accepts; it knows no mailbox whose address begins with `unknown`."""

    def __init__(self, unknown: str = "inconnu@") -> None:
        self.kept: list[Envelope] = []
        self.unknown = unknown

    async def handle_RCPT(
        self, server: SMTP, session: SmtpSession, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith(self.unknown):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:
        self.kept.append(envelope)
        return "250 kept"


class _Controller(Controller):
    """On a port of the system's choice."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(mailbox: Mailbox | None = None) -> Iterator[tuple[str, Mailbox]]:
    """A real mail server: its address, and what it keeps."""
    mailbox = mailbox or Mailbox()
    server = _Controller(mailbox, hostname="127.0.0.1", port=0)
    server.start()
    try:
        yield f"smtp://127.0.0.1:{server.port}", mailbox
    finally:
        server.stop()


def read_message(envelope: Envelope) -> EmailMessage:
    """The message of an envelope."""
    assert isinstance(envelope.content, bytes)
    return message_from_bytes(envelope.content, policy=policy.default)
