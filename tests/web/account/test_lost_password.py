"""A password lost: the same answer to all, a link that serves once within the hour."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from portal.domain.accounts.models import Invitation, PasswordReset
from portal.domain.organisations.models import User
from portal.tenancy.registry import registry
from tests.support.letters import last_link, letters
from tests.support.people import PASSWORD, Browser, account, inside, play, signed_in

SLUG = "eos"
IDA = "ida@exemple.test"
CHOSEN = "quatre canards boiteux"


@pytest.fixture
def visitor(app):
    return Browser(app.test_client())


@pytest.fixture
def ida(app):
    play(app, IDA, SLUG, "org")
    return signed_in(app, IDA)


def ask(browser, email=IDA, **others):
    return browser.post("/mot-de-passe", {"email": email, **others})


def choose(browser, address, password=CHOSEN, again=None):
    return browser.post(address, {"new_password": password, "new_password_again": password if again is None else again})


def resets(app):
    with inside(app) as session:
        return session.scalar(select(func.count(PasswordReset.id)))


def test_the_answer_is_the_same_with_an_account_and_without(app, ida, visitor):
    known, unknown = (ask(Browser(app.test_client()), email) for email in (IDA, "personne@exemple.test"))

    for answer in (known, unknown):
        assert (answer.status_code, answer.headers["Location"]) == (303, "/connexion")
    assert known.text == unknown.text
    assert set(known.headers.keys()) == set(unknown.headers.keys())
    assert resets(app) == 1


def test_what_is_said_afterwards_is_the_same_too(app, ida):
    told = []
    for email in (IDA, "personne@exemple.test", "sans arobase"):
        browser = Browser(app.test_client())
        browser.client.post("/mot-de-passe", data={"email": email, "csrf_token": browser.token()})
        page = browser.get("/connexion").text
        told.append(page[page.index("<main") : page.index("csrf_token")])

    assert len(set(told)) == 1
    assert "Si un compte existe" in told[0]


def test_the_link_changes_the_password_and_closes_every_session(app, ida, visitor):
    ask(visitor)
    address = last_link(app, SLUG, "reset")

    page = visitor.get(address)
    changed = choose(visitor, address)

    assert page.status_code == 200 and page.headers["Referrer-Policy"] == "strict-origin"
    assert page.headers["Cache-Control"] == "no-store"
    assert (changed.status_code, changed.headers["Location"]) == (303, "/connexion")
    assert ida.get("/compte").status_code == 303  # signed out, wherever it was open
    assert Browser(app.test_client()).sign_in(IDA, PASSWORD).status_code == 422
    assert Browser(app.test_client()).sign_in(IDA, CHOSEN).status_code == 303


def test_the_link_serves_once(app, ida, visitor):
    ask(visitor)
    address = last_link(app, SLUG, "reset")
    choose(visitor, address)

    assert visitor.get(address).status_code == 410
    assert choose(visitor, address, "cinq chevreuils roux").status_code == 410
    assert Browser(app.test_client()).sign_in(IDA, CHOSEN).status_code == 303


def test_the_link_lasts_an_hour(app, ida, visitor):
    ask(visitor)
    address = last_link(app, SLUG, "reset")
    with inside(app) as session:
        row = session.scalars(select(PasswordReset)).one()
        assert row.expires_at - row.at == timedelta(hours=1)
        row.expires_at = datetime.now(UTC)

    assert (visitor.get(address).status_code, choose(visitor, address).status_code) == (410, 410)


def test_a_later_link_puts_the_former_out(app, ida, visitor):
    ask(visitor)
    first = last_link(app, SLUG, "reset")
    ask(visitor)

    assert visitor.get(first).status_code == 410
    assert visitor.get(last_link(app, SLUG, "reset")).status_code == 200


def test_changing_the_password_by_hand_puts_the_link_out(app, ida, visitor):
    ask(visitor)
    new = {"current_password": PASSWORD, "new_password": CHOSEN, "new_password_again": CHOSEN}

    assert ida.post("/compte/mot-de-passe", new).status_code == 303

    assert visitor.get(last_link(app, SLUG, "reset")).status_code == 410


@pytest.mark.parametrize("forged", ["x", "A" * 64, "é" * 64, "A" * 63, "A" * 65])
def test_a_forged_link_opens_nothing(app, ida, visitor, forged):
    ask(visitor)

    assert visitor.get(f"/mot-de-passe/{forged}").status_code == 410
    assert choose(visitor, f"/mot-de-passe/{forged}").status_code == 410


def test_another_secret_for_the_same_row_opens_nothing(app, ida, visitor):
    ask(visitor)
    address = last_link(app, SLUG, "reset")

    assert visitor.get(address[:-4] + ("AAAA" if address[-4:] != "AAAA" else "BBBB")).status_code == 410


def test_an_invitation_s_key_is_no_reset_s(app, ida, visitor):
    ask(visitor)
    key = last_link(app, SLUG, "reset").rpartition("/")[2]

    assert visitor.get(f"/activation/{SLUG}.{key}").status_code == 410


def test_a_closed_account_and_one_of_no_region_are_not_written_to(app, ida, visitor):
    account(app, "seule@exemple.test")
    with inside(app) as session:
        session.execute(update(User).where(User.email == IDA).values(active=False))

    ask(visitor), ask(visitor, "seule@exemple.test"), ask(visitor, "seule@exemple.test", region=SLUG)

    assert (letters(app, SLUG), resets(app)) == ([], 0)


def test_a_person_of_no_region_is_written_to_by_the_one_that_invites_them(app, visitor):
    account(app, "seule@exemple.test")
    now = datetime.now(UTC)
    with inside(app, SLUG) as session:
        row = {"email": "seule@exemple.test", "name": "Seule", "role": "region", "digest": bytes(32)}
        session.add(Invitation(**row, at=now, expires_at=now))

    ask(visitor, "seule@exemple.test", region=next(s for s in registry.slugs() if s != SLUG))
    assert resets(app) == 0
    ask(visitor, "seule@exemple.test", region=SLUG)

    assert [mail.recipient for mail in letters(app, SLUG, "reset")] == ["seule@exemple.test"]


@pytest.mark.parametrize(
    ("password", "again", "words"), [("court", None, "12 caractères"), (CHOSEN, "autre chose", "diffèrent")]
)
def test_a_password_refused_keeps_the_link(app, ida, visitor, password, again, words):
    ask(visitor)
    address = last_link(app, SLUG, "reset")

    refused = choose(visitor, address, password, again)

    assert refused.status_code == 422 and words in refused.text
    assert choose(visitor, address).status_code == 303


def test_asking_is_counted_by_account_whether_there_is_one_or_not(app, ida):
    for email in (IDA, "personne@exemple.test"):
        answers = [ask(Browser(app.test_client()), email).status_code for _ in range(6)]
        assert answers == [303] * 5 + [429]


def test_the_sign_in_page_leads_to_each_way_in(visitor):
    page = visitor.get("/connexion").text

    for address in ("/mot-de-passe", "/activation", "/demande-d-acces"):
        assert f'href="{address}"' in page
        assert visitor.get(address).status_code == 200
