"""The page of the sessions that are under one sheet: told once, then one by one, and the way there and back."""

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.domain.catalogue.actions import rebuild, withdraw
from portal.domain.catalogue.models import GROUP
from portal.tenancy.registry import registry
from tests.support.catalogue import Shelf, later, put_row, shelf
from tests.support.offer import AT, make_sheet
from tests.support.people import inside

SLUG = "revue"


def page_of(answer) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def dated(number: int) -> dict[str, str]:
    return {"date_debut": later(number), "date_fin": later(number + 5)}


@pytest.fixture
def formation(app: Flask) -> str:
    """A formation with one action of two sessions, another formation beside it; the code of the first."""
    tenant = registry.get(SLUG)
    with inside(app, SLUG) as session:
        own = shelf(session, tenant, reponse="Pour le Carif seulement")
        for number in (30, 10):
            own.put(**dated(number))
        beside = Shelf(session, tenant, own.holder, make_sheet(session, tenant, "action", make_sheet(
            session, tenant, "formation", None, own.holder, intitule="Pâtissier"), own.holder))  # fmt: skip
        beside.put(**dated(20))
        return session.get(type(own.parent), own.parent.parent_id).code


def test_the_sessions_of_one_formation_are_on_one_page_in_order(client, formation):
    answer = client.get(f"/{SLUG}/formations/{formation}")

    page = page_of(answer)
    assert (answer.status_code, page.h1.get_text(strip=True)) == (200, "Texte")
    assert page.find(id="sessions").get_text(strip=True) == "2 sessions ouvertes"
    names = [title.get_text(strip=True) for title in page.select(".result h3")]
    assert names == ["Action 1, session 2", "Action 1, session 1"]


def test_one_goes_there_and_back(client, formation):
    page = page_of(client.get(f"/{SLUG}/formations/{formation}"))
    for link in page.select(".result h3 a"):
        own = page_of(client.get(link["href"]))
        back = own.find("a", string="Toutes les sessions de la formation")
        assert back["href"] == f"/{SLUG}/formations/{formation}"


def test_the_button_leads_to_the_sheet_through_signing_in(client, formation):
    page = page_of(client.get(f"/{SLUG}/formations/{formation}"))
    buttons = page.select(".result .item-action a.btn")
    assert [b.get_text(strip=True) for b in buttons] == ["S'inscrire", "S'inscrire"]
    answer = client.get(buttons[0]["href"])
    assert answer.status_code == 303
    assert answer.location == f"/connexion?suite={buttons[0]['href']}"


def test_a_session_one_can_no_longer_join_has_no_button(app, client):
    kept = {"sections": [{"id": "s", "label": "S", "items": [
        {"id": "b", "label": None, "kind": "action", "value": "S'inscrire", "registration": True},
        {"id": "t", "label": "Titre", "kind": "text", "value": "Reste"},
    ]}]}  # fmt: skip
    with inside(app, SLUG) as session:
        for reference, status in (("ouverte", "open"), ("annulee", "cancelled")):
            put_row(session, SLUG, reference=reference, status=status, page=kept)
    assert page_of(client.get(f"/{SLUG}/sessions/ouverte")).select(".item-action")
    gone = page_of(client.get(f"/{SLUG}/sessions/annulee"))
    assert not gone.select(".item-action") and gone.select(".item-text")


def test_a_page_whose_sessions_are_withdrawn_says_so(app, client, formation):
    tenant = registry.get(SLUG)
    with inside(app, SLUG) as session:
        own = shelf(session, tenant, number=2)
        sheet = own.put(**dated(3))
        code = session.get(type(sheet), own.parent.parent_id).code
        withdraw(session, tenant, own.parent, AT)
    page = page_of(client.get(f"/{SLUG}/formations/{code}"))
    assert page.find(id="sessions").get_text(strip=True) == "0 session ouverte"
    assert "Aucune session n'est ouverte pour l'instant." in page.get_text()


@pytest.mark.parametrize("reference", ["inconnue", "a" * 300, "F999"])
def test_what_never_was_is_not_found(client, formation, reference):
    assert client.get(f"/{SLUG}/formations/{reference}").status_code == 404
    assert client.get(f"/eos/formations/{reference}").status_code == 404


def test_nothing_kept_back_is_there_and_rebuilding_changes_nothing(app, client, formation):
    before = client.get(f"/{SLUG}/formations/{formation}")
    assert "Pour le Carif" not in before.text
    with inside(app, SLUG) as session:
        rebuild(session, registry.get(SLUG))
    assert page_of(client.get(f"/{SLUG}/formations/{formation}")).main.get_text() == page_of(before).main.get_text()


@pytest.mark.parametrize(
    ("left", "said"), [(12, "12 places restantes"), (1, "1 place restante"), (0, "Complet"), (None, "20 places")]
)
def test_the_places_left_are_told_where_they_are_known(app, client, left, said):
    facets = {} if left is None else {"seats_left": left}
    with inside(app, SLUG) as session:
        put_row(session, SLUG, reference="une", seats=20, facets=facets)
    assert said in page_of(client.get(f"/{SLUG}/sessions/une")).select_one(".key-facts").get_text()
    assert said in page_of(client.get(f"/{SLUG}/sessions")).select_one(".result").get_text()


def test_a_session_at_a_distance_says_so_where_it_has_no_place(app, client):
    shared = {GROUP: {"reference": "F1", "title": "Boulanger", "session": "Session 1"}}
    with inside(app, SLUG) as session:
        put_row(session, SLUG, reference="loin", facets={"teaching_mode": "2", **shared})
        put_row(session, SLUG, reference="pres", town="Lyon", postal_code="69008", facets={"teaching_mode": "2"})
    for reference, said in (("loin", "À distance"), ("pres", "69008 Lyon")):
        assert said in page_of(client.get(f"/{SLUG}/sessions/{reference}")).select_one(".key-facts").get_text()
