"""One step: shown, saved by itself, saved when asked, checked field by field; nothing typed is ever lost."""

import re

import pytest

from tests.support.htmx import after_swap, form_data, same_page, soup

SAVED = "Brouillon enregistré"


def typed(page, **values):
    """The form of a page, with other values."""
    data = form_data(page)
    for name, value in values.items():
        data.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
    return data


def save(browser, url, data, **kwargs):
    return browser.post(url, data.to_dict(flat=False), **kwargs)


def autosave(browser, url, data):
    return save(browser, url, data, htmx=True, query_string={"_action": "autosave"})


def test_the_page_says_where_one_is(of, offer):
    page = of.get(offer.step("formation"))
    tree = soup(page)
    assert page.status_code == 200
    assert tree.h1.text == "Modification d'une session (état : A finaliser)"
    assert tree.select_one(".step-count").text == "Étape 1 sur 5"
    assert tree.select_one("#stepper li").text.split()[-1] == "Vide"
    assert "appel d'offre sont : [HECATE FORMATION (63320 Champeix)]" in tree.text
    assert "Dossier n°Texte - Offre EOS" in tree.select_one(".header-lines").text


def test_under_htmx_the_step_alone(of, offer):
    part = of.get(offer.step("formation"), htmx=True)
    assert part.status_code == 200
    assert "<html" not in part.text
    assert soup(part).find(id="sheet-step")


def test_a_page_sent_back_untouched_changes_nothing(of, offer, stored):
    before = stored(offer.whole)
    for step in ("formation", "prescription", "places", "calendrier", "evenements"):
        url = offer.step(step, offer.whole)
        assert save(of, url, typed(of.get(url))).status_code == 303
    after = stored(offer.whole)
    assert (after.version, after.data, after.raw) == (before.version, before.data, before.raw)


@pytest.mark.parametrize("step", ["inconnue", "evenements_"])
def test_an_unknown_step_is_not_there(of, offer, step):
    assert of.get(offer.step(step)).status_code == 404


def test_what_is_another_organisation_s_is_not_there(other, offer):
    assert other.get(offer.step("formation")).status_code == 404
    assert other.post(offer.step("formation"), {"libelle_public": "à moi"}).status_code == 404


def test_saving_goes_on_to_the_next_step(of, offer, stored):
    data = typed(of.get(offer.step("formation")), libelle_public="Hydrobalnéologue", _action="continuer")
    answer = save(of, offer.step("formation"), data)
    assert answer.status_code == 303
    assert answer.location == offer.step("prescription")
    assert stored(offer.session).data["libelle_public"] == "Hydrobalnéologue"


def test_saving_a_draft_stays(of, offer):
    data = typed(of.get(offer.step("formation")), libelle_public="Hydrobalnéologue", _action="brouillon")
    answer = save(of, offer.step("formation"), data)
    assert (answer.status_code, answer.location) == (303, offer.step("formation"))


def test_the_last_step_leads_to_the_summary(of, offer):
    data = typed(of.get(offer.step("evenements")), _action="continuer")
    assert save(of, offer.step("evenements"), data).location == offer.href(rest="/recapitulatif")


def test_sent_twice_it_has_no_second_effect(of, offer, stored):
    data = typed(of.get(offer.step("formation")), libelle_public="Hydrobalnéologue")
    assert [save(of, offer.step("formation"), data).status_code for _ in range(2)] == [303, 303]
    assert stored(offer.session).version == 2


def test_autosave_says_when(of, offer, stored):
    page = of.get(offer.step("formation"))
    part = autosave(of, offer.step("formation"), typed(page, libelle_public="Hydro"))
    assert part.status_code == 200
    assert f"{SAVED} à " in soup(part).find(id="saved").text
    assert soup(part).find("input", attrs={"name": "version"})["value"] == "2"
    assert stored(offer.session).data["libelle_public"] == "Hydro"


def test_after_autosave_and_check_the_page_is_the_page_loaded_again(of, offer):
    url = offer.step("prescription")
    page = of.get(url)
    data = typed(page, contact_tel="06.12.34.56.78", fin_prescription="2026-03-01", debut_prescription="2026-03-10")
    swapped = after_swap(page, autosave(of, url, data), "#saved")
    for name in ("contact_tel", "debut_prescription", "fin_prescription"):
        swapped = after_swap(swapped, save(of, f"{url}/champs/{name}", data, htmx=True), f"#field-{name}")
    again = of.get(url)
    assert "La prescription se termine avant de commencer." in again.text
    same_page(swapped, again)


