import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from portal.domain.organisations import passwords
from portal.domain.organisations.models import SignIn, User
from portal.tenancy.registry import registry
from tests.support.people import PASSWORD, Browser, account, inside, play, signed_in

IDA = "ida@exemple.test"


@pytest.fixture
def visitor(client):
    return Browser(client)


def test_sign_in_with_the_right_password_opens_a_session(app, visitor):
    account(app, IDA)

    answer = visitor.sign_in(IDA)

    assert answer.status_code == 303
    assert visitor.get("/compte").status_code == 200


def test_sign_in_ignores_case_and_spaces_of_the_address(app, visitor):
    account(app, IDA)

    assert visitor.sign_in("  IDA@Exemple.test ").status_code == 303


@pytest.mark.parametrize(
    ("email", "password"), [(IDA, "mauvais mot de passe"), (IDA, ""), ("personne@exemple.test", PASSWORD), ("", "")]
)
def test_sign_in_refused_says_the_same_whatever_is_wrong(app, visitor, email, password):
    account(app, IDA)

    answer = visitor.sign_in(email, password)

    assert answer.status_code == 422
    assert "L’adresse ou le mot de passe est incorrect." in answer.text
    assert visitor.get("/compte").status_code == 303


def test_sign_in_refused_answers_the_same_page_for_a_known_and_an_unknown_address(app, visitor):
    account(app, IDA)

    pages = [
        re.sub(r'value="[^"]*"', "", visitor.sign_in(email, "mauvais mot de passe").text).replace(email, "")
        for email in (IDA, "nul@exemple.test")
    ]

    assert pages[0] == pages[1]


def test_sign_in_does_the_same_work_for_a_known_and_an_unknown_address(app, visitor, monkeypatch):
    account(app, IDA)
    checks = []
    real = passwords.hasher(True)

    class Counting:
        def verify(self, kept, given):
            checks.append(kept.rpartition("$")[0].rpartition("$")[0])
            return real.verify(kept, given)

    monkeypatch.setattr(passwords, "hasher", lambda cheap=False: Counting())
    for email in (IDA, "nul@exemple.test"):
        visitor.sign_in(email, "mauvais mot de passe")

    known, unknown = checks
    assert known == unknown  # same algorithm, same parameters


def test_sign_in_to_a_closed_account_is_refused(app, visitor):
    account(app, IDA)
    with inside(app) as session:
        session.execute(update(User).values(active=False))

    assert visitor.sign_in(IDA).status_code == 422


def test_sign_in_to_an_account_without_password_is_refused(app, visitor):
    account(app, IDA, password=None)

    assert visitor.sign_in(IDA, "").status_code == 422


def test_closing_an_account_ends_its_sessions(app):
    account(app, IDA)
    visitor = signed_in(app, IDA)
    with inside(app) as session:
        session.execute(update(User).values(active=False))

    assert visitor.get("/compte").headers["Location"].startswith("/connexion")


def test_sign_in_renews_the_session(app, client, visitor):
    account(app, IDA)
    visitor.get("/connexion")
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
        token = before["csrf_token"]

    visitor.sign_in(IDA)

    with client.session_transaction() as after:
        assert "planted" not in after
        assert after["csrf_token"] != token


