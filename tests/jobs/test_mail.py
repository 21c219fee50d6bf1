"""Messages leave: as files on a laptop, by SMTP elsewhere."""

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.mails.models import Mail
from portal.extensions import db
from portal.ids import uuid7
from portal.jobs.mail import send_due, whole_links
from portal.jobs.setup import Jobs, jobs_of
from portal.tenancy.scope import tenant_scope
from tests.support.deliveries import SLUG

LINK = f"/{SLUG}/espace/fiches/019a0000-0000-7000-8000-000000000001"


@pytest.fixture
def jobs(app: Flask, tmp_path: Path) -> Iterator[Jobs]:
    kept = jobs_of(app)
    app.extensions["jobs"] = Jobs(replace(kept.settings, var_dir=tmp_path, base_url="https://guichet.exemple.fr"))
    yield app.extensions["jobs"]
    app.extensions["jobs"] = kept


def owe(app: Flask, subject: str = "Session à compléter") -> None:
    with app.app_context(), tenant_scope(SLUG):
        mail = Mail(
            key=str(uuid7()),
            mail="m",
            recipient="of@exemple.fr",
            subject=subject,
            body=f"Bonjour,\n\nVoir : {LINK}\n",
            due_at=datetime.now(UTC),
        )
        db.session.add(mail)
        db.session.commit()


def send(app: Flask) -> int:
    with app.app_context():
        return send_due(SLUG)


def states(app: Flask) -> list[str]:
    with app.app_context(), tenant_scope(SLUG):
        return list(db.session.scalars(select(Mail.state)))


def test_message_becomes_a_file_on_a_laptop(app: Flask, jobs: Jobs, tmp_path: Path) -> None:
    owe(app)

    assert (send(app), send(app), states(app)) == (1, 0, ["sent"])

    (file,) = (tmp_path / "mails").glob("*.eml")
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (message["To"], message["Subject"]) == ("of@exemple.fr", "Session à compléter")
    assert f"https://guichet.exemple.fr{LINK}" in message.get_content()
    assert message["Message-ID"].endswith("@guichet.exemple.fr>")


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        (f"Voir {LINK} .", f"Voir https://x.fr{LINK} ."),
        (f"Voir {LINK}.", f"Voir https://x.fr{LINK}."),
        (f"https://ailleurs.fr{LINK}", f"https://ailleurs.fr{LINK}"),
        ("/autre/espace/fiches/" + LINK[-36:], "/autre/espace/fiches/" + LINK[-36:]),
    ],
)
def test_links_of_the_region_are_made_whole_and_no_others(body: str, whole: str) -> None:
    assert whole_links(body, "https://x.fr/", SLUG) == whole


class _Smtp(socketserver.StreamRequestHandler):
    """As little of SMTP as a client needs."""

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self._say("354 go on")
                self.server.kept.append(self._message())  # type: ignore[attr-defined]
            self._say("221 bye" if word == b"QUIT" else "250 fine")
            if word == b"QUIT":
                return

    def _message(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return b"".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


@pytest.fixture
def smtp() -> Iterator[socketserver.ThreadingTCPServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp) as server:
        server.kept = []  # type: ignore[attr-defined]
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def test_messages_leave_by_smtp(app: Flask, jobs: Jobs, smtp: socketserver.ThreadingTCPServer) -> None:
    app.extensions["jobs"] = Jobs(replace(jobs.settings, mail_url=f"smtp://127.0.0.1:{smtp.server_address[1]}"))
    owe(app)
    owe(app)

    assert send(app) == 2

    kept = [message_from_bytes(raw, policy=policy.default) for raw in smtp.kept]  # type: ignore[attr-defined]
    assert [message["To"] for message in kept] == ["of@exemple.fr"] * 2
    assert states(app) == ["sent", "sent"]


def test_server_that_is_not_there_is_tried_again_later(app: Flask, jobs: Jobs) -> None:
    app.extensions["jobs"] = Jobs(replace(jobs.settings, mail_url="smtp://127.0.0.1:9"))
    owe(app)

    assert (send(app), send(app), states(app)) == (0, 0, ["due"])


def test_unknown_region_is_left_alone(app: Flask, jobs: Jobs) -> None:
    with app.app_context():
        assert send_due("nulle-part") == 0