def test_an_autosave_that_waited_carries_the_version_of_the_one_before(of, offer, stored):
    url = offer.step("formation")
    page = of.get(url)
    swapped = after_swap(page, autosave(of, url, typed(page, libelle_public="Hy")), "#saved")
    assert autosave(of, url, typed(swapped, libelle_public="Hydro")).status_code == 200
    assert stored(offer.session).data["libelle_public"] == "Hydro"


def test_an_invalid_value_is_kept_and_marked_and_blocks_nothing(of, offer, stored):
    url = offer.step("prescription")
    data = typed(of.get(url), contact_mail="pas une adresse", contact_nom="Line Faure")
    part = autosave(of, url, data)
    assert part.status_code == 200
    sheet = stored(offer.session)
    assert (sheet.data["contact_nom"], sheet.raw["contact_mail"]) == ("Line Faure", "pas une adresse")
    again = soup(of.get(url))
    assert again.find("input", attrs={"name": "contact_mail"})["value"] == "pas une adresse"
    assert again.find("input", attrs={"name": "contact_mail"})["aria-invalid"] == "true"


def test_saving_an_invalid_value_answers_the_form_with_its_fault(of, offer, stored):
    url = offer.step("prescription")
    data = typed(
        of.get(url), contact_mail="pas une adresse", commentaire="Première ligne\r\nDeuxième", _action="continuer"
    )
    answer = save(of, url, data)
    tree = soup(answer)
    assert answer.status_code == 422
    assert tree.select_one("#faults a")["href"] == "#field-contact_mail"
    assert tree.find("textarea", attrs={"name": "commentaire"}).text.strip() == "Première ligne\nDeuxième"
    assert stored(offer.session).data["commentaire"] == "Première ligne\nDeuxième"


def test_a_rule_broken_on_saving_is_told_at_its_field_and_the_draft_is_kept(of, offer, stored):
    url = offer.step("prescription")
    data = typed(of.get(url), debut_prescription="2026-03-10", fin_prescription="2026-03-01")
    answer = save(of, url, data)
    assert answer.status_code == 422
    assert "La prescription se termine avant de commencer." in answer.text
    assert stored(offer.session).data["fin_prescription"] == "2026-03-01"


def test_a_text_of_100_kb_is_refused_at_its_place_and_kept(of, offer, stored):
    url, text = offer.step("prescription"), "x" * 100_000
    answer = save(of, url, typed(of.get(url), commentaire=text))
    assert answer.status_code == 422
    assert "2" in soup(answer).find(id="error-c-commentaire").text
    assert stored(offer.session).raw["commentaire"] == text


def test_a_text_too_long_to_be_kept_is_shown_back(of, offer, stored):
    url, text = offer.step("prescription"), "x" * 300_000
    answer = save(of, url, typed(of.get(url), commentaire=text, contact_nom="Line Faure"))
    assert answer.status_code == 422
    assert "trop long pour être gardé" in answer.text
    assert text in answer.text
    assert "commentaire" not in stored(offer.session).raw
    assert stored(offer.session).data["contact_nom"] == "Line Faure"


def test_leaving_a_field_answers_what_there_is_to_say_of_it(of, offer, stored):
    url = offer.step("prescription")
    data = typed(of.get(url), contact_mail="pas une adresse", contact_tel="0612345678")
    wrong = soup(save(of, f"{url}/champs/contact_mail", data, htmx=True))
    assert "field-error" in wrong.find(id="field-contact_mail")["class"]
    right = soup(save(of, f"{url}/champs/contact_tel", data, htmx=True))
    assert right.find("input")["value"] == "06 12 34 56 78"
    assert stored(offer.session).raw == {}


def test_leaving_an_unknown_field_is_not_there(of, offer):
    url = offer.step("prescription")
    data = typed(of.get(url))
    assert save(of, f"{url}/champs/inconnu", data, htmx=True).status_code == 404


def test_the_insee_code_is_proposed_from_the_postal_code_and_the_town(of, offer):
    url = offer.step("formation")
    page = of.get(url)
    page = after_swap(
        page,
        save(of, f"{url}/champs/adresse_differente", typed(page, adresse_differente="1"), htmx=True),
        "#sheet-body",
    )
    data = typed(page, adresse__code_postal="69008", adresse__commune="Lyon 8e")
    part = soup(save(of, f"{url}/champs/adresse", data, htmx=True))
    assert part.find("input", attrs={"name": "adresse-code_postal"})["value"] == "69008"
    assert part.find("input", attrs={"name": "adresse-pays"})["value"] == "FRANCE"


