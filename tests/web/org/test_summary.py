"""The summary: everything read, each fault linked to its field, what is left to do."""

from tests.support.htmx import soup


def lines(page):
    return {
        li.get_text(" ", strip=True): (li["class"][0], (li.a or {}).get("href"))
        for li in soup(page).select("#checklist li")
    }


def test_a_whole_session_has_everything_ticked_and_its_button(of, offer):
    page = of.get(offer.href(offer.whole, "/recapitulatif"))
    assert page.status_code == 200
    assert {kind for kind, _ in lines(page).values()} == {"is-done"}
    assert any(b.text.strip() == "Envoyer vers Région" for b in soup(page).find_all("button"))


def test_what_is_missing_leads_to_its_field(of, offer):
    found = lines(of.get(offer.href(rest="/recapitulatif")))
    missing = {text: href for text, (kind, href) in found.items() if kind == "is-missing"}
    start = next(text for text in missing if text.startswith("Date début session"))
    assert missing[start] == f"{offer.step('calendrier')}#field-date_debut"
    assert any(text.startswith("Organisme formateur") for text in missing)
    assert any(text.startswith("Le contact pédagogique") for text, (kind, _) in found.items() if kind == "is-done")


def test_what_must_be_done_first_is_told_with_its_place(of, offer, change):
    change(offer.dossier, contact_tel=None)
    page = of.get(offer.href(rest="/recapitulatif"))
    missing = {text: href for text, (kind, href) in lines(page).items() if kind == "is-missing"}
    text = "Le contact pédagogique doit être saisi avant de pouvoir créer ou éditer une session"
    assert next(href for t, href in missing.items() if text in t).startswith(offer.step("contact", offer.dossier))


def test_values_are_read_in_french(of, offer):
    tree = soup(of.get(offer.href(offer.whole, "/recapitulatif")))
    assert "04/05/2026" in tree.text
    assert "Entrées/Sorties fixes" in tree.text
    assert "HECATE FORMATION (63320 Champeix)" in tree.text


def test_a_warning_is_a_warning(of, offer, change):
    change(offer.whole, effectif_vise=12)
    found = lines(of.get(offer.href(offer.whole, "/recapitulatif")))
    heeded = [text for text, (kind, _) in found.items() if kind == "is-heed"]
    assert any("La somme des effectifs par financeur diffère" in text for text in heeded)


def test_what_was_typed_and_is_not_valid_is_shown_with_its_fault(of, offer):
    of.post(offer.step("prescription"), {"contact_mail": "pas une adresse"})
    tree = soup(of.get(offer.href(rest="/recapitulatif")))
    assert "pas une adresse" in tree.text
    assert tree.select("main .fault")


def test_another_organisation_s_summary_is_not_there(other, offer):
    assert other.get(offer.href(rest="/recapitulatif")).status_code == 404
