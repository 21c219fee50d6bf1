import uuid

import pytest
from sqlalchemy import select

from portal.domain.organisations.models import SignIn
from tests.support.people import PASSWORD, Browser, account, inside, signed_in

IDA = "ida@exemple.test"
NEW = "quatre canards boiteux"


@pytest.fixture
def ida(app):
    account(app, IDA)
    return signed_in(app, IDA)


def change(browser, current=PASSWORD, new=NEW, again=None):
    again = new if again is None else again
    return browser.post(
        "/compte/mot-de-passe", {"current_password": current, "new_password": new, "new_password_again": again}
    )


def test_sessions_are_listed_with_the_one_in_use(app, ida):
    signed_in(app, IDA)

    page = ida.get("/compte").text

    assert page.count('/fermer"') == 2
    assert page.count("cet appareil") == 1


def test_a_session_closed_from_another_device_is_closed_at_once(app, ida):
    other = signed_in(app, IDA)
    with other.client.session_transaction() as kept:
        id_ = kept["sign_in"]

    ida.post(f"/compte/sessions/{id_}/fermer")

    assert other.get("/compte").status_code == 303
    assert ida.get("/compte").status_code == 200


def test_a_session_of_somebody_else_does_not_exist(app, ida):
    account(app, "max@exemple.test")
    other = signed_in(app, "max@exemple.test")
    with other.client.session_transaction() as kept:
        id_ = kept["sign_in"]

    assert ida.post(f"/compte/sessions/{id_}/fermer").status_code == 404
    assert other.get("/compte").status_code == 200


def test_a_session_that_never_was_does_not_exist(ida):
    assert ida.post(f"/compte/sessions/{uuid.uuid4()}/fermer").status_code == 404


def test_closing_the_others_keeps_this_one(app, ida):
    other = signed_in(app, IDA)

    ida.post("/compte/sessions/fermer-les-autres")

    assert other.get("/compte").status_code == 303
    assert ida.get("/compte").status_code == 200


def test_password_changed_serves_from_now_on_and_closes_the_other_sessions(app, ida):
    other = signed_in(app, IDA)

    answer = change(ida)

    assert answer.status_code == 303
    assert ida.get("/compte").status_code == 200
    assert other.get("/compte").status_code == 303
    browser = Browser(app.test_client())
    assert browser.sign_in(IDA, PASSWORD).status_code == 422
    assert browser.sign_in(IDA, NEW).status_code == 303


def test_password_change_renews_this_session(app, ida):
    with ida.client.session_transaction() as kept:
        before = kept["sign_in"]
    stolen = ida.client.get_cookie("guichet").value

    change(ida)

    thief = app.test_client()
    thief.set_cookie("guichet", stolen)
    assert thief.get("/compte").status_code == 303
    with inside(app) as session:
        assert session.get(SignIn, uuid.UUID(before)).revoked_at is not None


@pytest.mark.parametrize(
    ("current", "new", "again", "sentence"),
    [
        ("pas le bon", NEW, NEW, "Le mot de passe actuel est incorrect."),
        (PASSWORD, NEW, NEW + "!", "Les deux saisies du nouveau mot de passe diffèrent."),
        (PASSWORD, "court", "court", "au moins 12 caractères"),
        (PASSWORD, "Motdepasse2026!", "Motdepasse2026!", "fait partie des plus utilisés"),
    ],
)
def test_password_refused_changes_nothing_and_says_why(app, ida, current, new, again, sentence):
    answer = change(ida, current, new, again)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert Browser(app.test_client()).sign_in(IDA, PASSWORD).status_code == 303


def test_password_guessed_ten_times_from_a_session_is_stopped(ida):
    for _ in range(10):
        assert change(ida, current="mauvais").status_code == 422

    assert change(ida).status_code == 429


def test_nothing_of_a_password_is_shown_again(ida):
    answer = change(ida, current="secret tapé", new="court")

    assert "secret tapé" not in answer.text
    assert 'value="court"' not in answer.text


def test_the_account_page_costs_few_statements_whatever_the_sessions(app, ida, statements):
    for _ in range(3):
        signed_in(app, IDA)

    with statements() as seen:
        ida.get("/compte")

    assert len(seen) <= 5
    with inside(app) as session:
        assert len(session.scalars(select(SignIn)).all()) == 4