def test_a_box_that_opens_a_field_swaps_the_step_and_keeps_what_is_typed(of, offer, stored):
    url = offer.step("formation")
    page = of.get(url)
    data = typed(page, adresse_differente="1", libelle_public="Hydro", organisme_formateur="champeix")
    part = save(of, f"{url}/champs/adresse_differente", data, htmx=True)
    assert part.headers["HX-Retarget"] == "#sheet-body"
    swapped = after_swap(page, part, "#field-adresse_differente")
    tree = soup(swapped)
    assert tree.find("input", attrs={"name": "libelle_public"})["value"] == "Hydro"
    assert tree.find("input", attrs={"name": "adresse-commune"})["value"] == "Champeix"
    again = after_swap(swapped, autosave(of, url, form_data(swapped)), "#saved")
    assert stored(offer.session).data["adresse"]["commune"] == "Champeix"
    same_page(again, of.get(url))


def test_without_script_the_same_box_and_what_it_opens_are_saved_in_turn(of, offer, stored):
    url = offer.step("formation")
    save(of, url, typed(of.get(url), adresse_differente="1", organisme_formateur="champeix"))
    save(of, url, typed(of.get(url), adresse__code_postal="69008", adresse__commune="Lyon"))
    assert stored(offer.session).data["adresse"]["commune"] == "Lyon"
    data = typed(of.get(url))
    data.poplist("adresse_differente")
    save(of, url, data)
    assert "adresse_differente" not in stored(offer.session).data


def test_a_field_that_appears_with_what_is_typed_beside_it_is_saved_with_it(of, offer, stored):
    url = offer.step("formation")
    data = typed(of.get(url), adresse_differente="1", adresse__code_postal="69008", adresse__commune="Lyon")
    assert save(of, url, data).status_code == 303
    assert stored(offer.session).data["adresse"]["commune"] == "Lyon"


def test_different_fields_are_both_kept(of, colleague, offer, stored):
    url = offer.step("prescription")
    mine, theirs = typed(of.get(url), contact_nom="Line"), typed(colleague.get(url), contact_tel="0612345678")
    assert save(of, url, mine).status_code == 303
    assert save(colleague, url, theirs).status_code == 303
    sheet = stored(offer.session)
    assert (sheet.data["contact_nom"], sheet.data["contact_tel"]) == ("Line", "0612345678")


def test_texts_of_several_lines_that_one_left_alone_do_not_conflict(of, colleague, offer, change, stored):
    url = offer.step("prescription")
    change(offer.session, commentaire="Une ligne\nDeux lignes")
    mine, theirs = typed(of.get(url), commentaire="Trois"), typed(colleague.get(url), contact_nom="Karim")
    theirs["commentaire"] = "Une ligne\r\nDeux lignes"
    assert save(of, url, mine).status_code == 303
    assert save(colleague, url, theirs).status_code == 303
    assert stored(offer.session).data["commentaire"] == "Trois"


def test_the_same_field_shows_both_values_and_asks(of, colleague, offer, stored):
    url = offer.step("prescription")
    mine, theirs = typed(of.get(url), contact_nom="Line"), typed(colleague.get(url), contact_nom="Karim")
    save(of, url, mine)
    answer = save(colleague, url, theirs)
    assert answer.status_code == 409
    tree = soup(answer)
    words = tree.select_one("#field-contact_nom .conflict").text
    assert re.search(r"Modifié entre-temps par [^,]+, à \d\d:\d\d", words)
    assert "une autre personne" not in words
    assert "Line" in words
    assert "Karim" in words
    kept = form_data(answer)
    assert kept["contact_nom"] == "Karim"
    assert save(colleague, url, kept).status_code == 409, "asked again as long as nothing was chosen"
    kept["_garder"] = "contact_nom:mine"
    assert save(colleague, url, kept).status_code == 303
    assert stored(offer.session).data["contact_nom"] == "Karim"


def test_one_may_take_the_other_value(of, colleague, offer, stored):
    url = offer.step("prescription")
    mine, theirs = (
        typed(of.get(url), contact_nom="Line"),
        typed(colleague.get(url), contact_nom="Karim", contact_tel="0612345678"),
    )
    save(of, url, mine)
    kept = form_data(save(colleague, url, theirs))
    kept["_garder"] = "contact_nom:theirs"
    assert save(colleague, url, kept).status_code == 303
    sheet = stored(offer.session)
    assert (sheet.data["contact_nom"], sheet.data["contact_tel"]) == ("Line", "0612345678")


def test_a_conflict_met_by_autosave_is_shown_at_the_field(of, colleague, offer):
    url = offer.step("prescription")
    page = colleague.get(url)
    save(of, url, typed(of.get(url), contact_nom="Line"))
    part = autosave(colleague, url, typed(page, contact_nom="Karim"))
    assert part.status_code == 409
    swapped = after_swap(page, part, "#saved")
    assert "Line" in soup(swapped).select_one("#field-contact_nom .conflict").text
    assert form_data(swapped)["contact_nom"] == "Karim"


