"""Accepting what a file changes, leaving it aside, trying again: once each, whoever presses twice."""

import pytest

from tests.support.htmx import soup
from tests.support.imported import SLUG, line, lines
from tests.support.people import play, signed_in
from tests.web.imports.conftest import HOME


def test_accepting_is_asked_about_then_done(office):
    address = office.bring_lines(lines(3))
    asked = office.region.get(f"{address}/accepter")
    assert "3 contrats" not in asked.text
    assert "6 fiches seront créées" in asked.text
    dialog = office.region.get(f"{address}/accepter", htmx=True)
    assert soup(dialog).select_one("dialog[data-open] form[method=post]")["action"] == f"{address}/accepter"
    assert office.runs() == ["checked"]

    answer = office.region.post(f"{address}/accepter", {"confirmer": "1"})

    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    assert office.runs() == ["accepted"]
    office.work()
    page = office.region.get(address)
    assert "Terminé" in page.text
    assert "Ce que le fichier a changé" in page.text
    assert office.sheets() == {"contrat": 3, "composante": 3}


def test_accepting_twice_is_told_and_done_once(office):
    address = office.bring_lines(lines(3))
    office.region.post(f"{address}/accepter")

    again = office.region.post(f"{address}/accepter")

    assert again.status_code == 409
    assert "n'attend pas d'être accepté" in soup(again).select_one("main .notice").text
    assert "Accepté" in soup(again).select_one("#run-title").text
    office.work()
    office.work()
    assert office.sheets() == {"contrat": 3, "composante": 3}


def test_the_same_file_again_changes_nothing(office):
    for _ in range(2):
        address = office.bring_lines(lines(3))
        asked = office.region.get(f"{address}/accepter")
        office.region.post(f"{address}/accepter")
        office.work()

    assert "ne change aucune fiche" in asked.text
    assert office.sheets() == {"contrat": 3, "composante": 3}
    assert office.runs() == ["done", "done"]


def test_a_file_with_faults_is_not_accepted_whoever_asks(office):
    address = office.bring_lines([line(1, Quota="beaucoup")])

    answer = office.region.post(f"{address}/accepter")

    assert answer.status_code == 409
    assert office.region.get(f"{address}/accepter").headers["Location"] == address
    assert office.runs() == ["refused"]
    assert office.sheets() == {}


def test_a_file_is_left_aside_and_another_may_be_brought(office):
    address = office.bring_lines(lines(2))

    assert office.region.post(f"{address}/abandonner").status_code == 303
    assert "Abandonné" in office.region.get(address).text
    assert office.region.post(f"{address}/accepter").status_code == 409
    office.bring_lines(lines(1))

    assert office.runs() == ["dropped", "checked"]


def test_what_is_applied_is_not_abandoned_any_more(office):
    address = office.bring_lines(lines(2))
    office.region.post(f"{address}/accepter")
    office.work()

    answer = office.region.post(f"{address}/abandonner")

    assert answer.status_code == 409
    assert "jusqu'au bout" in soup(answer).select_one("main .notice").text
    assert office.runs() == ["done"]


@pytest.mark.parametrize("accepted", [False, True])
def test_an_interrupted_file_is_started_again_where_it_was(office, accepted):
    address = office.bring_lines(lines(2))
    if accepted:
        office.region.post(f"{address}/accepter")
    office.put(address, state="failed", problem="Un incident est survenu.")
    page = soup(office.region.get(address))
    assert "Un incident est survenu." in page.text
    assert page.select_one(f"form[action='{address}/relancer'] button") is not None

    assert office.region.post(f"{address}/relancer").status_code == 303
    assert office.region.post(f"{address}/relancer").status_code == 409
    office.work()

    assert office.runs() == ["done" if accepted else "checked"]


def test_the_organisation_finds_its_sheets(app, office):
    play(app, "of@exemple.test", SLUG, "org", number=1)
    address = office.bring_lines([line(7, holder=1)])
    office.region.post(f"{address}/accepter")
    office.work()

    assert "Contrat N00007" in signed_in(app, "of@exemple.test").get(f"/{SLUG}/espace/contrat/").text


def test_two_people_of_the_region_share_the_files(app, office):
    address = office.bring_lines(lines(1))
    play(app, "collegue@exemple.test", SLUG, "validator")
    other = signed_in(app, "collegue@exemple.test")

    other.post(f"{address}/accepter")

    assert "par Ida Lot" in other.get(address).text
    assert "programme.csv" in other.get(HOME).text
    assert office.runs() == ["accepted"]
