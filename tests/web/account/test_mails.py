"""How often one is written to: chosen from one's account, or by the link of a message, which stops it in one click."""

import re

import pytest
from bs4 import BeautifulSoup

from portal.domain.habits.paces import paces_of
from portal.domain.mails.pacing import EVERY
from portal.domain.mails.stopping import read_stop_key, stop_key
from tests.support import services
from tests.support.people import inside, play, signed_in

SLUG, EMAIL = "eos", "region@exemple.test"
PAGE = f"/{SLUG}/courriels"


@pytest.fixture
def browser(app):
    play(app, EMAIL, SLUG, "validator")
    return signed_in(app, EMAIL)


@pytest.fixture
def visitor(app):
    play(app, EMAIL, SLUG, "validator")
    return app.test_client()


def link(mail="session_envoyee", address=EMAIL):
    return f"{PAGE}/{stop_key(services.SECRET_KEY, SLUG, address, mail)}"


def paces(app, address=EMAIL):
    with inside(app, SLUG) as session:
        return paces_of(session, address)


def chosen(page):
    soup = BeautifulSoup(page.text, "html.parser")
    return {s["name"]: s.select_one("option[selected]")["value"] for s in soup.select("select")}


def test_one_chooses_message_by_message(app, browser):
    assert chosen(browser.get(PAGE))["session_envoyee"] == "each"

    answer = browser.post(PAGE, {"session_envoyee": "weekly", "demande_transmise": "each", "inconnu": "never"})

    assert answer.status_code == 303
    assert chosen(browser.get(PAGE))["session_envoyee"] == "weekly"
    assert paces(app) == {"session_envoyee": "weekly"}
    assert "Vos choix sont gardés" in browser.post(PAGE, {"session_envoyee": "daily"}, follow_redirects=True).text


def test_what_cannot_be_chosen_changes_nothing(app, browser):
    page = browser.post(PAGE, {"session_envoyee": "hourly"}, follow_redirects=True)

    assert "ne se reçoit pas" in page.text
    assert paces(app) == {}


def test_the_account_leads_there(browser):
    assert f'href="{PAGE}"' in browser.get("/compte").text


def test_opening_the_link_stops_nothing_and_offers_to(app, visitor):
    page = visitor.get(link())

    assert page.status_code == 200
    assert "Ne plus recevoir « Session n°… à valider - dossier … » ?" in BeautifulSoup(page.text, "html.parser").text
    assert paces(app) == {}


def test_the_button_of_the_mail_program_stops_it_without_a_session(app, visitor):
    answer = visitor.post(link(), data={"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, answer.text) == (200, "")
    assert paces(app) == {"session_envoyee": "never"}
    assert visitor.post(link(), data={"List-Unsubscribe": "One-Click"}).status_code == 200


def test_the_button_of_the_page_stops_it(app, visitor):
    page = visitor.post(link(), data={"arreter": "1"}, follow_redirects=True)

    assert "vous ne recevrez plus ce courriel" in page.text
    assert "Ne plus recevoir «" not in page.text
    assert paces(app) == {"session_envoyee": "never"}


def test_the_link_of_a_digest_stops_all_that_may_be(app, visitor):
    assert "tous les courriels qui peuvent s’arrêter" in visitor.get(link(EVERY)).text
    visitor.post(link(EVERY), data={"List-Unsubscribe": "One-Click"})

    assert set(paces(app).values()) == {"never"}
    assert len(paces(app)) >= 2


def test_one_may_choose_less_often_by_the_link(app, visitor):
    visitor.post(link(), data={"session_envoyee": "daily"})

    assert paces(app) == {"session_envoyee": "daily"}


@pytest.mark.parametrize("key", ["x", "", "IiI.abc", "a" * 500])
def test_a_link_that_is_not_ours_opens_nothing(app, visitor, key):
    assert visitor.get(f"{PAGE}/{key or 'vide'}").status_code == 404
    assert visitor.post(f"{PAGE}/{key or 'vide'}", data={"List-Unsubscribe": "One-Click"}).status_code == 400


def test_a_link_altered_or_of_another_region_opens_nothing(app, visitor):
    key = link().rpartition("/")[2]

    assert read_stop_key(services.SECRET_KEY, "sofi", key) is None
    assert read_stop_key("une autre clé" * 4, SLUG, key) is None
    for altered in (re.sub(r"^.", "A", key), key[:-1] + ("A" if key[-1] != "A" else "B")):
        assert read_stop_key(services.SECRET_KEY, SLUG, altered) is None
    assert visitor.get(f"/sofi/courriels/{key}").status_code == 404
    assert paces(app) == {}
