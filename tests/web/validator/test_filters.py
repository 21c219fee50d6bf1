"""Filters of the queue kept under a name: found again, shared with a role, taken away by whoever kept them."""

import pytest
from bs4 import BeautifulSoup

from portal.domain.habits.filters import MOST, keep_filter
from portal.domain.habits.models import SavedFilter
from portal.domain.people import Actor
from tests.support.people import account, inside, play, signed_in
from tests.web.validator.conftest import REGION, SLUG

QUEUE = f"/{SLUG}/validation/"
KEEP = f"{QUEUE}filtres"
NARROWED = {"onglet": "session_a_valider", "q": "soudeur", "depuis": "5", "inconnu": "x"}


def read(browser, url=QUEUE):
    return BeautifulSoup(browser.get(url).text, "html.parser")


def kept(page):
    return {" ".join(a.text.split()): a["href"] for a in page.select("nav.kept-filters a")}


def keep(browser, name="Les vieilles", **more):
    return browser.post(KEEP, {**NARROWED, "nom": name, **more})


@pytest.fixture
def colleague(region):
    play(region.app, "collegue@exemple.test", SLUG, "validator")
    return signed_in(region.app, "collegue@exemple.test")


def test_a_filter_is_kept_offered_and_followed(region):
    region.session()

    answer = keep(region.region)

    assert answer.status_code == 303
    address = kept(read(region.region))["Les vieilles"]
    assert address == f"{QUEUE}?onglet=session_a_valider&q=soudeur&depuis=5"
    page = read(region.region, address)
    assert page.select_one("nav.kept-filters a")["aria-current"] == "true"
    assert page.select_one("#queue-depuis option[selected]")["value"] == "5"


def test_the_form_to_keep_is_offered_once_narrowed(region):
    region.session()

    assert not read(region.region).select("#filter-nom")
    fields = read(region.region, f"{QUEUE}?depuis=5&tri=-attente").select("details.keep-filter input[type=hidden]")
    sent = {field["name"]: field["value"] for field in fields if field["name"] != "csrf_token"}
    assert sent == {"onglet": "session_a_valider", "depuis": "5", "tri": "-attente"}


def test_one_s_own_filters_are_nobody_else_s(region, colleague):
    region.session()
    keep(region.region)

    assert kept(read(colleague)) == {}


def test_a_shared_filter_is_offered_to_the_role_and_kept_by_its_author_alone(region, colleague):
    region.session()
    keep(region.region, "Pour tous", partage="region")

    assert list(kept(read(colleague))) == ["Pour tous de Ida Lot"]
    with inside(region.app, SLUG) as session:
        (row,) = session.query(SavedFilter)
        drop = f"{KEEP}/{row.id}/retirer"
    assert colleague.post(drop).status_code == 404
    assert region.region.post(drop).status_code == 303
    assert kept(read(region.region)) == {}


def test_the_same_name_replaces(region):
    region.session()
    keep(region.region), keep(region.region, q="maçon", depuis="")

    assert kept(read(region.region)) == {"Les vieilles": f"{QUEUE}?onglet=session_a_valider&q=ma%C3%A7on"}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"nom": "  "}, "Donnez un nom"),
        ({"nom": "n" * 61}, "60 caractères au plus"),
        ({"nom": "Vu", "partage": "administrateur"}, "un rôle que vous tenez"),
    ],
)
def test_what_cannot_be_kept(region, sent, words):
    region.session()
    region.region.post(KEEP, {**NARROWED, **sent})

    page = read(region.region)

    assert words in page.text
    assert kept(page) == {}


def test_no_more_than_one_reads(region):
    who = account(region.app, REGION)
    with inside(region.app, SLUG) as session:
        for number in range(MOST):
            keep_filter(session, Actor(who, "Ida Lot"), f"Filtre {number}", {"q": "a"})

    keep(region.region)

    assert f"Vous gardez déjà {MOST} filtres" in read(region.region).text


def test_an_organisation_keeps_none(region):
    browser = region.sign_in("of@exemple.test", "org", number=2)

    assert browser.post(KEEP, {"nom": "x"}).status_code == 404
