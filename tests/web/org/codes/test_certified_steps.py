"""What a certification brings to the steps of a sheet: facts, blocks, warnings, a code replaced."""

from tests.support.htmx import after_swap, form_data, soup
from tests.web.org.codes.conftest import TITLE, choose, send

BLOCKS = ["RNCP35030BC01", "RNCP35030BC02"]


def test_saving_codes_again_as_they_are_shown_changes_nothing(person, step, stored):
    data = form_data(person.get(step))
    data["certification"], data["domaines"] = "109049", "15061 ; 31090"
    send(person, step, data)
    version = stored().version
    assert send(person, step, form_data(person.get(step))).status_code == 303
    blocks = step.replace("/formation", "/blocs")
    assert send(person, blocks, form_data(person.get(blocks))).status_code == 303
    assert stored().version == version


def test_a_certification_chosen_brings_its_facts_read_only(person, step, stored):
    answer = choose(person, step)
    assert answer.status_code == 303
    page = soup(person.get(answer.location))
    assert "Ces éléments ne sont pas modifiables." in page.text
    field = page.find(id="field-intitule")
    assert TITLE in field.text
    assert field.select_one(".origin").text.strip() == "Certif Info"
    assert field.find("input") is None
    assert "Niveau 5 (Bac + 2)" in page.find(id="field-niveau").text
    assert "2026" in page.find(id="field-derniere_session").text
    assert stored().title == TITLE
    assert "intitule" not in stored().data


def test_what_somebody_sends_for_a_fact_is_not_written(person, step, stored):
    choose(person, step)
    data = form_data(person.get(step))
    data["intitule"] = "Autre intitulé"
    send(person, step, data)
    assert stored().title == TITLE
    assert "intitule" not in stored().data


def test_an_unknown_code_warns_and_leaves_its_facts_to_be_typed(person, step, stored):
    data = form_data(person.get(step))
    data["certification"], data["intitule"] = "999999", "Ma formation"
    assert send(person, step, data).status_code == 303
    assert (stored().data["certification"], stored().data["intitule"]) == ("999999", "Ma formation")
    page = soup(person.get(step))
    assert "inconnu de la liste de référence" in page.find(id="field-certification").text
    assert page.find("input", attrs={"name": "intitule"}) is not None
    assert "Ces éléments ne sont pas modifiables." not in page.text


def test_blocks_come_as_rows_with_a_box_ticked_at_first(person, step, stored):
    choose(person, step)
    blocks = step.replace("/formation", "/blocs")
    page = soup(person.get(blocks))
    ids = [page.find("input", attrs={"name": f"blocs-{i}-_id"})["value"] for i in (0, 1)]
    assert ids == BLOCKS
    assert page.find("input", attrs={"name": "blocs-0-retenu"}).has_attr("checked")
    assert page.find(id="field-blocs-0-intitule").find("input") is None
    assert page.find("button", attrs={"name": "_ajouter"}) is None
    data = form_data(person.get(blocks))
    data.poplist("blocs-1-retenu")
    data["blocs-0-heures"] = "12,5"
    assert send(person, blocks, data).status_code == 303
    rows = {row["_id"]: row for row in stored().data["blocs"]}
    assert list(rows) == BLOCKS
    assert rows[BLOCKS[0]]["heures"] == "12.5"
    assert rows[BLOCKS[0]]["retenu"] is True
    assert not rows[BLOCKS[1]].get("retenu")
    page = soup(person.get(blocks))
    assert not page.find("input", attrs={"name": "blocs-1-retenu"}).has_attr("checked")


def test_no_row_is_added_to_those_of_a_source(person, step):
    choose(person, step)
    blocks = step.replace("/formation", "/blocs")
    assert send(person, f"{blocks}/lignes/blocs", form_data(person.get(blocks))).status_code == 404


def test_a_replaced_code_says_so_and_its_successor_is_one_press_away(person, step, stored, replaced):
    choose(person, step)
    page = person.get(step)
    field = soup(page).find(id="field-certification")
    assert "Code remplacé : 109049 l’est par Assistant RH nouveau (990001)." in field.text
    assert "il est remplacé par 990001" in field.text
    button = field.find("button", attrs={"value": "certification:109049:990001"})
    data = form_data(page)
    data[button["name"]], data["certificateur"] = button["value"], "Un ministère"
    answer = send(person, step, data)
    assert answer.status_code == 303
    assert stored().data["certification"] == "990001"
    assert "Code remplacé" not in person.get(step).text


def test_a_replaced_code_shows_on_the_sheet(person, step, replaced):
    choose(person, step)
    assert "Code remplacé : 109049" in person.get(step.replace("/etapes/formation", "/recapitulatif")).text


def test_a_certification_checked_on_leaving_it_brings_its_facts_at_once(person, step, stored):
    page = person.get(step)
    data = form_data(page)
    data["certification"] = "109049"
    checked = send(person, f"{step}/champs/certification", data, htmx=True)
    assert checked.headers["HX-Retarget"] == "#sheet-body"
    assert TITLE in checked.text
    saved = send(person, f"{step}?_action=autosave", data, htmx=True)
    assert saved.status_code == 200
    swapped = soup(after_swap(after_swap(page, checked, "#field-certification"), saved, "#saved"))
    assert str(swapped.find(id="sheet-body")) == str(soup(person.get(step)).find(id="sheet-body"))


def test_facts_are_read_once_however_many_fields_take_them(person, step, statements):
    choose(person, step)
    person.get(step)
    with statements() as seen:
        person.get(step)
    asked = [one for one in seen if "FROM ref_certification" in one]
    assert len([one for one in asked if "ref_certification_block" in one]) == 1
    assert len(asked) <= 3  # the facts, their blocks, what rules and words ask of the code
