"""The homes and the search: the whole state in the address, with and without JavaScript."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup

from portal.tenancy.registry import registry
from tests.support.catalogue import later

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "section#results"}


def page_of(client, url, **kwargs):
    """A page, read; it must be there."""
    answer = client.get(url, **kwargs)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def titles(page):
    return [a.get_text() for a in page.select(".result h2 a, .result h3 a")]


def count(page):
    return page.select_one(".result-count").get_text(" ", strip=True)


def test_national_home_serves_every_region_with_its_count(client, rows):
    rows(2)

    page = page_of(client, "/")

    cards = {card.h3.get_text(): card.select_one(".region-count").text for card in page.select(".region")}
    assert set(cards) == {tenant.region for tenant in registry.all()}
    assert cards["Auvergne-Rhône-Alpes"] == "2 sessions publiées"
    assert page.find("form", role="search")["action"] == "/recherche"
    assert len(titles(page)) == 2


def test_region_home_is_in_its_colours_and_words(client, rows):
    rows(1)

    page = page_of(client, "/eos/")

    assert page.h1.get_text() == "Ma formation Mon emploi Auvergne-Rhône-Alpes"
    assert page.find("link", href=re.compile(r"^/theme/eos-"))
    assert "1 session publiée" in page.select_one(".hero").get_text()


def test_empty_homes_say_what_will_come(client):
    for url in ("/", "/eos/"):
        assert "Aucune session à venir" in page_of(client, url).get_text()


def test_search_fills_its_form_from_the_address(client, rows):
    rows(1, programme="fpe")

    page = page_of(client, "/eos/sessions?q=soud&lieu=Lyon&rayon=50&debut=2026-01-01&fin=31/12/2030&programme=fpe")

    values = {i["name"]: i.get("value") for i in page.select("form[role=search] input")}
    chosen = [o["value"] for o in page.select("form[role=search] option[selected]")]
    assert values == {"q": "soud", "lieu": "Lyon", "debut": "2026-01-01", "fin": "2030-12-31"}
    assert chosen == ["50", "fpe"]
    assert page.select_one(".more-filters").has_attr("open")


def test_criteria_are_told_and_each_can_be_taken_away(client, rows):
    rows(1, insee="69388", postal_code="69008", town="Lyon")

    page = page_of(client, "/eos/sessions?q=soud&lieu=69008&rayon=5")

    chips = {chip.get_text(strip=True): chip["href"] for chip in page.select(".chips a")}
    assert chips["« soud »"] == "/eos/sessions?lieu=69008&rayon=5"
    assert "/eos/sessions?q=soud" in chips.values()
    assert chips["Tout effacer"] == "/eos/sessions"
    assert count(page) == "1 session pour votre recherche"


def test_fragment_equals_what_a_reload_shows(client, rows):
    rows(25)
    url = "/eos/sessions?q=soudeur&lieu=&rayon=20&debut=&fin=&programme="

    fragment = client.get(url, headers=HTMX)

    assert "<html" not in fragment.text
    whole = page_of(client, url).find(id="results")
    assert BeautifulSoup(fragment.text, "html.parser").find(id="results").prettify() == whole.prettify()


def test_without_htmx_the_form_and_the_pages_are_plain(client, rows):
    rows(25)
    page = page_of(client, "/eos/sessions?q=soudeur")

    form = page.find("form", role="search")
    assert (form["method"], form["action"]) == ("get", "/eos/sessions")
    following = page.find("a", rel="next")["href"]
    assert parse_qs(urlsplit(following).query)["q"] == ["soudeur"]
    second = page_of(client, following)
    assert len(titles(page)) == 20
    assert len(titles(second)) == 5
    assert titles(page_of(client, second.find("a", rel="prev")["href"])) == titles(page)


def test_htmx_moves_the_results_and_the_address(client, rows):
    rows(25)

    page = page_of(client, "/eos/sessions")

    for mover in (page.find("form", role="search"), page.find("a", rel="next")):
        assert mover["hx-target"] == "#results"
        assert mover["hx-push-url"] == "true"


def test_national_search_says_which_region(client, rows):
    rows(1)

    page = page_of(client, "/recherche?q=soudeur")

    assert "Auvergne-Rhône-Alpes" in page.select_one(".result").get_text()
    assert page.select_one(".result a")["href"].startswith("/eos/sessions/")


@pytest.mark.parametrize(
    ("query", "help_words"),
    [
        ("q=astronaute", "vérifiez l’orthographe"),
        ("q=soudeur&lieu=Brest&rayon=5", "cherchez jusqu’à 100 km autour"),
        ("debut=2090-01-01", "retirez les dates"),
    ],
)
def test_empty_results_help(client, rows, query, help_words):
    rows(1)

    page = page_of(client, f"/eos/sessions?{query}")

    assert count(page) == "Aucune session pour votre recherche"
    assert help_words in page.select_one(".empty").get_text()
    assert "/eos/sessions" in [a["href"] for a in page.select(".empty a")]


def test_many_sessions_are_told_as_such(client, app, rows):
    rows(1001)

    assert count(page_of(client, "/eos/sessions")) == "Plus de 1\u202f000 sessions"


def test_what_was_not_understood_is_told(client, rows):
    rows(1)

    page = page_of(client, "/eos/sessions?lieu=zzzzzzzzzzzz&debut=31/02/2026&fin=demain")

    told = [n.get_text(" ", strip=True) for n in page.select(".notice")]
    assert any("31/02/2026 n'existe pas" in t for t in told)
    assert any("JJ/MM/AAAA" in t for t in told)
    assert any("« zzzzzzzzzzzz » n’a pas été reconnu" in t for t in told)
    assert titles(page) == ["Soudeur"]


def test_card_says_when_where_and_until_when(client, rows):
    rows(
        1, title="Soudeur", starts_on=None, ends_on=None, town="Lyon", postal_code="69008",
        facets={"registration_end": later(3)},
    )  # fmt: skip

    facts = [li.get_text(strip=True) for li in page_of(client, "/eos/sessions").select(".result-facts li")]

    day = "/".join(reversed(later(3).split("-")))
    assert facts == ["69008 Lyon", "12 places", f"Inscriptions jusqu’au {day}"]


@pytest.mark.parametrize("url", ["/", "/eos/", "/eos/sessions?q=soud&lieu=Lyon", "/recherche?q=soud&lieu=69008"])
def test_statements_do_not_grow_with_rows(client, rows, statements, url):
    counts = []
    for number in (1, 29):
        rows(number, insee="69388", postal_code="69008", town="Lyon")
        with statements() as seen:
            assert client.get(url).status_code == 200
        counts.append(len([s for s in seen if "set_config" not in s]))

    assert counts[0] == counts[1] <= 4


def test_communes_are_suggested_as_options(client):
    answer = client.get("/communes?q=saint%20eti")

    options = BeautifulSoup(answer.text, "html.parser").find_all("li", role="option")
    assert "Saint-Étienne (42000)" in [o["data-value"] for o in options]
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert client.get("/communes").text.strip() == ""
