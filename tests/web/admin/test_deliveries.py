"""What leaves the region: how it fares, trying again, holding a target."""

import uuid

import pytest
from bs4 import BeautifulSoup

from tests.web.admin.conftest import SLUG

URL = f"/{SLUG}/administration/envois"


def read(browser, more=""):
    answer = browser.get(URL + more)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def figures(page, target):
    return [int(td.text) for td in page.select(f"#target-{target} td.num")]


def test_volumes_by_target(office):
    office.fail("region")

    page = read(office.admin)

    assert figures(page, "region") == [1, 0, 0, 0]
    assert figures(page, "mfme") == [0, 0, 1, 0]
    assert "Le plus ancien attend depuis" in page.text


def test_the_figures_lead_to_their_rows(office):
    failed = office.fail("region")

    link = read(office.admin).select_one("#target-region td.num a")["href"]
    page = read(office.admin, link.removeprefix(URL))

    assert [row["id"] for row in page.select("tbody tr[id^=delivery-]")] == [f"delivery-{failed}"]
    assert "Le destinataire ne répond pas depuis longtemps." in page.text


def test_the_page_looks_again_while_something_is_owed_and_then_stops(office):
    assert read(office.admin).select_one("#targets").get("hx-trigger") == "every 10s"
    for target in {row.target for row in office.deliveries(state="due")}:
        office.fail(target)

    assert read(office.admin).select_one("#targets").get("hx-trigger") is None


@pytest.mark.parametrize("state", ["failed", "rejected"])
def test_one_is_tried_again(office, state):
    failed = office.fail("region", state)
    form = read(office.admin, "?etat=echec").select_one(f"#delivery-{failed} form")

    answer = office.admin.post(form["action"], {"suite": f"{URL}?etat=echec"})

    assert (answer.status_code, answer.location) == (303, f"{URL}?etat=echec")
    (row,) = office.deliveries(id=failed)
    assert (row.state, row.problem) == ("due", None)


def test_all_that_failed_is_tried_again_target_by_target_or_at_once(office):
    one, other = office.fail("region"), office.fail("mfme")

    office.admin.post(f"{URL}/relancer", {"destinataire": "region"})
    assert [office.deliveries(id=i)[0].state for i in (one, other)] == ["due", "failed"]
    office.admin.post(f"{URL}/relancer")

    assert office.deliveries(id=other)[0].state == "due"
    assert "Aucun envoi n’est à relancer" in office.admin.get(office.admin.post(f"{URL}/relancer").location).text


def test_what_cannot_be_tried_again_says_why(office):
    (row,) = office.deliveries(target="region", state="due")
    office.fail("region", "superseded")

    answer = office.admin.post(f"{URL}/{row.id}/relancer")

    assert answer.status_code == 303
    assert "il n&#39;y a rien à renvoyer" in office.admin.get(answer.location).text
    assert office.admin.post(f"{URL}/{uuid.uuid4()}/relancer").status_code == 404


def test_a_target_is_held_then_let_go(office):
    held = office.admin.post(f"{URL}/destinataires/region/suspendre", {"motif": "maintenance"})
    assert held.status_code == 303
    page = read(office.admin)
    assert "Suspendu" in page.select_one("#target-region").text and "maintenance" in page.text
    assert figures(page, "region") == [0, 1, 0, 0]

    office.admin.post(f"{URL}/destinataires/region/reprendre")

    assert figures(read(office.admin), "region") == [0, 0, 1, 0]
    assert office.admin.post(f"{URL}/destinataires/inconnu/suspendre").status_code == 404
    assert office.admin.post(f"{URL}/destinataires/region/effacer").status_code == 404


def test_those_who_only_read_may_not_act(office):
    failed = office.fail("region")
    page = read(office.region)

    assert not page.select("main form[method=post]")
    for path in (f"/{failed}/relancer", "/relancer", "/destinataires/region/suspendre"):
        assert office.region.post(URL + path).status_code == 404
    assert office.deliveries(id=failed)[0].state == "failed"


def test_one_row_or_many_cost_the_same(office, statements):
    with statements() as for_few:
        few = len(read(office.admin, "?etat=cours").select("tr[id^=delivery-]"))
    with statements() as for_many:
        many = len(read(office.admin).select("tr[id^=delivery-]"))

    assert 0 < few < many
    assert len(for_few) == len(for_many)
