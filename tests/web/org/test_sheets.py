"""A sheet's page: where it stands, its tabs, what may be done with it."""

from tests.support.htmx import form_data, soup


def tab(browser, offer, sheet_id, name):
    return browser.get(offer.href(sheet_id, f"?onglet={name}"))


def test_the_region_s_header_is_over_the_dossier(of, offer):
    tree = soup(of.get(offer.href(offer.dossier)))
    assert tree.h1.text == "Dossier n°Texte - Offre EOS"
    lines = [li.text for li in tree.select(".header-lines li")]
    assert lines[0] == "Lot Texte : Texte Du 01/01/2026 au 31/12/2027 fin exéc. : 31/12/2028"
    assert "Programme : Former Pour l'Emploi 2021-2025" in lines
    assert "Etat : En cours d'exécution" in lines


def test_the_tabs_are_those_of_the_region(of, offer):
    labels = [a.text for a in soup(of.get(offer.href(offer.dossier))).select(".tabs a")]
    assert labels[:3] == ["Général", "Action", "Sessions"]
    assert labels[-2:] == ["Suivi", "Historique"]


def test_a_tab_lists_what_is_below(of, offer):
    page = tab(of, offer, offer.dossier, "action")
    assert soup(page).find(id=f"sheet-row-{offer.action}")
    page = soup(tab(of, offer, offer.action, "sessions"))
    assert page.find(id=f"sheet-row-{offer.session}")
    assert "Créer une session supplémentaire" in page.text


def test_under_htmx_the_tab_alone(of, offer):
    part = of.get(offer.href(offer.dossier, "?onglet=action"), htmx=True)
    assert soup(part).find(id="sheet-tab")
    assert "<html" not in part.text


def test_the_contact_of_the_dossier_is_typed_under_its_sessions(of, offer, change, stored):
    change(offer.dossier, contact_nom=None)
    page = tab(of, offer, offer.dossier, "sessions")
    tree = soup(page)
    assert "Enregistrer les informations du contact marché" in tree.text
    assert "Le contact pédagogique doit être saisi avant de pouvoir créer ou éditer une session" in tree.text
    data = form_data(page)
    data["contact_nom"] = "Line Faure"
    answer = of.post(offer.step("contact", offer.dossier), data.to_dict(flat=False))
    assert (answer.status_code, answer.location) == (303, offer.href(offer.dossier, "?onglet=sessions"))
    assert stored(offer.dossier).data["contact_nom"] == "Line Faure"


def test_a_subsidy_words_its_button_otherwise(of, offer, change):
    change(offer.dossier, mode="subvention")
    page = tab(of, offer, offer.dossier, "sessions")
    assert "Enregistrer les informations du contact" in page.text
    assert "contact marché" not in page.text


def test_steps_say_where_they_stand(of, offer):
    tree = soup(of.get(offer.href(offer.session)))
    assert "Vide" in tree.find(id="step-formation").text
    whole = soup(of.get(offer.href(offer.whole)))
    assert "Complète" in whole.find(id="step-formation").text


def test_changes_not_sent_are_said(of, region, offer, change):
    of.post(offer.href(offer.whole, "/actions/envoyer"))
    assert "Modifications non transmises" not in of.get(offer.href(offer.whole)).text
    region.post(offer.href(offer.whole, "/actions/approuver"))
    assert "Modifications non transmises" not in of.get(offer.href(offer.whole)).text
    change(offer.whole, libelle_public="Autrement")
    assert "Modifications non transmises" in of.get(offer.href(offer.whole)).text


def test_what_may_not_be_done_yet_says_why(of, offer, change):
    change(offer.session, type="O")
    text = soup(of.get(offer.href(offer.session))).select_one(".blocked").text
    assert "Seule une session supplémentaire jamais transmise peut être supprimée" in text


def test_who_decides_may_look(region, offer):
    assert region.get(offer.href(offer.session)).status_code == 200


def test_what_is_another_s_is_not_there(other, offer, client):
    assert other.get(offer.href(offer.session)).status_code == 404
    assert other.get("/eos/espace/fiches/00000000-0000-7000-8000-000000000000").status_code == 404
    assert client.get(offer.href(offer.session)).status_code == 303


def test_communes_are_suggested(of, offer):
    page = of.get("/eos/espace/suggestions/communes?q=champ")
    assert page.status_code == 200
    assert soup(page).select("li[role=option]")
    assert of.get("/eos/espace/suggestions/inconnue?q=x").status_code == 404
