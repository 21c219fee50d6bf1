"""A code replaced by those who decide, on the pages: the search, the code brought back, what is refused, the notice."""

import uuid
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.organisations.models import Organisation
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.htmx import soup
from tests.support.offer import make_sheet
from tests.support.people import Browser, inside, play, signed_in

SLUG, OLD, NEW = "revue", "109049", "12650"


@dataclass
class Place:
    """A training, and those who act on it."""

    app: Flask
    formation: uuid.UUID
    of: Browser
    carif: Browser

    @property
    def move(self) -> str:
        return f"/{SLUG}/espace/fiches/{self.formation}/actions/remplacer"

    @property
    def search(self) -> str:
        return f"{self.move}/champs/certification/choisir"

    def stored(self) -> tuple[str, str | None]:
        with inside(self.app, SLUG) as session:
            sheet = session.get_one(Sheet, self.formation)
            return sheet.data["certification"], sheet.state("code")

    def send(self, code: str, motif: str = "Erreur de code", who: Browser | None = None):
        return (who or self.carif).post(self.move, {"certification": code, "motif": motif, "confirmer": "1"})


@pytest.fixture
def place(app: Flask) -> Place:
    play(app, "of@exemple.test", SLUG, "org")
    play(app, "carif@exemple.test", SLUG, "validator")
    with inside(app, SLUG) as session:
        holder = session.scalars(select(Organisation).where(Organisation.name == "Organisme 1")).one()
        made = make_sheet(session, registry.get(SLUG), "formation", None, holder, certification=OLD).id
    return Place(app, made, signed_in(app, "of@exemple.test"), signed_in(app, "carif@exemple.test"))


def test_from_the_review_the_new_code_is_looked_for_brought_back_and_written(place):
    review = place.carif.get(f"/{SLUG}/validation/fiches/{place.formation}")
    (link,) = [a for a in soup(review).select(".form-bar a") if a.text.strip() == "Remplacer la certification"]
    page = soup(place.carif.get(link["href"]))
    assert page.find("input", attrs={"name": "certification"})["value"] == ""
    assert f"({OLD})" in page.find(id="field-certification").text  # the present one is recalled

    form = {"certification": "", "motif": "Erreur de code", "_choisir": "certification"}
    away = place.carif.post(link["href"], form)
    assert away.status_code == 303
    found = soup(place.carif.get(f"{away.location}&q={NEW}"))
    choice = found.find("button", attrs={"name": "code", "value": NEW})
    back = place.carif.post(choice.find_parent("form")["action"], {"code": NEW})

    page = soup(place.carif.get(back.location))
    assert page.find("input", attrs={"name": "certification"})["value"] == NEW
    assert page.find("textarea", id="motif").text.strip() == "Erreur de code"
    assert place.stored()[0] == OLD  # nothing is written before it is done
    answer = place.carif.post(back.location, {"certification": NEW, "motif": "Erreur de code", "confirmer": "1"})
    assert answer.status_code == 303 and answer.location.startswith(f"/{SLUG}/validation/")
    assert place.stored() == (NEW, "remplace")


def test_with_a_script_the_move_opens_as_a_page_and_its_search_as_a_dialog(place):
    answer = place.carif.get(place.move, htmx=True)
    assert (answer.status_code, answer.headers["HX-Redirect"].rstrip("?")) == (204, place.move)
    button = soup(place.carif.get(place.move)).find(id="choose-c-certification")
    dialog = soup(place.carif.get(button["hx-get"], htmx=True))
    assert dialog.find("dialog") is not None


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (OLD, "déjà la valeur actuelle"),
        ("999999", "inconnu de la liste"),
        ("pas un code", "Indiquez un code"),
        ("", "obligatoire"),
    ],
)
def test_what_is_no_new_code_is_said_beside_it(place, code, said):
    before = place.stored()
    answer = place.send(code)
    assert answer.status_code == 422
    page = soup(answer)
    assert said in page.find(id="field-certification").text
    assert page.find("textarea", id="motif").text.strip() == "Erreur de code"
    assert place.stored() == before


def test_it_is_not_for_organisations(place):
    for answer in (
        place.send(NEW, who=place.of),
        place.of.get(place.search),
        place.of.post(place.search, {"code": NEW}),
    ):
        assert answer.status_code == 404
    assert place.stored()[0] == OLD


def test_what_is_no_code_of_the_move_has_no_search(place):
    assert place.carif.get(place.search.replace("certification", "intitule")).status_code == 404


def test_the_organisation_reads_it_and_says_that_it_has_seen(place):
    place.send(NEW)
    url = f"/{SLUG}/espace/fiches/{place.formation}"
    assert "Certification remplacée" in place.of.get(url).text
    assert place.of.post(f"{url}/actions/vu").status_code == 303
    assert place.stored() == (NEW, "garde")
