"""The page of a session: what it says, and what it says of a session one can no longer join."""

from datetime import date

import pytest
from bs4 import BeautifulSoup

from portal.domain.catalogue.models import VALID_CODE, PublishedSession
from portal.domain.reference.models import Certification
from portal.tenancy.registry import registry
from tests.support.catalogue import later, put_row, shelf
from tests.support.people import inside
from tests.web.public.conftest import cancelled, withdrawn


def words(answer):
    """What a person reads in the page's main part, on one line."""
    return " ".join(BeautifulSoup(answer.text, "html.parser").main.get_text(" ").split())


def day(number):
    """A day counted from today, in digits."""
    return "/".join(reversed(later(number).split("-")))


def test_page_says_what_the_manual_shows(client, published):
    answer = client.get(published())

    said = words(answer)
    assert answer.status_code == 200
    for expected in (
        "Gestionnaire comptable - Lyon (69)", "Date de dernière modification: 02/03/2026 à 10h00",
        "Code offre info: OI-77",
        "Programme: Former Pour l'Emploi 2021-2025", "Organisme de formation responsable: HECATE FORMATION",
        "Lieu de formation: 12 rue des Lilas, 69008 Lyon", "Contact: Claire Martin 04 72 00 00 00 claire@hecate.test",
        f"Session de formation du {day(10)} au {day(100)}", f"Inscriptions du {day(-5)} au {day(20)}",
        "Type de formation: Temps plein", "Durée de la formation: 10 heures en centre", "Formation non certifiante",
        "Dernière mise à jour : 2 mars 2026 à 10:00",
    ):  # fmt: skip
        assert expected in said


def test_events_are_a_table_as_in_the_manual(client, published):
    page = BeautifulSoup(client.get(published()).text, "html.parser")

    table = page.find("table")
    heads = [head.get_text(strip=True) for head in table.thead.find_all("th")]
    cells = [cell.get_text(strip=True) for cell in table.tbody.find_all(["th", "td"])]
    assert (page.find(id="evenements").h2.text, heads) == ("Événements", ["Quand?", "Quoi?", "Où?"])
    assert cells == [
        "Le 15/02/2022, de 09h00 à 12h30",
        "INFOCOLL - information collective en distanciel.",
        "69008 Lyon",
    ]


def test_nothing_kept_back_is_on_the_page(client, published):
    answer = client.get(published(commentaire="Pour la Région seulement", numero_bc="BC-4242"))

    assert "Pour la Région seulement" not in answer.text
    assert "BC-4242" not in answer.text


def test_contact_is_made_of_links(client, published):
    page = BeautifulSoup(client.get(published()).text, "html.parser")

    assert [a["href"] for a in page.select(".item-contact a")] == ["tel:0472000000", "mailto:claire@hecate.test"]


def test_words_of_people_are_never_markup(client, published):
    evil = "<script>alert(1)</script>\"'>{{7*7}}"
    address = published(
        libelle_public=evil, contact_nom=evil, contact_mail=evil, evenements=None, commentaire_dates=evil
    )

    for page in (address, f"{address}/imprimer", "/eos/", "/eos/sessions", "/", "/recherche"):
        text = client.get(page).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text
        assert "{{7*7}}" in text


def test_cancelled_session_says_so_and_promotes_nothing(client, published):
    answer = client.get(published(cancelled))

    said = words(answer)
    assert answer.status_code == 200
    assert "Session annulée" in said
    assert "Gestionnaire comptable - Lyon (69)" in said
    for promoted in ("Inscriptions", "Contact", "04 72 00 00 00", "14 places"):
        assert promoted not in said
    assert "Gestionnaire comptable" not in client.get("/eos/sessions").text


def test_past_session_says_so(client, published):
    answer = client.get(published(date_debut=later(-50), date_fin=later(-1)))

    assert answer.status_code == 200
    assert "Cette session est terminée." in words(answer)
    assert "Inscriptions" not in words(answer)


def test_withdrawn_session_is_gone_and_helps(client, published):
    answer = client.get(published(withdrawn))

    assert answer.status_code == 410
    assert "Cette session n'est plus publiée." in words(answer)
    assert "Gestionnaire comptable" not in answer.text
    assert BeautifulSoup(answer.text, "html.parser").find("form", role="search")["action"] == "/eos/sessions"


@pytest.mark.parametrize("reference", ["inconnue", "x" * 5000, "..%2f..", "' or 1=1 --", "50001/ics", "é"])
def test_unknown_session_is_not_found_and_helps(client, reference):
    answer = client.get(f"/eos/sessions/{reference}")

    assert answer.status_code == 404
    assert "Aller à l’accueil" in answer.text or 'role="search"' in answer.text


def test_unknown_region_is_not_found(client):
    assert client.get("/atlantide/sessions/1").status_code == 404


def test_session_of_another_region_is_not_found(client, published, monkeypatch):
    address = published()

    assert client.get(address).status_code == 200
    assert client.get(address.replace("/eos/", "/sofi/")).status_code == 404


def test_print_page_says_the_same_and_where_it_comes_from(client, published):
    address = published()
    answer = client.get(f"{address}/imprimer")

    assert answer.status_code == 200
    assert "Le 15/02/2022, de 09h00 à 12h30" in words(answer)
    assert f"http://localhost{address}" in words(answer)


def test_page_reads_the_session_its_events_and_its_open_days(client, published, statements):
    address = published()

    with statements() as seen:
        assert client.get(address).status_code == 200

    assert len([s for s in seen if "set_config" not in s]) == 3


@pytest.mark.parametrize(
    ("day", "told"), [("2020-01-06", True), ("2999-01-06", False), (None, True)], ids=["past", "to come", "none"]
)
def test_no_event_to_come_is_said_where_the_region_has_words_for_it(app, day, told):
    with inside(app, "declare") as session:
        rows = [{"_id": "r1", "type": "infocoll", "jour": day}] if day else []
        values = {"debut": "2999-02-01", "fin": "2999-06-01", "places": 8, "reunions": rows}
        sheet = shelf(session, registry.get("declare"), programme="general").put(**values)
        address = f"/declare/sessions/{sheet.reference}"
    page = app.test_client().get(address)
    assert ("Aucune réunion à venir." in page.get_data(as_text=True)) is told


def test_a_session_whose_code_ended_meanwhile_is_no_longer_offered(app, client):
    with inside(app, "eos") as session:
        reference = session.get(PublishedSession, put_row(session, "eos", facets={VALID_CODE: "990078"})).reference
        own = {"kind": "Titre", "title": "Titre", "certifying": True, "words": "", "search": ""}
        session.add(Certification(certif_info="990078", valid_until=date.fromisoformat(later(0)), **own))
    address = f"/eos/sessions/{reference}"
    assert "n’est plus proposée" not in words(client.get(address))
    with inside(app, "eos") as session:
        session.get(Certification, "990078").valid_until = date.fromisoformat(later(-2))
    assert "Cette session n’est plus proposée." in words(client.get(address))
    with inside(app, "eos") as session:
        session.delete(session.get(Certification, "990078"))
