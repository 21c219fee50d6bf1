"""A region that declares: a session typed, changed, left without a place; a request the region decides of; both exports
compared with the screen; the help where the problem shows.
"""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

from tests.support.xlsx import rows_of

PASSWORD = "demo-guichet"
HOME = "/sigma/espace/"
TODAY = date.today()


def day(n: int) -> str:
    """The day in n days, as a date field takes it."""
    return (TODAY + timedelta(days=n)).isoformat()


def said(n: int) -> str:
    """The same as people read it."""
    return f"{TODAY + timedelta(days=n):%d/%m/%Y}"


def sign_in(page: Page, who: str, where: str = HOME) -> None:
    page.context.clear_cookies()
    page.goto(f"/connexion?suite={where}")
    page.get_by_label("Adresse électronique").fill(who)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(f"**{where}**")


def onward(page: Page) -> None:
    page.locator("main").get_by_role("button", name=re.compile("^Enregistrer et")).click()
    page.wait_for_load_state("networkidle")


def sheet(page: Page) -> str:
    """The address of the page of the sheet that is open."""
    found = re.search(r"(/sigma/espace/fiches/[0-9a-f-]{36})", page.url)
    assert found is not None, page.url
    return found[1]


def open_branch(page: Page, words: str) -> str:
    """From the tree, unfolded, to the sheet these words name; its address."""
    page.goto(f"{HOME}arborescences/offre")
    expect(page.locator(".tree .fold[aria-expanded=true]")).to_have_count(0)
    page.get_by_role("link", name="Tout déplier").click()
    page.locator(".tree .line").get_by_role("link", name=words).click()
    page.wait_for_load_state("networkidle")
    return sheet(page)


def step(page: Page, session: str, name: str, **values: str) -> None:
    page.goto(f"{session}/etapes/{name}")
    for field, value in values.items():
        page.locator(f"main [name={field}]").fill(value)
    onward(page)


def create(page: Page, tab: str, words: str) -> str:
    """From the page of a composante to a new sheet below it; its address."""
    page.locator("main").get_by_role("link", name=tab, exact=True).click()
    page.locator("main").get_by_role("link", name=words).click()
    page.locator("main").get_by_role("button", name=words).click()
    expect(page.locator("main")).to_contain_text("fiche créée")
    return sheet(page)


@pytest.mark.usefixtures("live")
def test_a_session_is_declared_changed_and_left_without_a_place(page: Page) -> None:
    sign_in(page, "of@sigma.test")
    open_branch(page, "15_601215 - Licence tourisme")
    session = create(page, "Sessions", "Saisir une session")
    main = page.locator("main")
    expect(main).to_contain_text(f"au plus tôt le {said(2)}")
    step(page, session, "dates", date_debut=day(100), date_fin=day(200))
    page.locator("main select[name=site]").select_option(index=1)
    onward(page)
    page.locator("main [name=nb_places]").fill("-1")
    onward(page)
    expect(page.locator("main [name=nb_places]")).to_have_attribute("aria-invalid", "true")
    page.locator("main [name=nb_places]").fill("12")
    onward(page)
    expect(main).to_contain_text("La session est transmise.")
    expect(main).to_contain_text("le positionnement dématérialisé (OUIFORM, AUDEF) est fermé")

    page.goto(f"{session}/envois")
    expect(main).to_contain_text("Kairos (24 heures après Me Former en Région)")
    expect(main).to_contain_text("Sans date d'information collective à venir")
    main.get_by_text("Aide", exact=True).click()
    expect(main.get_by_role("heading", name=re.compile("^Question 3"))).to_be_visible()
    page.goto(f"{session}/etapes/controle")
    main.get_by_text("Aide", exact=True).click()
    expect(main.get_by_role("heading", name=re.compile("^Question 3"))).to_be_visible()

    address = "/sigma/sessions/26F0007_01-15_601215-02"
    page.goto(address)
    expect(main).to_contain_text("Aucune information collective à venir : le positionnement dématérialisé est fermé.")
    step(page, session, "dates", date_debut=day(110))
    page.goto(address)
    expect(main).to_contain_text(f"Du {said(110)} au {said(200)}")
    step(page, session, "places", nb_places="0")
    page.goto(address)
    expect(main).to_contain_text("Cette session n'aura pas lieu.")
    page.goto(session)
    expect(main).to_contain_text("N'aura pas lieu (0 place)")
    expect(main.get_by_role("button", name=re.compile("nnuler|upprimer"))).to_have_count(0)


