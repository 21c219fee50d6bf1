"""Deciding from the desk: approve, send back, come back to the queue; and what happens when the sheet changed hands."""

from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup

from tests.web.validator.conftest import SLUG

REASON = "L'adresse du lieu est celle du siège."


def page_of(region, sheet_id, more="?onglet=session_a_valider"):
    answer = region.region.get(f"/{SLUG}/validation/fiches/{sheet_id}{more}")
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def button(page, key):
    """The address to which a move's button leads."""
    found = page.select_one(f".form-bar [data-key={key}]")
    return found["href"] if found.name == "a" else found.find_parent("form")["action"]


def state(region, sheet_id):
    return region.sheet(sheet_id, lambda s: s.state("session"))


def test_approving_comes_back_to_the_queue_on_the_next_sheet(region):
    first, second = region.session(date_debut="2026-04-06"), region.session(date_debut="2026-04-07")

    answer = region.region.post(button(page_of(region, first), "a"))

    assert answer.status_code == 303
    assert answer.location == f"/{SLUG}/validation/?onglet=session_a_valider#open-sheet-row-{second}"
    assert state(region, first) == "transmise"
    assert "La session est validée" in region.region.get(answer.location).text


def test_after_the_last_one_comes_the_one_before_then_the_empty_queue(region):
    first, last = region.session(date_debut="2026-04-06"), region.session(date_debut="2026-04-07")

    answer = region.region.post(button(page_of(region, last), "a"))
    assert answer.location.endswith(f"#open-sheet-row-{first}")
    answer = region.region.post(button(page_of(region, first), "a"))

    assert answer.location == f"/{SLUG}/validation/?onglet=session_a_valider"
    assert "Rien n’attend votre décision" in region.region.get(answer.location).text


def test_a_sheet_opened_elsewhere_than_from_its_queue_comes_back_to_itself(region):
    sheet = region.session()
    region.press(sheet, "approuver", "validator")

    page = page_of(region, region.dossier, "")
    action = page.find("button", string=lambda s: s and "solde" in s).find_parent("form")["action"]
    answer = region.region.post(action)

    assert answer.location == f"/{SLUG}/validation/fiches/{region.dossier}"
    assert "En cours de solde" in region.region.get(answer.location).text


def test_sending_back_needs_a_reason(region):
    sheet = region.session()
    address = button(page_of(region, sheet), "r")
    dialog = region.region.get(address, htmx=True)
    assert "<dialog" in dialog.text and 'name="motif"' in dialog.text

    form = BeautifulSoup(dialog.text, "html.parser").select_one("form[method=post]")
    refused = region.region.post(form["action"], {"motif": "   "})

    assert refused.status_code == 422
    assert "Indiquez le motif." in refused.text
    assert state(region, sheet) == "validee_of"


def test_sending_back_with_its_reason(region):
    sheet, following = region.session(date_debut="2026-04-06"), region.session(date_debut="2026-04-07")
    address = button(page_of(region, sheet), "r")
    page = BeautifulSoup(region.region.get(address).text, "html.parser")

    answer = region.region.post(page.select_one("form:has(textarea)")["action"], {"motif": REASON})

    assert answer.status_code == 303
    assert answer.location.endswith(f"#open-sheet-row-{following}")
    assert state(region, sheet) == "a_finaliser"
    assert REASON in page_of(region, sheet, "").select_one("#decisions blockquote").text


def test_approving_twice_says_that_it_is_done(region):
    address = button(page_of(region, region.session()), "a")
    assert region.region.post(address).status_code == 303

    again = region.region.post(address)

    assert again.status_code == 409
    assert "rien n’a été décidé" in again.text
    assert "Transmise" in again.text


def test_the_reason_typed_is_not_lost_when_another_decided_first(region):
    sheet = region.session()
    address = button(page_of(region, sheet), "r")
    region.press(sheet, "approuver", "validator")

    answer = region.region.post(address, {"motif": REASON})

    assert answer.status_code == 409
    assert REASON.replace("'", "&#39;") in answer.text
    assert f"/{SLUG}/validation/fiches/{sheet}" in answer.text


def test_a_version_that_was_not_read_is_not_approved(region):
    """Between reading and deciding, the sheet was sent back and sent again with other values."""
    sheet = region.session()
    address = button(page_of(region, sheet), "a")
    region.press(sheet, "renvoyer", "validator", "Non.")
    region.change(sheet, contact_nom="Quelqu'un d'autre")
    region.press(sheet, "envoyer")

    answer = region.region.post(address)

    assert answer.status_code == 409
    assert state(region, sheet) == "validee_of"


def test_a_sheet_that_left_the_queue_says_so(region):
    sheet = region.session()
    region.press(sheet, "renvoyer", "validator", "Non.")

    page = page_of(region, sheet)

    assert "Cette fiche n’attend plus votre décision" in page.text
    assert not page.select(".form-bar [data-key=a]")


@pytest.mark.parametrize("suite", ["https://exemple.org/", "//exemple.org/", "javascript:alert(1)"])
def test_one_is_never_sent_to_another_site(region, suite):
    address = button(page_of(region, region.session()), "a")
    bare = urlsplit(address)
    revision = parse_qs(bare.query)["revision"][0]

    answer = region.region.post(bare.path, query_string={"revision": revision, "suite": suite})

    assert answer.status_code == 303
    assert answer.location.startswith(f"/{SLUG}/")
