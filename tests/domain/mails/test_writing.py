"""Messages: to whom, in which words, and once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.mails.actions import LEASE, MOST_ATTEMPTS, claim_mails, record_mail, write_mails
from portal.domain.mails.models import Mail
from portal.domain.mails.queries import latest_mails, mail_counts, mails_of, mails_owed
from portal.domain.mails.reminders import write_reminders
from portal.domain.organisations.models import Membership, User
from portal.domain.people import SYSTEM
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.ids import uuid7
from portal.tenancy.schema import MailsFile
from portal.tenancy.scope import tenant_scope
from tests.support.deliveries import AT, SLUG, World
from tests.support.offer import TODAY
from tests.support.tenants import tenant_named

MOVE = "session.envoyer"


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with app.app_context(), tenant_scope(SLUG):
        yield World(db.session(), tenant_named(SLUG))
        db.session.rollback()
        db.session.remove()


def declare(world: World, **mail: Any) -> None:
    """The region now declares one message only."""
    declared = {"subject": "Sujet", "body": "Corps", "to": ["role:region"], "on": MOVE, **mail}
    world.tenant = replace(world.tenant, mails=MailsFile.model_validate({"mails": {"essai": declared}}))


def person(world: World, email: str, role: str, **scope: Any) -> User:
    user = User(email=email, name=email.partition("@")[0])
    world.session.add(user)
    world.session.flush()
    world.session.add(Membership(user_id=user.id, role=role, **scope))
    world.session.flush()
    return user


def write(world: World, **said: Any) -> list[Mail]:
    view = View(world.tenant, load_node(world.session, world.unit), TODAY)
    cause = said.pop("cause", "une cause")
    ids = write_mails(world.session, world.tenant, view, MOVE, at=AT, actor=SYSTEM, cause=cause, **said)
    return list(world.session.scalars(select(Mail).where(Mail.id.in_(ids)).order_by(Mail.recipient)))


def test_role_is_told(world: World) -> None:
    declare(world, to=["role:region"])
    person(world, "une@region.test", "region")
    person(world, "autre@region.test", "administrateur")

    assert [mail.recipient for mail in write(world)] == ["une@region.test"]


def test_organisation_is_told_and_the_neighbour_is_not(world: World) -> None:
    declare(world, to=["organisation"])
    other = World(world.session, world.tenant, number=2)
    person(world, "mien@of.test", "organisme", organisation_id=world.holder.id)
    person(world, "voisin@of.test", "organisme", organisation_id=other.holder.id)

    assert [mail.recipient for mail in write(world)] == ["mien@of.test"]


def test_closed_account_is_not_told(world: World) -> None:
    declare(world, to=["role:region"])
    person(world, "parti@region.test", "region").active = False
    world.session.flush()

    assert write(world) == []


def test_address_typed_in_a_field_is_told_once_whatever_its_capitals(world: World) -> None:
    declare(world, to=["field:contact_mail", "role:region"])
    world.unit.data = {**world.unit.data, "contact_mail": "Contact@OF.test"}
    person(world, "contact@of.test", "region")

    assert [mail.recipient for mail in write(world)] == ["Contact@OF.test"]


@pytest.mark.parametrize(
    "typed", ["pas une adresse", "a@b.test, c@d.test", "a@b.test\nBcc: x@y.test", "@", "a" * 300 + "@b.test"]
)
def test_what_is_no_address_is_left_out(world: World, typed: str) -> None:
    declare(world, to=["field:contact_mail"])
    world.unit.data = {**world.unit.data, "contact_mail": typed}

    assert write(world) == []


def test_author_is_who_sent_the_sheet(world: World) -> None:
    declare(world, to=["author"])
    author = person(world, "auteur@of.test", "organisme", organisation_id=world.holder.id)
    revision = world.revise()
    world.session.execute(select(1))
    other = replace(SYSTEM, user_id=author.id)
    view = View(world.tenant, load_node(world.session, world.unit), TODAY)

    ids = write_mails(world.session, world.tenant, view, MOVE, at=AT, actor=other, cause=revision.id)

    assert [world.session.get(Mail, i).recipient for i in ids] == ["auteur@of.test"]  # type: ignore[union-attr]


def test_words_of_the_region_are_filled(world: World) -> None:
    declare(world, subject="Session {code}", body="Du {date_debut} :\n{reason}\n\nVoir {link} .")
    world.unit.data = {**world.unit.data, "date_debut": "2026-05-04"}
    person(world, "une@region.test", "region")

    (mail,) = write(world, reason="À revoir")

    assert mail.subject == f"Session {world.unit.code}"
    assert mail.body == f"Du 04/05/2026 :\nÀ revoir\n\nVoir /eos/espace/fiches/{world.unit.id} ."


def test_what_people_type_is_never_read_as_a_pattern(world: World) -> None:
    declare(world, subject="{reason}", body="{reason}")
    person(world, "une@region.test", "region")

    (mail,) = write(world, reason="{organisation.siret}\r\nBcc: x@y.test")

    assert mail.body == "{organisation.siret}\r\nBcc: x@y.test"
    assert mail.subject == "{organisation.siret} Bcc: x@y.test"


def test_condition_that_does_not_hold_writes_nothing(world: World) -> None:
    declare(world, when="session == 'transmise'")
    person(world, "une@region.test", "region")

    assert write(world) == []


def test_same_cause_never_writes_twice_to_the_same_person(world: World) -> None:
    declare(world)
    person(world, "une@region.test", "region")

    assert (len(write(world)), len(write(world)), len(write(world, cause="une autre"))) == (1, 0, 1)


def test_reminder_is_written_on_its_day_and_once(world: World) -> None:
    declare(world, on=None, before="date_debut", days=[30, 7], when="session == 'a_finaliser'")
    person(world, "une@region.test", "region")
    world.unit.data = {**world.unit.data, "date_debut": "2026-04-10"}
    world.unit.created_at = datetime(2026, 1, 1, tzinfo=UTC)
    world.session.flush()
    days = {datetime(2026, 3, d, 9, tzinfo=UTC): n for d, n in ((10, 0), (11, 1), (12, 0), (14, 0))}

    written = {day: len(write_reminders(world.session, world.tenant, now=day)) for day in days}

    assert written == days
    assert (
        len(write_reminders(world.session, world.tenant, now=datetime(2026, 4, 4, 9, tzinfo=UTC))) == 1
    )  # one day late
    world.unit.deleted_at = AT
    assert write_reminders(world.session, world.tenant, now=datetime(2026, 4, 5, 9, tzinfo=UTC)) == []


def test_reminder_is_not_sent_for_a_date_already_near_when_the_sheet_was_made(world: World) -> None:
    declare(world, on=None, before="date_debut", days=[30])
    person(world, "une@region.test", "region")
    world.unit.data = {**world.unit.data, "date_debut": "2026-04-10"}
    world.unit.created_at = datetime(2026, 3, 12, tzinfo=UTC)
    world.session.flush()

    assert write_reminders(world.session, world.tenant, now=datetime(2026, 3, 12, 9, tzinfo=UTC)) == []


def owed(world: World) -> Mail:
    mail = Mail(
        id=uuid7(), key="k", mail="m", sheet_id=world.unit.id, recipient="a@b.test", subject="s", body="b", due_at=AT
    )
    world.session.add(mail)
    world.session.flush()
    return mail


def test_message_is_claimed_once_then_sent(world: World) -> None:
    mail = owed(world)
    assert mails_owed(world.session, AT)

    (claimed,) = claim_mails(world.session, now=AT)
    assert claim_mails(world.session, now=AT) == []
    record_mail(world.session, claimed, at=AT)

    world.session.expire_all()
    assert (mail.state, mail.sent_at, mails_owed(world.session, AT)) == ("sent", AT, False)
    assert (
        [m.id for m in mails_of(world.session, [world.unit.id])]
        == [m.id for m in latest_mails(world.session)]
        == [mail.id]
    )
    assert mail_counts(world.session) == {"sent": 1}


def test_message_of_a_dead_worker_is_claimed_again(world: World) -> None:
    owed(world)
    (first,) = claim_mails(world.session, now=AT)

    (second,) = claim_mails(world.session, now=AT + LEASE + timedelta(seconds=1))
    record_mail(world.session, first, at=AT, error="trop tard")  # it no longer holds the message
    record_mail(world.session, second, at=AT)

    assert mail_counts(world.session) == {"sent": 1}


def test_message_that_does_not_leave_is_tried_again_then_given_up(world: World) -> None:
    mail, at = owed(world), AT
    for _ in range(MOST_ATTEMPTS):
        (claimed,) = claim_mails(world.session, now=at)
        record_mail(world.session, claimed, at=at, error="refusé")
        world.session.expire_all()
        at = mail.due_at

    assert (mail.state, mail.error, mail.attempts) == ("failed", "refusé", MOST_ATTEMPTS)