@pytest.mark.usefixtures("live")
def test_a_request_about_the_reference_is_decided_by_the_region(page: Page) -> None:
    sign_in(page, "of@sigma.test")
    composante = open_branch(page, "15_601214 - Licence professionnelle")
    request = create(page, "Demandes de modification", "Faire une demande de modification")
    page.goto(f"{request}/etapes/demande")
    page.locator("main select[name=objet]").select_option("referentiel")
    page.locator("main [name=motif]").fill("Le diplôme est un master.")
    page.locator("main").get_by_role("button", name="Enregistrer Brouillon").click()
    page.wait_for_load_state("networkidle")
    target = composante.rpartition("/")[2]
    page.goto(f"{request}/propositions/{target}/etapes/composante")
    page.locator("main select[name=niveau_sortie]").select_option("17")
    onward(page)
    page.goto(composante + "?onglet=demandes")
    expect(page.locator("main")).to_contain_text("Une demande de modification doit être traitée")
    page.goto(request)
    page.locator("main").get_by_role("button", name="Envoyer la demande à la Région").first.click()
    expect(page.locator("main")).to_contain_text("Votre demande est partie vers la Région.")

    title = "Demande de modification de référentiel - Licence professionnelle métiers du conseil"
    page.goto(f"{HOME}demande/")
    expect(page.locator("main table")).to_contain_text("Demande de modification de référentiel")
    sign_in(page, "region@sigma.test", "/sigma/validation/")
    page.goto("/sigma/validation/?onglet=demande_a_traiter")
    page.locator("main").get_by_role("link", name=re.compile(title)).click()
    expect(page.locator("main")).to_contain_text("Niveau 7 (Bac + 5)")
    page.locator("main").get_by_role("button", name="Accepter la demande").first.click()
    page.wait_for_load_state("networkidle")
    page.goto("/sigma/sessions/26F0007_01-15_601214-01")
    expect(page.locator("main")).to_contain_text("Niveau de sortie : Niveau 7 (Bac + 5)")


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("screen", [{"width": 1280, "height": 900}, {"width": 390, "height": 844}])
def test_a_tree_opens_branch_by_branch_by_keyboard(page: Page, screen: ViewportSize) -> None:
    page.set_viewport_size(screen)
    sign_in(page, "of@sigma.test")
    page.goto(f"{HOME}arborescences/offre")
    lines, folds = page.locator(".tree .line"), page.locator(".tree .fold")
    before, first = lines.count(), folds.first
    first.focus()
    page.keyboard.press("Enter")
    expect(first).to_have_attribute("aria-expanded", "true")
    expect(first).to_be_focused()
    expect(page).to_have_url(re.compile("ouvert="))
    opened = lines.count()
    assert opened > before
    faults = [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in Axe().run(page).response["violations"]]
    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]
    page.reload()
    expect(lines).to_have_count(opened)
    page.go_back()
    expect(lines).to_have_count(before)
    page.get_by_role("link", name="Tout déplier").click()
    expect(page.locator(".tree .fold[aria-expanded=false]")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]
    page.get_by_role("link", name="Tout plier").click()
    expect(lines).to_have_count(before)


@pytest.mark.usefixtures("live")
def test_the_region_reads_the_tree_from_its_desk(page: Page) -> None:
    sign_in(page, "region@sigma.test", "/sigma/validation/")
    page.locator("main").get_by_role("link", name="Arborescence").click()
    expect(page.locator("h1")).to_have_text("Arborescence")
    page.locator(".tree .fold").first.click()
    expect(page.locator(".tree .fold").first).to_have_attribute("aria-expanded", "true")


@pytest.mark.usefixtures("live")
def test_both_exports_say_what_the_screen_says(page: Page) -> None:
    sign_in(page, "of@sigma.test", f"{HOME}action/?contrat=20005341")
    screen = table(page)
    assert [line[1] for line in screen[1:]] == ["20F0011_03", "20F0012_01"]
    for form in ("csv", "xlsx"):
        assert export(page, "actions", form) == screen

    wanted = [
        ["01", "07/09/2020", "25/06/2021", "11108", "11262", "NARBONNE CEDEX", "Université", "10", "-"],
        ["01", "07/09/2020", "25/06/2021", "66860", "66136", "PERPIGNAN CEDEX 9", "Université", "10", "-"],
        ["01", "28/09/2020", "28/05/2021", "48000", "48095", "MENDE", "Université", "5", "11/09/2020 ; 02/10/2020"],
        ["01", "28/09/2020", "28/05/2021", "11108", "11262", "NARBONNE CEDEX", "Université", "5", "02/10/2020"],
        [""] * 9,  # a composante without a session keeps its line
    ]
    for form in ("csv", "xlsx"):
        assert [line[-9:] for line in export(page, "composantes", form)[1:]] == wanted
    page.goto(f"{HOME}session/?contrat=20005341_1&tri=composante")
    heads, *lines = table(page)
    shown = [line[heads.index("Numéro session") :][:9] for line in lines]
    assert sorted(shown) == sorted(wanted[:4])


def table(page: Page) -> list[list[str]]:
    """The list on the screen, its heads first, without the column of the buttons."""
    lines = page.locator("main table tr").all()
    return [[cell.strip() for cell in line.locator("th, td").all_inner_texts()][1:] for line in lines]


def export(page: Page, name: str, form: str) -> list[list[str]]:
    """A file of the list on the screen, as texts."""
    link = page.locator(f"main a[download][href*='export={name}'][href*='.{form}']")
    body = page.request.get(link.get_attribute("href") or "").body()
    if form == "xlsx":
        return rows_of(body)
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))
