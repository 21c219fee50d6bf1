"""The catalogue of a programme as a visitor meets it: found, read, taken away, the same in files as on the screen."""

import csv
import io
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pypdf import PdfReader

SCREENS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
LABEL = "Catalogue des formations de l'École de la deuxième chance"


def download(page: Page, words: str) -> Path:
    with page.expect_download() as waited:
        page.get_by_role("link", name=words).click()
    return Path(waited.value.path())


def test_a_visitor_reads_the_catalogue_and_takes_it_away(page: Page):
    page.goto("/sofi/")
    page.locator("footer").get_by_role("link", name="Les catalogues de formation").click()
    page.get_by_role("link", name=LABEL, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(LABEL)

    shown = []
    for card in page.locator(".result").all():
        told = card.locator(".told > div").evaluate_all(
            "all => all.map(d => [d.children[0], d.children[1]].map(e => e.textContent.trim()))"
        )
        shown.append({"Formation": card.get_by_role("heading").inner_text(), **dict(told)})
    assert shown

    text = download(page, "CSV").read_text(encoding="utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert [{name: line[name] for name in one} for one, line in zip(shown, lines, strict=True)] == shown

    told = "".join(p.extract_text() for p in PdfReader(download(page, "PDF")).pages)
    for line in lines:
        assert line["Code FAS"] in told
        page.goto(line["Page de la session"])
        expect(page.get_by_role("heading", level=1)).to_have_text(line["Formation"])


def test_the_page_of_a_session_says_all_of_it(page: Page):
    page.goto("/sofi/catalogues/e2c")
    page.locator(".result a").first.click()

    said = " ".join(page.locator("main").inner_text().split())
    for words in (
        "Ecole de la deuxième chance - ANGERS", "Code FAS : 19760-89760-143960",
        "Entrées et sorties : entrée/sortie permanente",
        "Rythmes : temps plein", "Durée en centre : 600 h", "Niveau d'entrée : Sans niveau spécifique",
        "Un parcours à son rythme", "État du recrutement : Ouvert",
        "Modalités de recrutement : entretien ou RDV individuel",
        "inscription : du 01/12/2025 au 30/11/2026", "Informations collectives à venir",
        "PROGRAMME REGION : E2C - Ecole de la deuxième chance", "Publics : demandeur d'emploi", "Places restantes : 12",
        "Référent PMR (handicap) : Mathieu Gaudin 02 41 00 00 00 contact@e2c-loire.test",
    ):  # fmt: skip
        assert words in said
    assert page.locator("#offre strong").inner_text() == "143960"
    assert "SIRET" not in said


@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
def test_pages_are_accessible_and_fit(page: Page, screen):
    page.set_viewport_size(screen)
    own = "/sofi/sessions/19760-89760-143960"
    paths = ["/sofi/", "/sofi/sessions?programme=e2c", own, f"{own}/imprimer", "/sofi/catalogues"]
    for path in [
        *paths,
        "/sofi/catalogues/e2c",
        "/sofi/catalogues/apprentissage?groupe=zz&page=9",
        "/sofi/catalogues/rien",
    ]:
        page.goto(path)
        faults = [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in Axe().run(page).response["violations"]]
        assert faults == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"], path


def test_advanced_search_opens_from_home(page: Page):
    page.goto("/sofi/")
    expect(page.get_by_role("heading", name="Rechercher une formation, un établissement")).to_be_visible()

    page.get_by_role("link", name="Recherche avancée").click()
    page.get_by_label("Programme").select_option("e2c")
    page.get_by_role("button", name="Rechercher").click()

    expect(page.locator("#results").get_by_role("link", name=LABEL)).to_be_visible()


def test_an_establishment_is_found_by_its_name(page: Page):
    page.goto("/sofi/sessions?q=2e+chance+loire")

    expect(page.locator(".result")).to_have_count(1)
