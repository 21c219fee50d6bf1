"""The pages of administration: who reads them, what they tell."""

import pytest
from bs4 import BeautifulSoup

from portal.extensions import db
from portal.tenancy.registry import registry
from tests.support.people import inside, play, signed_in
from tests.web.admin.conftest import SLUG

BASE = f"/{SLUG}/administration"
PAGES = ["/", "/envois", "/courriels", "/membres", "/configuration"]


def read(browser, path):
    answer = browser.get(BASE + path)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


@pytest.mark.parametrize("path", PAGES)
def test_administrators_and_validators_read_organisations_do_not(app, office, path):
    play(app, "of@exemple.test", SLUG, "org", number=2)

    assert office.admin.get(BASE + path).status_code == 200
    assert office.region.get(BASE + path).status_code == 200
    assert signed_in(app, "of@exemple.test").get(BASE + path).status_code == 404
    assert app.test_client().get(BASE + path).status_code == 303


@pytest.mark.parametrize("path", PAGES)
def test_each_page_knows_where_it_is_in_the_menu(office, path):
    current = read(office.admin, path).select("nav.tabs [aria-current]")

    assert [link["href"] for link in current] == [BASE + path]


@pytest.mark.parametrize(
    ("path", "root"), [("/envois", "deliveries"), ("/courriels", "mails"), ("/membres", "members")]
)
def test_the_part_swapped_is_the_part_reloaded(office, path, root):
    part, whole = (office.admin.get(BASE + path, htmx=htmx).text for htmx in (True, False))

    found = [BeautifulSoup(text, "html.parser").select_one(f"#{root}") for text in (part, whole)]
    assert "<html" not in part
    assert str(found[0]) == str(found[1])


def test_the_overview_counts_what_is_wrong(office):
    office.fail("region")

    figures = [" ".join(li.get_text(" ").split()) for li in read(office.admin, "/").select(".counters li")]

    assert figures[0] == "1 envoi en échec ou refusé"
    assert figures[2] == "2 membres"


def test_members_organisation_by_organisation_the_region_first(app, office):
    play(app, "ines@exemple.test", SLUG, "org", number=3)
    play(app, "ivo@exemple.test", SLUG, "org", number=2)

    page = read(office.admin, "/membres")

    assert [h.contents[0].strip() for h in page.select("#members h2")] == ["La Région", "Organisme 2", "Organisme 3"]
    assert "4 personnes" in page.text
    assert "Instructeur Région" in page.text


@pytest.mark.parametrize(("words", "people"), [("ines", 1), ("INÈS", 1), ("organisme", 1), ("personne", 0), ("%", 0)])
def test_members_are_found_by_their_words(app, office, words, people):
    play(app, "ines@exemple.test", SLUG, "org", number=3)

    page = read(office.admin, f"/membres?q={words.replace('%', '%25')}")

    assert f"{people} personne" in page.select_one("#result-count").text
    assert len(page.select("#members tbody tr")) == people


def test_members_of_another_region_are_not_shown(app, office):
    other = next(slug for slug in registry.slugs() if slug != SLUG)
    play(app, "voisine@exemple.test", other, "validator")

    assert "voisine@exemple.test" not in read(office.admin, "/membres").text


def test_messages_with_their_state(office):
    page = read(office.admin, "/courriels")

    assert "À envoyer" in page.text
    count = int(page.select_one("#result-count").text.split()[0])
    assert count == len(page.select("tbody tr")) > 0
    assert not read(office.admin, "/courriels?etat=sent").select("tbody tr")
    assert len(read(office.admin, "/courriels?q=region@exemple.test").select("tbody tr")) < count + 1


def test_the_configuration_in_force_is_told(office):
    with inside(office.app, SLUG):
        tenant, _ = registry.publish(db.session(), SLUG)

    page = read(office.admin, "/configuration")

    (row,) = page.select("tbody tr")
    assert "Version 1" in row.text and tenant.digest[:12] in row.text and "En vigueur" in row.text


def test_a_configuration_never_published_is_in_force_without_a_number(office):
    assert "Aucune version publiée" in read(office.admin, "/configuration").text
