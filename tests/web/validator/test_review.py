"""One sheet for whoever decides: what changed, in its place; the facts; what was decided before."""

import pytest
from bs4 import BeautifulSoup

from portal.tenancy.registry import registry
from tests.web.validator.conftest import SLUG


def address(sheet_id, more=""):
    return f"/{SLUG}/validation/fiches/{sheet_id}{more}"


def read(region, sheet_id, more=""):
    answer = region.region.get(address(sheet_id, more))
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def compared(page):
    """{label: (change, old, new)} of the lines of comparison."""
    return {label: told for label, *told in cells(page)}


def cells(page):
    """(label, change, old, new) of every line of comparison."""
    rows = page.select("table.compare tbody tr")
    return [tuple(" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])) for row in rows]


@pytest.fixture
def modified(region):
    """A session approved once, sent again with other values."""
    sheet = region.session()
    region.press(sheet, "approuver", "validator")
    region.change(sheet, contact_nom="Iris Petit", date_debut="2026-05-04")
    region.press(sheet, "envoyer")
    return sheet


def test_a_first_submission_shows_everything(region):
    page = read(region, region.session())

    text = page.select_one("#review-body").text
    for words in ("Formation et lieu", "Nom contact", "06 12 34 56 78", "Financeurs", "Dossier n°", "Action ·"):
        assert words in text
    assert not compared(page)


def test_a_new_version_shows_what_changed_and_nothing_else(region, modified):
    page = read(region, modified)

    found = compared(page)
    assert found["Nom contact"] == ["Modifié", "Texte", "Iris Petit"]
    assert found["Date début"][1:] == ["01/04/2026", "04/05/2026"]
    assert len(found) == 2
    assert "2 changements" in page.select_one("#review-body h2").text
    assert "Sans changement : Formation et lieu" in page.text


def test_the_whole_on_demand(region, modified):
    page = read(region, modified, "?tout=1")

    found = compared(page)
    assert found["Nom contact"][0] == "Modifié"
    assert found["Mail"] == ["", "contact@exemple.fr", "contact@exemple.fr"]
    assert len(found) > 20
    assert "2 changements" in page.text


def test_the_part_swapped_is_the_part_reloaded(region, modified):
    url = address(modified, "?tout=1")

    texts = [region.region.get(url, htmx=htmx).text for htmx in (True, False)]

    assert "<html" not in texts[0]
    part, whole = (BeautifulSoup(text, "html.parser").select_one("#review-body") for text in texts)
    assert part == whole and part is not None


def test_rows_changed_added_removed_and_moved_are_told_as_such(region):
    one = {"_id": "r1", "type": "infocoll", "date_debut": "2026-03-20", "heure_debut": "09:00"}
    two = {"_id": "r2", "type": "test", "date_debut": "2026-03-21", "heure_debut": "10:00"}
    three = {"_id": "r3", "type": "bilan", "date_debut": "2026-06-01", "heure_debut": "14:00"}
    four = {"_id": "r4", "type": "infocoll", "date_debut": "2026-03-25", "heure_debut": "09:00"}
    sheet = region.session(send=False)
    whole = region.sheet(sheet, lambda s: s.data["evenements"][0])
    rows = [{**whole, **row, "date_fin": row["date_debut"], "heure_fin": "17:00"} for row in (one, two, three, four)]
    region.change(sheet, evenements=rows[:3])
    region.press(sheet, "envoyer")
    region.press(sheet, "approuver", "validator")
    region.change(sheet, evenements=[{**rows[1], "heure_debut": "11:00"}, rows[0], rows[3]])
    region.press(sheet, "envoyer")

    found = {change: (label, old, new) for label, change, old, new in cells(read(region, sheet))}

    assert sorted(found) == ["Ajouté", "Déplacé", "Modifié", "Supprimé"]
    assert found["Modifié"] == ("Événements › Test › Heure de début (HH:MM)", "10h00", "11h00")
    assert found["Déplacé"] == ("Événements › Information Collective", "En position 1", "En position 2")
    assert found["Ajouté"][1] == "—" and "25/03/2026" in found["Ajouté"][2]
    assert "01/06/2026" in found["Supprimé"][1] and found["Supprimé"][2] == "—"


def test_only_the_changed_words_of_a_long_text_are_marked(region):
    words = "Le stagiaire vient avec une tenue de travail, un casque et des gants."
    sheet = region.session(commentaire=words)
    region.press(sheet, "approuver", "validator")
    region.change(sheet, commentaire=words.replace("un casque", "deux casques"))
    region.press(sheet, "envoyer")

    page = read(region, sheet)

    assert [i.text for i in page.select("td.new ins")] == ["deux", "casques"] or "deux casques" in page.select_one(
        "td.new ins"
    ).text.replace("\xa0", " ")
    assert [d.text for d in page.select("td.old del")]
    assert "stagiaire" not in "".join(i.text for i in page.select("ins"))


def test_a_cancellation_sent_meanwhile_is_seen(region):
    sheet = region.session()
    region.press(sheet, "approuver", "validator")
    first = region.sheet(sheet, lambda s: s.approved_revision_id)
    region.press(sheet, "annuler")
    assert region.sheet(sheet, lambda s: s.approved_revision_id) != first

    page = read(region, sheet, "/versions/2")
    assert "Version 2 : mise à jour sans nouvelle décision." in page.text
    found = compared(page)

    assert found["Session annulée"][0] == "Modifié"
    assert found["Session annulée"][2] == "Session annulée"


def test_the_facts(region):
    text = " ".join(read(region, region.session()).select_one("aside").get_text(" ").split())

    for words in ("Envoyée", "par Personne org", "HECATE FORMATION (", "Former Pour l'Emploi 2021-2025", "01/04/2026"):
        assert words in text
    assert read(region, region.sessions[0]).select_one(f"aside a[href='{address(region.dossier)}']")


def test_rules_that_only_warn_are_told(region):
    page = read(region, region.session(debut_prescription="2026-04-10", fin_prescription="2026-04-20"))

    assert "La prescription commence après le début de la session." in page.select_one(".notice").text


def test_what_was_decided_before_is_told_with_its_reason(region):
    sheet = region.session()
    region.press(sheet, "renvoyer", "validator", "Précisez le lieu, s'il vous plaît.")
    region.press(sheet, "envoyer")

    told = read(region, sheet).select_one("#decisions")

    assert "Version 2 : en attente de décision" in told.text
    assert "Version 1 : renvoyée" in told.text
    assert told.select_one("blockquote").text == "Précisez le lieu, s'il vous plaît."
    past = read(region, sheet, "/versions/1")
    told = "Version 1, telle qu’elle a été envoyée. Renvoyée le 02/03/2026 par Personne validator : « Précisez"
    assert told in past.text
    assert not past.select(".form-bar")


def test_no_such_version_and_no_such_sheet(region):
    sheet = region.session()

    assert region.region.get(address(sheet, "/versions/9")).status_code == 404
    assert region.region.get(address(region.dossier, "/versions/1")).status_code == 404
    assert region.region.get(address("00000000-0000-0000-0000-000000000000")).status_code == 404


def test_a_sheet_of_another_region_does_not_exist(region):
    sheet = region.session()

    for slug in registry.slugs():
        status = region.region.get(f"/{slug}/validation/fiches/{sheet}").status_code
        assert status == (200 if slug == SLUG else 404)


def test_a_dossier_shows_its_sessions_and_its_own_moves(region):
    session = region.session()

    page = read(region, region.dossier)

    assert page.select_one(f"a[href='{address(session)}']")
    assert "Validée OF" in page.text
    assert page.find("button", string=lambda s: s and "Passer en cours de solde" in s)


def test_a_sheet_on_which_nothing_waits_shows_the_version_in_force(region):
    sheet = region.session()
    region.press(sheet, "approuver", "validator")
    region.change(sheet, contact_nom="Pas encore envoyé")

    text = read(region, sheet).text

    assert "Version 1, en vigueur." in text
    assert "Pas encore envoyé" not in text


def test_a_sheet_never_sent_says_that_it_is_being_typed(region):
    assert "n’a jamais été approuvée" in read(region, region.session(send=False)).text
