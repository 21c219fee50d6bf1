"""Codes looked for and chosen: suggestions under the field, the pages of a search, the dialog."""

import pytest

from tests.support.htmx import after_swap, form_data, soup
from tests.support.people import play, signed_in
from tests.web.org.codes.conftest import SLUG, TITLE, choose, send


@pytest.mark.parametrize(
    ("table", "text", "value", "more"),
    [
        ("certifications", "assistant ressources humaines", f"{TITLE} (109049)", "RNCP35030"),
        ("formacodes", "15061", "Accompagnement vers emploi (15061)", ""),
        ("nsf", "326", "Informatique, traitement de l'information, réseaux de transmission (326)", None),
        ("rome", "M1501", "Assistanat en ressources humaines (M1501)", None),
    ],
)
def test_suggestions_say_the_words_the_code_and_what_tells_them_apart(person, table, text, value, more):
    page = soup(person.get(f"/{SLUG}/espace/suggestions/{table}?q={text}", htmx=True))
    option = page.find("li", attrs={"data-value": value})
    assert option is not None, page
    assert option["role"] == "option"
    second = option.select_one(".more")
    assert (second is None) is (more is None)
    assert more is None or more in second.text


def test_what_a_list_suggested_is_read_back_as_a_code(person, step, stored):
    data = form_data(person.get(step))
    data["certification"], data["specialite"] = f"{TITLE} (109049)", "Informatique (326)"
    data["metier"], data["domaines"] = "Assistanat (M1501)", "Accompagnement vers emploi (15061) ; 31090"
    assert send(person, step, data).status_code == 303
    held = stored().data
    assert (held["certification"], held["specialite"], held["metier"]) == ("109049", "326", "M1501")
    assert held["domaines"] == ["15061", "31090"]
    assert form_data(person.get(step))["domaines"] == "15061 ; 31090"
    assert "Accompagnement vers emploi (15061)" in soup(person.get(step)).find(id="field-domaines").text


def test_the_search_button_keeps_what_was_typed_and_opens_the_search(person, step, stored):
    data = form_data(person.get(step))
    data["intitule"], data["effectif"], data["_choisir"] = "Mots tapés", "pas un nombre", "certification"
    answer = send(person, step, data)
    assert answer.status_code == 303
    assert answer.location.endswith("/champs/certification/choisir")
    assert stored().data["intitule"] == "Mots tapés"
    assert stored().raw["effectif"] == "pas un nombre"
    page = soup(person.get(answer.location))
    assert page.h1.text.startswith("Recherche Certif Info")
    labels = {label.text for label in page.select("form[role=search] label")}
    assert labels == {
        "Niveau", "Type de certification", "Intitulé/code de la certification", "Certificateurs", "Code RNCP",
    }  # fmt: skip


@pytest.mark.parametrize(
    "asked", ["q=assistant+ressources+humaines", "rncp=RNCP35030", "q=109049", "certificateur=travail&niveau=5"]
)
def test_certifications_are_found_as_a_tree_with_their_facts(person, step, asked):
    page = soup(person.get(f"{step}/champs/certification/choisir?{asked}"))
    button = page.find("button", attrs={"name": "code", "value": "109049"})
    assert button is not None
    kind, level = button.find_parents("details")
    assert level.summary.text == "Niveau 5 (Bac + 2)"
    assert kind.summary.text
    facts = page.find(id="facts-109049")
    told = dict(zip([d.text for d in facts.find_all("dt")], [d.text for d in facts.find_all("dd")], strict=True))
    assert told["Code Certifinfo"] == "109049"
    assert told["Code RNCP"] == "RNCP35030"
    assert told["Année de dernière session"] == "2026"
    assert told["Certificateur"].startswith("Ministère")


def test_a_search_that_finds_nothing_says_that_the_code_may_be_typed(person, step):
    page = person.get(f"{step}/champs/certification/choisir?q=zzzzzz&niveau=quarante&rncp=xyz")
    assert "saisissez-le dans le champ" in page.text


def test_formacodes_are_found_by_words_and_down_the_tree(person, step):
    href = f"{step}/champs/domaines/choisir"
    page = soup(person.get(f"{href}?q=accompagnement+vers+emploi"))
    assert page.find("input", attrs={"name": "code", "value": "15061", "type": "checkbox"}) is not None
    top = soup(person.get(href))
    unfold = next(a for a in top.select("#picks ul a") if "sous=" in a["href"])
    below = soup(person.get(unfold["href"]))
    assert "Tous les domaines" in below.text
    assert below.select("#picks ul input[name=code]")


def test_codes_ticked_are_kept_from_one_search_to_the_next_then_validated(person, step, stored):
    href = f"{step}/champs/domaines/choisir"
    answer = person.post(href, {"code": ["15061"], "_action": "garder", "q": "informatique"})
    assert answer.status_code == 303
    page = person.get(answer.location)
    assert soup(page).find(id="pick-15061").has_attr("checked")
    assert soup(page).find("input", id="choose-q")["value"] == "informatique"
    assert "domaines" not in stored().data
    answer = person.post(href, {"code": ["15061", "31090", "15061"], "_action": "valider"})
    assert answer.location.endswith("#field-domaines")
    assert stored().data["domaines"] == ["15061", "31090"]
    assert soup(person.get(href)).find(id="pick-31090").has_attr("checked")


def test_too_many_codes_are_kept_as_typed_and_marked(person, step, stored):
    href = f"{step}/champs/domaines/choisir"
    person.post(href, {"code": ["15061", "31090", "15062", "15064"]})
    assert len(stored().raw["domaines"]) == 4
    assert "3 codes au plus" in soup(person.get(step)).find(id="field-domaines").text


def test_with_a_script_the_search_is_a_dialog_and_a_new_search_changes_its_inside(person, step):
    href = f"{step}/champs/certification/choisir"
    dialog = person.get(href, htmx=True)
    page = after_swap(person.get(step), dialog, "#modal", "innerHTML")
    assert soup(page).select_one("#modal dialog[data-open] #choosing form[role=search]") is not None
    found = person.get(f"{href}?q=109049", htmx=True, headers={"HX-Target": "div#choosing"})
    page = soup(after_swap(page, found, "#choosing", "innerHTML"))
    button = page.select_one("#modal #choosing button[value='109049']")
    assert button["data-take"] == "c-certification"
    assert page.find(id="c-certification") is not None


def test_a_field_that_has_no_search_or_is_locked_has_no_page(person, step, app, formation):
    assert person.get(f"{step}/champs/niveau/choisir").status_code == 404
    assert person.get(f"{step}/champs/inconnu/choisir").status_code == 404
    data = form_data(person.get(step))
    data["_choisir"] = "niveau"
    assert send(person, step, data).status_code == 404
    play(app, "ailleurs@exemple.test", SLUG, "org", number=2)
    other = signed_in(app, "ailleurs@exemple.test")
    assert other.get(f"{step}/champs/certification/choisir").status_code == 404
    assert choose(other, step).status_code == 404
