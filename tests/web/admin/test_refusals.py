"""What targets refuse, worded by the region; what waits at a desk of the portal."""

import uuid
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from portal.domain.deliveries.models import Delivery, RefusalWording
from portal.domain.deliveries.parcels import Answer
from portal.domain.deliveries.refusals import note_refusal
from portal.tenancy.registry import registry
from portal.tenancy.schema.flows import Target
from portal.web.admin.deliveries import pause_words
from tests.support.offer import AT
from tests.support.people import inside
from tests.web.admin.conftest import SLUG

URL = f"/{SLUG}/administration/refus"
ENVOIS = f"/{SLUG}/administration/envois"
SAID = Answer("rejected", 422, code="X12", message="<b>bad start</b>", field_name="session.start")


@pytest.fixture
def refused(app, office):
    """A delivery refused in words nobody knows."""
    with inside(app, SLUG) as session:
        row = session.query(Delivery).filter_by(target="mfme", state="due").one()
        row.state = "rejected"
        note_refusal(session, registry.get(SLUG), row, SAID, at=AT)
        return row.id


def soup_of(answer):
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def test_a_refusal_nobody_knows_waits_and_is_worded_with_its_field(app, office, refused):
    page = soup_of(office.admin.get(URL))
    (line,) = page.select("tbody tr")
    assert "<b>bad start</b>" in line.text and "Code X12" in line.text and "1 fois" in line.text
    link = line.select_one("a")["href"]
    form = soup_of(office.admin.get(link))
    assert form.select_one("select[name=field] option[selected]")["value"] == "session.date_debut"  # the term it named

    told = {"message": "La date est passée", "action": "Changez-la.", "field": "session.date_debut"}
    answer = office.admin.post(link, told)

    assert (answer.status_code, answer.location) == (303, URL)
    (row,) = office.deliveries(id=refused)
    assert row.problem.endswith("a refusé l'envoi : La date est passée. Changez-la.")
    assert "Aucun refus à traduire" in office.admin.get(URL).text
    worded = soup_of(office.admin.get(f"{URL}?etat=traduits"))
    assert "Session : Date de début" in worded.text or "Date" in worded.select_one("tbody").text


@pytest.mark.parametrize("told", [{"message": ""}, {"message": "Non", "field": "session.nulle_part"}])
def test_a_wording_that_says_nothing_is_asked_again(app, office, refused, told):
    link = soup_of(office.admin.get(URL)).select_one("tbody a")["href"]

    answer = office.admin.post(link, told)

    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "html.parser").select_one(".fault")
    with inside(app, SLUG) as session:
        assert session.query(RefusalWording).one().message is None


def test_those_who_only_read_word_nothing(app, office, refused):
    assert not soup_of(office.region.get(URL)).select("tbody a")
    with inside(app, SLUG) as session:
        wording = session.query(RefusalWording).one().id
    assert office.region.get(f"{URL}/{wording}").status_code == 404
    assert office.region.post(f"{URL}/{wording}", {"message": "x"}).status_code == 404
    assert office.admin.get(f"{URL}/{uuid.uuid4()}").status_code == 404


@pytest.fixture
def desk(app, office, monkeypatch):
    """The region's own target is a desk of the portal: what it is owed waits for somebody."""
    tenant = registry.get(SLUG)
    here = Target(label="Service de l'offre", outlet="desk", writes={"session.code_offre_info": "receipt.numero"})
    flows = tenant.flows.model_copy(update={"targets": {**tenant.flows.targets, "region": here}})
    monkeypatch.setitem(registry._current, SLUG, replace(tenant, flows=flows))
    with inside(app, SLUG) as session:
        row = session.query(Delivery).filter_by(target="region", state="due").one()
        row.state = "sent"
        return row.id


def test_somebody_takes_it_in_charge_and_gives_its_code(app, office, desk):
    forms = soup_of(office.region.get(ENVOIS)).select(f"#delivery-{desk} details form")
    assert [form["action"].rpartition("/")[2] for form in forms] == ["prendre", "refuser"]

    office.region.post(forms[0]["action"], {"numero": "24_9S", "suite": ENVOIS})

    (row,) = office.deliveries(id=desk)
    assert (row.state, row.receipt["numero"]) == ("acknowledged", "24_9S")
    assert row.receipt["par"]
    assert not soup_of(office.region.get(ENVOIS)).select(f"#delivery-{desk} details")


def test_a_refusal_at_a_desk_says_why(app, office, desk):
    url = f"{ENVOIS}/{desk}/refuser"

    office.region.post(url, {"motif": " "})
    assert office.deliveries(id=desk)[0].state == "sent"
    office.region.post(url, {"motif": "Le budget manque"})

    (row,) = office.deliveries(id=desk)
    assert row.state == "rejected" and "Le budget manque" in row.problem


def test_only_what_waits_at_a_desk_is_answered_there(office):
    (row,) = office.deliveries(target="mfme", state="due")

    assert office.region.post(f"{ENVOIS}/{row.id}/prendre").status_code == 404
    assert office.region.post(f"{ENVOIS}/{uuid.uuid4()}/prendre").status_code == 404


def test_a_target_that_does_not_answer_says_when_it_is_asked_again(app, office):
    with inside(app, SLUG) as session:
        session.query(Delivery).filter_by(target="mfme", state="due").one().attempts = 5
    breaker = app.extensions["jobs"].breaker
    for _ in range(5):
        breaker.failed(SLUG, "mfme")
    try:
        text = soup_of(office.admin.get(ENVOIS)).select_one("#target-mfme").get_text(" ", strip=True)
    finally:
        breaker.succeeded(SLUG, "mfme")

    assert "Disjoncteur ouvert : prochain essai dans" in text
    assert "Le plus ancien attend depuis" in text
    assert "Disjoncteur" not in soup_of(office.admin.get(ENVOIS)).text


def test_words_of_the_breaker():
    assert pause_words(None) == ""
    assert pause_words(0) == "Disjoncteur ouvert : un essai à la fois, jusqu’à ce qu’il réponde."
