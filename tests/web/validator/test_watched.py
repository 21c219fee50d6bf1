"""What those who decide keep an eye on: sheets that no state makes a task, beside what awaits a decision."""

import uuid
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.moves.perform import perform_move
from portal.domain.organisations.models import Organisation
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.directory import contact, site
from tests.support.htmx import soup
from tests.support.offer import AT, make_sheet, member
from tests.support.people import Browser, inside, play, signed_in

SLUG = "sofi"
DESK = f"/{SLUG}/validation/"
YEAR = "Sessions E2C hors année"


@dataclass
class Place:
    """An action of a yearly programme with its session, and somebody who decides."""

    app: Flask
    action: uuid.UUID
    session: uuid.UUID
    carif: Browser

    def press(self, move: str, side: str, **options: object) -> None:
        """A move on the action, by somebody of a side."""
        with inside(self.app, SLUG) as session:
            sheet, tenant = session.get_one(Sheet, self.action), registry.get(SLUG)
            actor = member(tenant, side, organisations={sheet.organisation_id} if side == "org" else None)
            perform_move(session, tenant, sheet, move, actor=actor, at=AT, **options)


@pytest.fixture
def place(app: Flask) -> Place:
    play(app, "of@exemple.test", SLUG, "org")
    play(app, "carif@exemple.test", SLUG, "validator")
    with inside(app, SLUG) as session:
        tenant = registry.get(SLUG)
        holder = session.scalars(select(Organisation).where(Organisation.name == "Organisme 1")).one()
        spot, person = str(site(session, holder).id), str(contact(session, holder).id)
        made = {"holder": holder, "programme": "e2c"}
        formation = make_sheet(session, tenant, "formation", None, **made)
        action = make_sheet(session, tenant, "action", formation, site_dispensateur=spot, deja_validee=False, **made)
        sheet = make_sheet(
            session, tenant, "session", action, site_lieu=spot, date_debut="2026-04-01", date_fin="2026-12-18",
            organisme_responsable=str(holder.id), infos_collectives=[], referent_pmr=person, referent_prf=person,
            referent_mobilite=person, **made,
        )  # fmt: skip
        make_sheet(session, tenant, "dispositif", sheet, nb_places=12, nb_places_restantes=3, **made)
        return Place(app, action.id, sheet.id, signed_in(app, "carif@exemple.test"))


def tabs(place: Place) -> dict[str, str]:
    """The tabs of the desk, each with its count."""
    links = soup(place.carif.get(DESK, follow_redirects=True)).select("nav.tabs a")
    return {a.contents[0].strip(): a.select_one(".tag").text for a in links}


def test_every_kind_is_a_tab_with_its_count(place):
    assert tabs(place) == {
        "Actions à valider": "0", "Réponses reçues": "0", "Codes Certifinfo archivés encore utilisés": "0", YEAR: "0",
    }  # fmt: skip
    with inside(place.app, SLUG) as session:
        sheet = session.get_one(Sheet, place.session)
        sheet.data = {**sheet.data, "date_debut": "2027-01-04"}
    assert tabs(place)[YEAR] == "1"

    page = soup(place.carif.get(f"{DESK}?onglet=e2c_hors_annee"))
    (line,) = page.select("[data-row] a")
    assert "début le 04/01/2027" in line.text
    assert page.select_one("nav.tabs [aria-current]").contents[0].strip() == YEAR
    assert place.carif.get(line["href"]).status_code == 200

    part = place.carif.get(f"{DESK}?onglet=e2c_hors_annee", htmx=True)
    assert soup(part).select("[data-row]") and not soup(part).select("header")


def test_nothing_to_watch_is_said(place):
    page = soup(place.carif.get(f"{DESK}?onglet=codes_archives"))
    assert "Rien à signaler" in page.text


def test_an_answer_is_told_from_a_first_sending_until_the_action_is_sent_again(place):
    place.press("envoyer", "org")
    assert (tabs(place)["Actions à valider"], tabs(place)["Réponses reçues"]) == ("1", "0")
    place.press("interroger", "validator", reason="Quel site ?")
    place.press("repondre", "org", inputs={"reponse_cariforef": "Celui d'Angers."})
    assert (tabs(place)["Actions à valider"], tabs(place)["Réponses reçues"]) == ("0", "1")
    (line,) = soup(place.carif.get(f"{DESK}?onglet=reponse_recue")).select("[data-row] th a")
    assert "Celui d'Angers." in soup(place.carif.get(line["href"])).text
    place.press("valider", "validator")
    assert (tabs(place)["Actions à valider"], tabs(place)["Réponses reçues"]) == ("0", "0")
    with inside(place.app, SLUG) as session:
        assert not session.get_one(Sheet, place.action).data.get("reponse_cariforef")
