"""Messages leave: as files on a laptop, by SMTP elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.habits.paces import paces_of
from portal.domain.mails.actions import MOST_ATTEMPTS
from portal.domain.mails.models import Mail
from portal.extensions import db
from portal.ids import uuid7
from portal.jobs.clock import SLOTS, do_duties
from portal.jobs.mail import send_due, whole_links
from portal.jobs.setup import Jobs, jobs_of
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from tests.jobs.conftest import Mailbox, mail_server, read_message
from tests.support.deliveries import SLUG
from tests.support.offer import make_tree, organisation

LINK = f"/{SLUG}/espace/fiches/019a0000-0000-7000-8000-000000000001"


@pytest.fixture
def jobs(app: Flask, tmp_path: Path) -> Iterator[Jobs]:
    kept = jobs_of(app)
    app.extensions["jobs"] = Jobs(replace(kept.settings, var_dir=tmp_path, base_url="https://guichet.exemple.fr"))
    yield app.extensions["jobs"]
    app.extensions["jobs"] = kept


def owe(
    app: Flask,
    subject: str = "Session à compléter",
    *,
    to: str = "of@exemple.fr",
    body: str = f"Bonjour,\n\nVoir : {LINK}\n",
    mail_id: str = "m",
    about: bool = False,
) -> None:
    with app.app_context(), tenant_scope(SLUG):
        sheet = make_tree(db.session(), registry.get(SLUG), "dossier", organisation(db.session())) if about else None
        mail = Mail(
            key=str(uuid7()),
            mail=mail_id,
            sheet_id=sheet.id if sheet else None,
            recipient=to,
            subject=subject,
            body=body,
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
        ("Voir /mot-de-passe/" + "a" * 64, "Voir https://x.fr/mot-de-passe/" + "a" * 64),
        (f"/activation/{SLUG}." + "a-_B" * 16, f"https://x.fr/activation/{SLUG}." + "a-_B" * 16),
        (f"/{SLUG}/administration/membres", f"https://x.fr/{SLUG}/administration/membres"),
        ("/mot-de-passe perdu", "/mot-de-passe perdu"),
        (f"https://ailleurs.fr{LINK}", f"https://ailleurs.fr{LINK}"),
        ("/autre/espace/fiches/" + LINK[-36:], "/autre/espace/fiches/" + LINK[-36:]),
    ],
)
def test_links_of_the_region_are_made_whole_and_no_others(body: str, whole: str) -> None:
    assert whole_links(body, "https://x.fr/", SLUG) == whole


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def smtp(app: Flask, jobs: Jobs, mailbox: Mailbox) -> Iterator[Jobs]:
    """A mail server, and the jobs that send through it."""
    with mail_server(mailbox) as (url, _):
        app.extensions["jobs"] = Jobs(replace(jobs.settings, mail_url=url))
        yield app.extensions["jobs"]


def test_messages_leave_by_smtp(app: Flask, smtp: Jobs, mailbox: Mailbox) -> None:
    owe(app)
    owe(app, "Accusé de réception : « à compléter »")

    assert send(app) == 2

    assert [envelope.rcpt_tos for envelope in mailbox.kept] == [["of@exemple.fr"]] * 2
    assert [read_message(envelope)["Subject"] for envelope in mailbox.kept][
        1
    ] == "Accusé de réception : « à compléter »"
    assert states(app) == ["sent", "sent"]


def test_mailbox_refused_by_the_server_is_tried_again_and_stops_no_other(
    app: Flask, smtp: Jobs, mailbox: Mailbox
) -> None:
    owe(app, to="inconnu@exemple.fr")
    owe(app)

    assert send(app) == 1

    assert sorted(states(app)) == ["due", "sent"]
    assert len(mailbox.kept) == 1


@pytest.mark.parametrize("demo", [True, False])
def test_what_a_message_opens_is_forgotten_once_it_left_save_in_a_demonstration(
    app: Flask, smtp: Jobs, mailbox: Mailbox, demo: bool
) -> None:
    app.extensions["jobs"] = Jobs(replace(smtp.settings, demo=demo))
    key = f"/activation/{SLUG}." + "aB3-_x7Z" * 8
    owe(app, body=f"Ouvrez ce lien :\n\n{key}\n")

    assert send(app) == 1

    assert f"https://guichet.exemple.fr{key}" in read_message(mailbox.kept[0]).get_content()
    with app.app_context(), tenant_scope(SLUG):
        kept = db.session.scalars(select(Mail.body)).one()
    assert (key in kept) is demo
    assert "/activation/" in kept


def test_what_a_message_opens_is_forgotten_with_its_last_attempt(app: Flask, jobs: Jobs) -> None:
    app.extensions["jobs"] = Jobs(replace(jobs.settings, mail_url="smtp://127.0.0.1:9"))
    owe(app, body="/mot-de-passe/" + "aB3-_x7Z" * 8)
    with app.app_context(), tenant_scope(SLUG):
        db.session.scalars(select(Mail)).one().attempts = MOST_ATTEMPTS - 1
        db.session.commit()

    assert send(app) == 0

    with app.app_context(), tenant_scope(SLUG):
        mail = db.session.scalars(select(Mail)).one()
        assert (mail.state, mail.body) == ("failed", "/mot-de-passe/…")


def test_server_that_is_not_there_is_tried_again_later(app: Flask, jobs: Jobs) -> None:
    app.extensions["jobs"] = Jobs(replace(jobs.settings, mail_url="smtp://127.0.0.1:9"))
    owe(app)

    assert (send(app), send(app), states(app)) == (0, 0, ["due"])


def test_unknown_region_is_left_alone(app: Flask, jobs: Jobs) -> None:
    with app.app_context():
        assert send_due("nulle-part") == 0


STOP = re.compile(rf"<(https://guichet\.exemple\.fr(/{SLUG}/courriels/\S+))>")


def test_a_message_of_the_region_is_stopped_by_the_address_it_carries(app: Flask, smtp: Jobs, mailbox: Mailbox) -> None:
    owe(app, mail_id="session_envoyee", about=True)

    assert send(app) == 1

    raw = mailbox.kept[0].content
    message = read_message(mailbox.kept[0])
    assert isinstance(raw, bytes)
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in raw
    found = STOP.fullmatch(str(message["List-Unsubscribe"]))
    assert found is not None
    assert f"List-Unsubscribe: <{found[1]}>\r\n".encode() in raw  # on one line, not encoded: else nobody reads it
    assert found[1] in message.get_content()
    answer = app.test_client().post(found[2], data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    with app.app_context(), tenant_scope(SLUG):
        assert paces_of(db.session(), "of@exemple.fr") == {"session_envoyee": "never"}


@pytest.mark.parametrize(("mail_id", "stopped"), [("digest", True), ("reset", False), ("invitation", False)])
def test_digests_are_stopped_and_the_letters_about_an_account_are_not(
    app: Flask, smtp: Jobs, mailbox: Mailbox, mail_id: str, stopped: bool
) -> None:
    owe(app, mail_id=mail_id)

    assert send(app) == 1

    message = read_message(mailbox.kept[0])
    assert (message["List-Unsubscribe"] is not None) is stopped
    assert ("courriels" in message.get_content()) is stopped


def test_the_clock_writes_the_digests_and_they_leave_by_smtp(app: Flask, smtp: Jobs, mailbox: Mailbox) -> None:
    owe(app, "Première")
    owe(app, "Seconde")
    with app.app_context(), tenant_scope(SLUG):
        for mail in db.session.scalars(select(Mail)):
            mail.state = "kept"
            mail.due_at = datetime(2026, 3, 3, 6, tzinfo=UTC)
        db.session.commit()

    with app.app_context():
        for at in (datetime(2026, 3, 3, 5, 59, tzinfo=UTC), datetime(2026, 3, 3, 6, 1, tzinfo=UTC)):
            do_duties(SLOTS["tidy"], registry.get(SLUG), smtp, at)
    assert send(app) == 1

    (envelope,) = mailbox.kept
    assert read_message(envelope)["Subject"].endswith(": 2 messages")
    assert "- Première" in read_message(envelope).get_content()
    assert sorted(states(app)) == ["grouped", "grouped", "sent"]
