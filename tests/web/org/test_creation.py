"""A new sheet: what is asked first, then the sheet, once; a copy, with its dates moved."""

import re
import uuid

import pytest

from portal.domain.sheets.models import Sheet
from tests.support.htmx import soup
from tests.support.people import inside
from tests.web.org.conftest import SLUG


def new(offer):
    return f"/eos/espace/session/nouveau?parent={offer.action}"


def key_of(page):
    return soup(page).find("input", attrs={"name": "_cle"})["value"]


def made_by(answer):
    return uuid.UUID(re.search(r"/fiches/([0-9a-f-]{36})/", answer.location)[1])


def test_the_page_explains_and_the_button_creates(of, offer, stored):
    page = of.get(new(offer))
    assert page.status_code == 200
    assert soup(page).h1.text == "Créer une session supplémentaire"
    answer = of.post(new(offer), {"_cle": key_of(page)})
    assert answer.status_code == 303
    sheet = stored(made_by(answer))
    assert answer.location == offer.step("formation", sheet.id)
    assert (sheet.parent_id, sheet.data["type"]) == (offer.action, "S")
    assert sheet.data["contact_nom"] == stored(offer.dossier).data["contact_nom"]


def test_sent_twice_it_makes_one_sheet(app, of, offer):
    key = key_of(of.get(new(offer)))
    first, second = (of.post(new(offer), {"_cle": key}) for _ in range(2))
    assert first.location == second.location
    with inside(app, SLUG) as session:
        assert session.query(Sheet).filter(Sheet.level == "session").count() == 3


def test_what_must_be_done_first_is_said_with_where(of, offer, change):
    change(offer.dossier, contact_mail=None)
    page = of.get(new(offer))
    tree = soup(page)
    assert page.status_code == 200
    assert "Le contact pédagogique doit être saisi avant de pouvoir créer ou éditer une session" in tree.text
    assert tree.select_one(".notice a")["href"].startswith(offer.step("contact", offer.dossier))
    assert tree.find("input", attrs={"name": "_cle"}) is None
    assert of.post(new(offer)).status_code == 422


def test_nobody_creates_under_what_is_not_theirs(other, region, offer):
    assert other.get(new(offer)).status_code == 404
    assert other.post(new(offer)).status_code == 404
    assert region.get(new(offer)).status_code == 404


@pytest.mark.parametrize(
    "address", ["session/nouveau", "session/nouveau?parent=x", "inconnu/nouveau", "dossier/nouveau"]
)
def test_an_address_that_says_nothing_possible_is_not_there(of, offer, address):
    assert of.get(f"/eos/espace/{address}").status_code == 404


def test_a_sheet_of_another_level_is_no_parent(of, offer):
    assert of.get(f"/eos/espace/session/nouveau?parent={offer.dossier}").status_code == 404


def test_only_one_request_is_open_at_a_time(of, offer):
    url = f"/eos/espace/demande/nouveau?parent={offer.dossier}"
    assert of.post(url, {"_cle": key_of(of.get(url))}).status_code == 303
    words = "Une demande de modification doit être traitée pour pouvoir en établir une nouvelle."
    assert words in of.get(url).text
    refused = of.post(url)
    assert refused.status_code == 409
    assert words in refused.text


def test_a_copy_keeps_clears_and_moves_its_dates(of, offer, stored):
    url = offer.href(offer.whole, "/dupliquer")
    page = of.get(url)
    assert page.status_code == 200
    assert "Commentaire" in page.text
    answer = of.post(url, {"_cle": key_of(page), "decalage": "364"})
    copy = stored(made_by(answer))
    assert copy.data["date_debut"] == "2027-05-03"
    assert copy.data["organisme_formateur"] == "champeix"
    assert "commentaire" not in copy.data
    assert copy.code != stored(offer.whole).code


def test_a_copy_sent_twice_makes_one_sheet(of, offer):
    url = offer.href(offer.whole, "/dupliquer")
    key = key_of(of.get(url))
    assert of.post(url, {"_cle": key}).location == of.post(url, {"_cle": key}).location


def test_dates_are_not_moved_by_any_number(of, offer):
    assert of.post(offer.href(offer.whole, "/dupliquer"), {"decalage": "12"}).status_code == 400