def test_a_page_that_says_its_version_only_still_conflicts(of, colleague, offer, stored):
    url = offer.step("prescription")
    version = form_data(colleague.get(url))["version"]
    save(of, url, typed(of.get(url), contact_nom="Line"))
    answer = colleague.post(url, {"contact_nom": "Karim", "version": version})
    assert answer.status_code == 409
    assert stored(offer.session).data["contact_nom"] == "Line"


def test_a_locked_sheet_is_read_and_says_why(of, offer, change):
    change(offer.session, session="validee_of")
    page = of.get(offer.step("formation"))
    assert page.status_code == 200
    assert "Session en cours de validation par la Région." in page.text
    assert soup(page).find("form", id="sheet-form") is None


def test_words_sent_to_a_locked_sheet_are_refused_and_given_back(of, offer, change, stored):
    data = typed(of.get(offer.step("formation")), libelle_public="Mes mots")
    change(offer.session, session="validee_of")
    answer = save(of, offer.step("formation"), data)
    assert answer.status_code == 409
    assert "Session en cours de validation par la Région." in answer.text
    assert "Mes mots" in answer.text
    part = autosave(of, offer.step("formation"), data)
    assert part.status_code == 409
    assert "Session en cours de validation par la Région." in soup(part).find(id="saved").text
    assert "libelle_public" not in stored(offer.session).data


def test_what_must_be_done_first_is_said_with_where_to_do_it(of, offer, change):
    change(offer.dossier, contact_mail=None)
    change(offer.action, contenu=None)
    page = of.get(offer.step("formation"))
    tree = soup(page)
    assert "Le contact pédagogique doit être saisi avant de pouvoir créer ou éditer une session" in tree.text
    assert (
        "Le descriptif de toutes les actions doit être complété avant de pouvoir créer ou éditer une session."
        in tree.text
    )
    hrefs = [a["href"] for a in tree.select(".notice a")]
    assert hrefs[0].startswith(offer.step("contact", offer.dossier) + "#field-contact_")
    assert hrefs[1] == f"/eos/espace/demande/nouveau?parent={offer.dossier}"
    assert tree.find("form", id="sheet-form") is None


def test_nothing_is_saved_until_then(of, offer, change, stored):
    data = typed(of.get(offer.step("formation")), libelle_public="Mes mots")
    change(offer.dossier, contact_mail=None)
    answer = save(of, offer.step("formation"), data)
    assert answer.status_code == 409
    assert "Mes mots" in answer.text
    assert "libelle_public" not in stored(offer.session).data


def test_a_lost_session_keeps_the_form(of, offer, client):
    data = typed(of.get(offer.step("formation")), libelle_public="Mes mots")
    answer = client.post(
        offer.step("formation") + "?_action=autosave",
        data=data.to_dict(flat=False),
        headers={"HX-Request": "true", "HX-Request-Type": "partial"},
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Retarget"] == "#modal"
    assert "Reconnectez-vous" in answer.text


def test_a_button_of_a_move_saves_before_it_moves(of, offer, stored):
    url = offer.step("formation", offer.whole)
    data = typed(of.get(url), libelle_public="Dernier mot", _faire="envoyer")
    answer = save(of, url, data)
    assert (answer.status_code, answer.location) == (303, offer.href(offer.whole))
    sheet = stored(offer.whole)
    assert (sheet.data["libelle_public"], sheet.state("session")) == ("Dernier mot", "validee_of")


@pytest.mark.parametrize("page", ["/etapes/evenements?ligne=evenements:neuve123", "/etapes/formation"])
def test_enter_in_a_field_saves_the_draft(of, offer, page):
    tree = soup(of.get(offer.href(rest=page)))
    own = [b for b in tree.find_all("button") if b.get("form") == "sheet-form" or b.find_parent(id="sheet-form")]
    pressed = own[0]
    assert (pressed["name"], pressed["value"]) == ("_action", "brouillon")


MEMBERSHIP = ("set_config", "app_user", "membership")


@pytest.mark.parametrize("how", ["autosave", "brouillon"])
def test_a_step_saved_asks_few_questions_of_the_database(of, offer, statements, how):
    url = offer.step("prescription")
    data = typed(of.get(url), contact_nom="Line", _action=how)
    with statements() as seen:
        answer = of.client.post(url, data=data.to_dict(flat=False))
    assert answer.status_code == {"autosave": 200, "brouillon": 303}[how]
    asked = [s for s in seen if not any(name in s for name in MEMBERSHIP)]
    assert len(asked) <= 8, "\n".join(s[:160] for s in asked)
