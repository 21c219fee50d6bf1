"""Thirty sessions ask for one same new address: decided at once, the two that changed meanwhile are left aside."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.live import Live
from tests.support.played import SLUG, played

OLD = {"numero": "4", "voie": "du Commerce", "code_postal": "63320", "commune": "Champeix", "pays": "FRANCE"}
NEW = {**OLD, "numero": "12", "voie": "de la Gare"}
FAR = 120_000  # milliseconds: a worker decides of twenty-eight sheets, each with its deliveries


def sound(page: Page) -> None:
    """axe finds nothing on this page."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def test_thirty_sessions_with_one_same_change_and_two_conflicts(page: Page, product: Live) -> None:
    with played(product) as region:
        sheets = [region.made(adresse_differente=True, adresse=OLD) for _ in range(30)]
        for sheet in sheets:
            region.press(sheet, "envoyer", "approuver")
            region.change(sheet, adresse=NEW)
            region.press(sheet, "envoyer")
        action, conflicts = region.action.id, [sheet.id for sheet in sheets[:2]]

    page.goto(f"/connexion?suite=/{SLUG}/validation/")
    page.get_by_label("Adresse électronique").fill("region@eos.test")
    page.get_by_label("Mot de passe").fill("demo-guichet")
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("link", name="Par changement").click()
    group = page.get_by_role("link", name=re.compile("^30 fiches : même changement – Adresse"))
    expect(group).to_be_visible()
    sound(page)
    group.click()
    expect(page.locator("input[name=version]")).to_have_count(30)
    sound(page)

    with played(product, action) as region:  # while the page is being read
        sent_again, sent_back = (region.of(one) for one in conflicts)
        region.press(sent_again, "renvoyer")
        region.change(sent_again, contact_nom="Ida Lot")
        region.press(sent_again, "envoyer")
        region.press(sent_back, "renvoyer")
    page.get_by_role("button", name="Valider les fiches cochées").click()

    expect(page.get_by_text("28 fiches décidées, 2 laissées de côté.").first).to_be_visible(timeout=FAR)
    expect(page.get_by_role("heading", name="Décision prise")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Laissée de côté")).to_have_count(2)
    expect(page.get_by_role("cell", name="décidez-en à part")).to_have_count(1)
    expect(page.get_by_role("cell", name="Une décision a déjà été prise")).to_have_count(1)
    sound(page)
    before = page.locator("#batch").inner_text()
    page.reload()
    expect(page.locator("#batch")).to_have_text(before, use_inner_text=True)
    page.get_by_role("row").filter(has_text="Laissée de côté").first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