def test_session_cookie_is_guarded(app, visitor):
    account(app, IDA)

    cookie = visitor.sign_in(IDA).headers["Set-Cookie"]

    assert cookie.startswith("guichet=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires=" in cookie


def test_signing_out_closes_the_session_here_and_in_the_database(app, client):
    account(app, IDA)
    visitor = signed_in(app, IDA)
    stolen = visitor.client.get_cookie("guichet").value

    answer = visitor.post("/deconnexion")

    assert answer.headers["Location"].startswith("/connexion")
    client.set_cookie("guichet", stolen)
    assert client.get("/compte").status_code == 303


def test_a_session_left_alone_too_long_is_closed(app):
    account(app, IDA)
    visitor = signed_in(app, IDA)
    with inside(app) as session:
        session.execute(update(SignIn).values(seen_at=datetime.now(UTC) - timedelta(hours=13)))

    assert visitor.get("/compte").status_code == 303


def test_a_visit_is_noted_at_most_every_five_minutes(app):
    account(app, IDA)
    visitor = signed_in(app, IDA)
    now = datetime.now(UTC)
    for age, noted in ((timedelta(minutes=3), False), (timedelta(minutes=6), True)):
        with inside(app) as session:
            session.execute(update(SignIn).values(seen_at=now - age))
        visitor.get("/compte")
        with inside(app) as session:
            assert (session.scalar(select(SignIn.seen_at)) > now - age) is noted


def test_an_old_session_of_the_same_person_is_forgotten_at_the_next_sign_in(app):
    account(app, IDA)
    signed_in(app, IDA)
    with inside(app) as session:
        session.execute(update(SignIn).values(seen_at=datetime.now(UTC) - timedelta(days=91)))

    signed_in(app, IDA)

    with inside(app) as session:
        assert len(session.scalars(select(SignIn)).all()) == 1


def test_sign_in_page_sends_on_whoever_is_signed_in_already(app):
    account(app, IDA)

    answer = signed_in(app, IDA).get("/connexion?suite=/accessibilite")

    assert answer.headers["Location"] == "/accessibilite"


# --- where one lands


def test_sign_in_goes_to_the_page_asked_for(app, visitor):
    account(app, IDA)

    assert visitor.sign_in(IDA, suite="/compte?a=1").headers["Location"] == "/compte?a=1"


@pytest.mark.parametrize(
    "suite",
    [
        "https://exemple.org/",
        "//exemple.org/",
        "/\\exemple.org",
        "\\\\exemple.org",
        "/\t/exemple.org",
        "javascript:alert(1)",
        "exemple.org",
        "/" + "a" * 3000,
        "/\nSet-Cookie: a=b",
    ],
)
def test_sign_in_never_leads_to_another_site(app, visitor, suite):
    account(app, IDA)

    assert visitor.sign_in(IDA, suite=suite).headers["Location"] == "/compte/espaces"


def test_sign_in_with_one_place_goes_there(app, visitor):
    slug = registry.slugs()[0]
    play(app, IDA, slug, "org")

    assert visitor.sign_in(IDA).headers["Location"] == f"/{slug}/espace/"


def test_sign_in_with_several_places_asks_which(app, visitor):
    slug = registry.slugs()[0]
    play(app, IDA, slug, "org")
    play(app, IDA, slug, "validator")

    page = visitor.client.get(visitor.sign_in(IDA).headers["Location"])

    assert f'href="/{slug}/espace/"' in page.text
    assert f'href="/{slug}/validation/"' in page.text


def test_sign_in_with_no_place_says_whom_to_ask(app, visitor):
    account(app, IDA)

    page = visitor.client.get(visitor.sign_in(IDA).headers["Location"])

    assert "n’est rattaché à aucun espace" in page.text


# --- how often


def test_ten_failures_close_an_account_to_guessing_whatever_the_address(app):
    account(app, IDA)
    for number in range(10):
        elsewhere = Browser(app.test_client())
        elsewhere.client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        assert elsewhere.sign_in(IDA, "mauvais mot de passe").status_code == 422

    answer = Browser(app.test_client()).sign_in(IDA.upper(), PASSWORD)

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 601
    assert "Patientez" in answer.text


def test_sixty_failures_close_an_address_of_the_network(app, visitor):
    for number in range(60):
        assert visitor.sign_in(f"personne{number}@exemple.test", "x").status_code == 422

    assert visitor.sign_in("encore@exemple.test", "x").status_code == 429


def test_without_redis_one_signs_in_and_failures_are_still_counted(app, app_without_redis):
    account(app, IDA)
    assert signed_in(app_without_redis, IDA).get("/compte").status_code == 200
    guesser = Browser(app_without_redis.test_client())

    answers = [guesser.sign_in(IDA, "x").status_code for _ in range(11)]

    assert answers == [422] * 10 + [429]


def test_signing_in_rightly_is_not_counted(app):
    account(app, IDA)

    for _ in range(12):
        signed_in(app, IDA)


# --- over a form whose session ended


def test_sign_in_over_a_page_gives_it_its_new_token(app, visitor):
    account(app, IDA)

    answer = visitor.post("/connexion", {"email": IDA, "password": PASSWORD}, htmx=True)

    assert answer.status_code == 200
    assert answer.text == ""
    assert '"signed-in": {"csrf": "' in answer.headers["HX-Trigger"]


def test_sign_in_over_a_page_refused_answers_the_dialog_again(app, visitor):
    answer = visitor.post("/connexion", {"email": IDA, "password": "x"}, htmx=True)

    assert answer.status_code == 422
    assert "<dialog" in answer.text
    assert "<html" not in answer.text
    assert f'value="{IDA}"' in answer.text


def test_a_form_opened_in_the_last_session_is_accepted_once_signed_in_again(app):
    account(app, IDA)
    visitor = signed_in(app, IDA)
    token = visitor.token()
    visitor.client.delete_cookie("guichet")
    visitor.sign_in(IDA)

    answer = visitor.client.post("/compte/sessions/fermer-les-autres", data={"csrf_token": token})

    assert answer.status_code == 303


def test_a_form_of_one_person_is_refused_from_another(app):
    account(app, IDA)
    account(app, "max@exemple.test")
    token = signed_in(app, IDA).token()

    answer = signed_in(app, "max@exemple.test").client.post("/deconnexion", data={"csrf_token": token})

    assert answer.status_code == 400
