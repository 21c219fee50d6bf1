"""The same change across submissions: seen as one, decided once, an outcome for each."""

import pytest

from portal.domain.batches.models import Batch
from portal.jobs.batches import run_due
from tests.support.htmx import same_page, soup
from tests.support.people import inside
from tests.web.validator.conftest import SLUG

HERE = f"/{SLUG}/validation/par-changement"
OLD = {"numero": "4", "voie": "du Commerce", "code_postal": "63320", "commune": "Champeix", "pays": "FRANCE"}
NEW = {**OLD, "numero": "12", "voie": "de la Gare"}


def moved(region, many, **values):
    """Sessions approved, then sent again with one same new address."""
    made = []
    for _ in range(many):
        sheet = region.session(adresse_differente=True, adresse=OLD)
        region.press(sheet, "approuver", "validator")
        region.change(sheet, adresse=NEW, **values)
        region.press(sheet, "envoyer")
        made.append(sheet)
    return made


def group_of(region):
    """The address of the only group."""
    links = soup(region.region.get(HERE)).select("#groups h2 a")
    assert len(links) == 1, links
    return links[0]["href"]


def decide(region, address, **changes):
    """Send the form as it stands, with the decision."""
    form = soup(region.region.get(address)).select_one("main form[method=post]")
    ticked = [box["value"] for box in form.select("input[name=version]") if box.has_attr("checked")]
    return region.region.post(form["action"], {"version": ticked, "decision": "approuver", **changes})


def work(region):
    with region.app.app_context():
        return run_due(SLUG)


def state(region, sheet):
    return region.sheet(sheet, lambda s: s.state("session"))


def outcomes(region, answer):
    rows = soup(region.region.get(answer.location)).select("tbody tr")
    return {row["id"].removeprefix("item-"): row.select("td")[0].text.strip() for row in rows}


def test_the_same_change_is_one_line_and_others_are_not_in_it(region):
    moved(region, 3)
    moved(region, 1, contact_nom="Ida Lot")  # the same address, and something else: another change
    region.session()  # never approved: no change
    page = soup(region.region.get(HERE))
    titles = [h.text for h in page.select("#groups h2")]
    assert titles == ["3 fiches : même changement – Adresse du lieu de réalisation"]
    assert "12 de la Gare" in page.select_one("#groups ins").text.replace(",", "")
    group = soup(region.region.get(group_of(region)))
    assert len(group.select("input[name=version][checked]")) == 3
    assert group.find("button", string=lambda s: "Valider" in s)


def test_one_decision_approves_each_whole(region):
    sheets = moved(region, 3)
    answer = decide(region, group_of(region))
    assert answer.status_code == 303 and answer.location.startswith(f"/{SLUG}/validation/lots/")
    waiting = region.region.get(answer.location)
    assert "Décision en cours" in waiting.text and 'hx-trigger="every 2s"' in waiting.text
    assert {state(region, s) for s in sheets} == {"validee_of"}
    assert work(region) == 3
    assert {state(region, s) for s in sheets} == {"transmise"}
    assert set(outcomes(region, answer).values()) == {"Décidée"}
    page = soup(region.region.get(answer.location))
    assert "3 fiches décidées." in page.text and not page.select("[hx-trigger]")
    part = soup(region.region.get(answer.location, htmx=True)).select_one("#batch")
    assert part == page.select_one("#batch")
    assert "Aucun changement commun" in region.region.get(HERE).text
    assert answer.location in region.region.get(HERE).text  # among the last decisions


def test_only_what_is_ticked_is_decided(region):
    sheets = moved(region, 2)
    form = soup(region.region.get(group_of(region))).select_one("main form[method=post]")
    one = form.select("input[name=version]")[0]["value"]
    decide(region, group_of(region), version=[one])
    work(region)
    assert sorted(state(region, s) for s in sheets) == ["transmise", "validee_of"]


def test_a_sheet_changed_meanwhile_is_skipped_one_that_is_refused_says_why(region):
    sheets = moved(region, 4)
    address = group_of(region)
    answer = decide(region, address)
    overtaken, decided, remarked, fine = sheets
    region.press(overtaken, "renvoyer", "validator", "Non.")
    region.change(overtaken, contact_nom="Ida Lot")
    region.press(overtaken, "envoyer")
    region.press(decided, "renvoyer", "validator", "Non.")
    href = soup(region.region.get(f"/{SLUG}/validation/fiches/{remarked}?tout=1")).select_one("a.put")["href"]
    region.region.post(href, {"texte": "À revoir."})
    work(region)
    found = outcomes(region, answer)
    assert [found[str(s)] for s in sheets] == ["Laissée de côté"] * 2 + ["Refusée par les règles", "Décidée"]
    text = region.region.get(answer.location).text
    assert "décidez-en à part" in text and "encore ouverte" in text and "déjà été prise" in text
    assert [state(region, s) for s in sheets] == ["validee_of", "a_finaliser", "validee_of", "transmise"]
    assert state(region, fine) == "transmise"


def test_nothing_ticked_is_refused_and_a_decision_that_is_not_one_does_not_exist(region):
    moved(region, 2)
    address = group_of(region)
    refused = decide(region, address, version=[])
    assert refused.status_code == 422 and "Cochez au moins une fiche." in refused.text
    assert not soup(refused).select("input[name=version][checked]")
    assert decide(region, address, decision="renvoyer").status_code == 404
    with inside(region.app, SLUG) as session:
        assert session.query(Batch).count() == 0


def test_a_group_that_is_no_more_says_so(region):
    (first, second) = moved(region, 2)
    address = group_of(region)
    for sheet in (first, second):
        region.press(sheet, "approuver", "validator")
    gone = region.region.get(address)
    assert gone.status_code == 404 and "Plus aucune fiche" in gone.text


def test_a_batch_of_another_region_does_not_exist(region):
    moved(region, 2)
    answer = decide(region, group_of(region))
    other = region.sign_in("autre@exemple.test", "validator")
    assert other.get(answer.location).status_code == 200  # a colleague reads it
    assert other.get(answer.location.replace(f"/{SLUG}/", "/sofi/")).status_code == 404
    of = region.sign_in("of@exemple.test", "org", number=2)
    assert of.get(answer.location).status_code == 404


@pytest.mark.parametrize("many", [2, 30])
def test_two_sheets_or_thirty_ask_the_database_as_much(region, statements, many):
    moved(region, many)
    address = group_of(region)
    counted = []
    for url in (HERE, address):
        with statements() as seen:
            page = region.region.get(url)
        counted.append(len([s for s in seen if "FROM revision" in s or "FROM sheet" in s]))
        same_page(page, region.region.get(url))
    assert counted[0] <= 3 and counted[1] <= 3, counted
