"""What answers fix in a step: read only with its reason, whatever is sent; what is not taken does not say it is."""

import uuid

from portal.domain.sheets.models import Sheet
from tests.support.htmx import form_data, soup
from tests.support.people import inside
from tests.web.org.codes.conftest import SLUG, choose, send


def answer(person, step, **values):
    data = form_data(person.get(step))
    for name, value in values.items():
        data[name] = value
    return send(person, step, data)


def test_an_answer_fixes_another_field_and_the_page_says_why(person, step, stored):
    answer(person, step, intitule="Cuisine", etendue="partielle")
    answer(person, step, individualise="non")

    field = soup(person.get(step)).find(id="field-etendue")

    assert stored().data["etendue"] == "totale"
    assert field.find(["input", "select"]) is None and "Totale" in field.text
    assert field.select_one(".origin").text.strip() == "Sans individualisation la validation est totale."


def test_cells_are_fixed_too_whatever_a_form_says(person, step, stored):
    choose(person, step)
    blocks = step.replace("/formation", "/blocs")
    first = form_data(person.get(blocks))
    first.poplist("blocs-0-retenu")
    send(person, blocks, first)
    assert [row.get("retenu", False) for row in stored().data["blocs"]] == [False, True]

    answer(person, step, individualise="non")
    send(person, blocks, first)

    assert [row["retenu"] for row in stored().data["blocs"]] == [True, True]
    cell = soup(person.get(blocks)).find(id="field-blocs-0-retenu")
    assert cell.select_one(".origin").text.strip() == "Fixé d'après vos autres réponses"
    assert cell.find("input", {"type": "checkbox"}) is None


def test_a_title_that_nothing_gives_does_not_say_where_it_comes_from(app, person, step, formation: uuid.UUID):
    with inside(app, SLUG) as session:
        session.get(Sheet, formation).programme = "e2c"
    page = soup(person.get(step))
    assert "Certif Info" not in page.find(id="field-intitule").text
    assert page.find(id="field-domaine_principal").select_one(".origin").text.strip() == "Fixé par le programme"
    assert "Ces éléments ne sont pas modifiables" not in page.text
