"""…/historique: what happened, for those who type and for those who decide."""

import csv
import io
import re
from datetime import timedelta

import pytest

from portal.domain.journal.actions import append
from portal.domain.people import SYSTEM
from tests.support.htmx import after_swap, same_page, soup
from tests.support.offer import AT
from tests.support.people import inside


@pytest.fixture
def more_facts(app, offer):
    """Sixty facts more about the session."""
    with inside(app, "eos") as session:
        for minute in range(60):
            at = AT + timedelta(minutes=minute)
            append(session, at=at, actor=SYSTEM, sheet_id=offer.whole, kind="sheet.edited")


def test_what_happened_is_told_with_who_and_why(of, region, offer):
    of.post(offer.href(offer.whole, "/actions/envoyer"))
    region.post(offer.href(offer.whole, "/actions/renvoyer"), {"motif": "Précisez <i>le lieu</i>."})

    for browser in (of, region):
        page = browser.get(offer.href(offer.whole, "/historique"))
        facts = [li.get_text(" ", strip=True) for li in soup(page).select("#historique > li")]
        assert facts[0].startswith("Demander une correction : Validée OF → A finaliser")
        assert "Précisez <i>le lieu</i>." in facts[0]
        assert facts[1].startswith("Envoyer vers Région : A finaliser → Validée OF")
        assert facts[-1].startswith("Création")
        assert soup(page).select_one(".tabs [aria-current]").text == "Historique"


def test_the_dossier_tells_what_happened_below_it(of, offer):
    page = of.get(offer.href(offer.dossier, "/historique"))

    links = {a["href"] for a in soup(page).select("#historique a")}
    assert links == {offer.href(sheet, "/historique") for sheet in (offer.action, offer.session, offer.whole)}


def test_an_edit_shows_what_was_and_what_is(of, offer):
    of.post(offer.step("formation", offer.whole), {"libelle_public": "<b>Hydro</b>", "_action": "brouillon"})

    page = of.get(offer.href(offer.whole, "/historique"))

    (change,) = soup(page).select("#historique .changes > li")
    assert change.select_one(".change-name").text == "Libellé grand public de cette session"
    assert change.select_one(".was").text == "Texte"
    assert change.select_one(".now").text == "<b>Hydro</b>"


def test_the_history_of_others_is_not_there(other, offer):
    assert other.get(offer.href(offer.whole, "/historique")).status_code == 404


def test_pages_swap_the_facts_alone(of, offer, more_facts):
    url = offer.href(offer.whole, "/historique")
    page = of.get(url)
    link = soup(page).select_one("a[rel=next]")
    part = of.get(link["href"], htmx=True)

    assert len(soup(page).select("#historique > li")) == 50
    assert link["hx-target"] == "#faits"
    same_page(after_swap(page, part, "#faits"), of.get(link["href"]))


def lines_of(browser, offer, sheet):
    answer = browser.get(offer.href(sheet, "/historique.csv"))
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(answer.text[1:]), delimiter=";"))


def test_the_whole_history_is_a_file(of, region, offer):
    of.post(offer.step("formation", offer.whole), {"libelle_public": "=Hydro", "_action": "brouillon"})
    of.post(offer.href(offer.whole, "/actions/envoyer"))
    region.post(offer.href(offer.whole, "/actions/renvoyer"), {"motif": "Précisez ; le lieu."})

    for browser in (of, region):
        told = lines_of(browser, offer, offer.whole)
        assert told[0]["Fait"] == "Demander une correction : Validée OF → A finaliser"
        assert told[0]["Motif"] == "Précisez ; le lieu."
        (edit,) = [line for line in told if line["Champ"] == "Libellé grand public de cette session"]
        assert edit["Après"] == "'=Hydro"  # no spreadsheet takes it for a formula
        assert re.fullmatch(r"\d\d/\d\d/\d{4} \d\d:\d\d", edit["Date"])
        assert told[-1]["Fait"] == "Création"


def test_the_file_holds_all_the_facts(of, offer, more_facts):
    assert len(lines_of(of, offer, offer.whole)) > 60


def test_a_decision_has_its_proof(of, region, offer):
    of.post(offer.href(offer.whole, "/actions/envoyer"))
    region.post(offer.href(offer.whole, "/actions/renvoyer"), {"motif": "Précisez le lieu."})

    (link,) = soup(of.get(offer.href(offer.whole, "/historique"))).select("#historique a[href*='/preuves/']")
    assert link["href"] == offer.href(offer.whole, "/preuves/1")
    for browser in (of, region):
        page = soup(browser.get(link["href"]))
        assert page.h1.text == "Preuve de décision"
        words = " ".join(page.main.get_text(" ").split())
        assert "Renvoyée pour correction (« Demander une correction »)" in words
        assert "Précisez le lieu." in words
        assert "vérifiée à l’instant" in words
        assert page.select("button[data-print]")


def test_what_is_not_decided_has_no_proof(of, offer):
    of.post(offer.href(offer.whole, "/actions/envoyer"))

    for number in (1, 2):
        assert of.get(offer.href(offer.whole, f"/preuves/{number}")).status_code == 404
