"""How often a message is received: as the region proposes, as each address asked, and by whoever stands in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.habits.errors import HabitRefused
from portal.domain.habits.models import Absence
from portal.domain.habits.paces import ask_pace
from portal.domain.mails.actions import write_mails
from portal.domain.mails.digests import write_digests
from portal.domain.mails.models import Mail
from portal.domain.mails.pacing import EVERY, choose_pace, digest_moment, messages_for, stop
from portal.domain.mails.queries import mails_owed
from portal.domain.organisations.models import Membership, User
from portal.domain.people import SYSTEM
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.schema import MailsFile
from portal.tenancy.scope import tenant_scope
from tests.support.deliveries import AT, SLUG, World
from tests.support.offer import TODAY
from tests.support.tenants import tenant_named

MOVE, ADDRESS = "session.envoyer", "une@region.test"


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with app.app_context(), tenant_scope(SLUG):
        made = World(db.session(), tenant_named(SLUG))
        declare(made)
        yield made
        db.session.rollback()
        db.session.remove()


def declare(world: World, *, paces: list[str] | None = None, **file: object) -> None:
    """The region now declares two messages to its own people, and one to organisations."""
    mail = {"subject": "Session {code}", "body": "Corps", "to": ["role:region"], "on": MOVE}
    own = {**mail, "paces": paces} if paces else mail
    mails = {"essai": own, "autre": {**mail, "on": "session.renvoyer"}, "of": {**mail, "to": ["organisation"]}}
    world.tenant = replace(world.tenant, mails=MailsFile.model_validate({"mails": mails, **file}))


def person(world: World, email: str = ADDRESS, role: str = "region") -> User:
    user = User(email=email, name=email.partition("@")[0])
    world.session.add(user)
    world.session.flush()
    world.session.add(Membership(user_id=user.id, role=role))
    world.session.flush()
    return user


def write(world: World, cause: str = "une cause", at: datetime = AT) -> list[Mail]:
    view = View(world.tenant, load_node(world.session, world.unit), TODAY)
    ids = write_mails(world.session, world.tenant, view, MOVE, at=at, actor=SYSTEM, cause=cause)
    return list(world.session.scalars(select(Mail).where(Mail.id.in_(ids)).order_by(Mail.recipient)))


def ask(world: World, pace: str, mail: str = "essai") -> None:
    choose_pace(world.session, world.tenant, ADDRESS, mail, pace, at=AT)


@pytest.mark.parametrize(
    ("asked", "state", "due"),
    [
        ("each", "due", AT),
        ("daily", "kept", datetime(2026, 3, 3, 6, tzinfo=UTC)),
        ("weekly", "kept", datetime(2026, 3, 9, 6, tzinfo=UTC)),
        ("never", "dropped", AT),
    ],
)
def test_each_address_is_written_to_as_it_asked(world: World, asked: str, state: str, due: datetime) -> None:
    person(world), person(world, "zoe@region.test")
    ask(world, asked)

    mine, other = write(world)

    assert (mine.state, mine.due_at) == (state, due)
    assert (other.state, other.due_at) == ("due", AT)


def test_the_first_pace_is_what_the_region_proposes(world: World) -> None:
    declare(world, paces=["daily", "each"])
    person(world)

    assert [mail.state for mail in write(world)] == ["kept"]


def test_what_the_region_no_longer_lets_one_choose_counts_no_more(world: World) -> None:
    person(world)
    ask_pace(world.session, ADDRESS, "essai", "never")
    declare(world, paces=["each", "daily"])

    assert [mail.state for mail in write(world)] == ["due"]
    with pytest.raises(HabitRefused, match="jamais"):
        ask(world, "never")
    with pytest.raises(HabitRefused):
        ask(world, "daily", "inconnu")


@pytest.mark.parametrize(
    ("pace", "at", "leaves"),
    [
        ("daily", datetime(2026, 3, 2, 5, 59, tzinfo=UTC), datetime(2026, 3, 2, 6, tzinfo=UTC)),
        ("daily", datetime(2026, 3, 2, 6, 0, tzinfo=UTC), datetime(2026, 3, 3, 6, tzinfo=UTC)),
        ("daily", datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 5, tzinfo=UTC)),  # summer time begins
        ("weekly", datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 2, 6, tzinfo=UTC)),
        ("weekly", datetime(2026, 3, 2, 6, 0, tzinfo=UTC), datetime(2026, 3, 9, 6, tzinfo=UTC)),
    ],
)
def test_digests_leave_at_the_region_s_hour_whatever_the_season(
    world: World, pace: str, at: datetime, leaves: datetime
) -> None:
    assert digest_moment(world.tenant, pace, at) == leaves


def test_the_region_says_the_hour(world: World) -> None:
    declare(world, digests_at="18:30")

    assert digest_moment(world.tenant, "daily", AT) == datetime(2026, 3, 2, 17, 30, tzinfo=UTC)


def test_a_digest_holds_what_was_kept_and_leaves_once(world: World) -> None:
    person(world), person(world, "zoe@region.test")
    ask(world, "daily")
    kept = [mail for cause in ("un", "deux") for mail in write(world, cause) if mail.recipient == ADDRESS]

    assert write_digests(world.session, world.tenant, now=AT + timedelta(hours=1)) == []
    (digest,) = write_digests(world.session, world.tenant, now=AT + timedelta(days=1))
    assert write_digests(world.session, world.tenant, now=AT + timedelta(days=1)) == []

    mail = world.session.get(Mail, digest)
    assert (mail.recipient, mail.subject, mail.state) == (ADDRESS, f"{world.tenant.name} : 2 messages", "due")
    assert mail.body.count(f"- {kept[0].subject}") == 2
    assert mail.body.count(f"/{SLUG}/espace/fiches/{world.unit.id}") == 2
    assert {m.state for m in kept} == {"grouped"}
    assert mails_owed(world.session, AT + timedelta(days=1))


def test_a_change_of_mind_lets_go_of_what_was_kept(world: World) -> None:
    person(world)
    ask(world, "weekly")
    (first,) = write(world, "un")
    ask(world, "each")
    world.session.refresh(first)
    assert (first.state, first.due_at) == ("due", AT)

    ask(world, "weekly")
    (second,) = write(world, "deux")
    ask(world, "never")
    world.session.refresh(second)
    assert second.state == "dropped"


def test_messages_offered_are_those_one_may_receive_or_received(world: World) -> None:
    person(world)
    assert [(m.mail, m.words, m.pace) for m in messages_for(world.session, world.tenant, "UNE@region.test")] == [
        ("essai", "Session …", "each"),
        ("autre", "Session …", "each"),
    ]
    assert messages_for(world.session, world.tenant, "contact@of.test") == []

    key = "k"
    world.session.add(
        Mail(key=key, mail="of", sheet_id=world.unit.id, recipient="Contact@of.test", subject="", body="", due_at=AT)
    )
    world.session.flush()
    assert [m.mail for m in messages_for(world.session, world.tenant, "contact@of.test")] == ["of"]


def test_stopping_one_and_stopping_all_that_may_be_stopped(world: World) -> None:
    declare(world, paces=["each", "daily"])
    person(world)

    assert stop(world.session, world.tenant, ADDRESS, "essai", at=AT) == []
    assert stop(world.session, world.tenant, ADDRESS, EVERY, at=AT) == ["autre"]
    assert {m.mail: m.pace for m in messages_for(world.session, world.tenant, ADDRESS)} == {
        "essai": "each",
        "autre": "never",
    }


def away(world: World, user: User, cover: User) -> None:
    """The first is away today; the message is for their address alone."""
    world.session.add(Absence(user_id=user.id, cover_id=cover.id, starts_on=TODAY, ends_on=TODAY))
    mail = {"subject": "Sujet", "body": "Corps", "to": ["field:contact_mail"], "on": MOVE}
    world.tenant = replace(world.tenant, mails=MailsFile.model_validate({"mails": {"essai": mail}}))
    world.unit.data = {**world.unit.data, "contact_mail": user.email}
    world.session.flush()


def test_whoever_stands_in_is_written_to_as_well_and_told_why(world: World) -> None:
    away(world, person(world), person(world, "cover@region.test"))

    cover, own = write(world)
    later = write(world, "plus tard", AT + timedelta(days=1))

    assert [own.recipient, cover.recipient] == [ADDRESS, "cover@region.test"]
    assert cover.body == "Vous recevez ce courriel en l'absence de une, jusqu'au 02/03/2026.\n\nCorps"
    assert own.body == "Corps"
    assert [mail.recipient for mail in later] == [ADDRESS]


def test_whoever_stands_in_and_is_written_to_anyway_is_written_to_once(world: World) -> None:
    away(world, person(world), person(world, "cover@region.test"))
    declare(world)

    assert [mail.recipient for mail in write(world)] == ["cover@region.test", ADDRESS]


def test_whoever_stands_in_receives_even_what_they_want_no_more_for_themselves(world: World) -> None:
    away(world, person(world), person(world, "cover@region.test"))
    ask_pace(world.session, "cover@region.test", "essai", "never")

    assert [mail.state for mail in write(world)] == ["due", "due"]
