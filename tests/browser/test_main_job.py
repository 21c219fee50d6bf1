"""The main job, whole, on the demonstration: an organisation finalises a session, a job carries it, the region
approves, the public reads it.
"""

import re
from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Route, expect

PASSWORD = "demo-guichet"
TODAY = date.today()
MEETING = TODAY + timedelta(days=10)
FAR = 30_000  # milliseconds: a worker may have to be woken by the sweep


@pytest.fixture
def watched(context: BrowserContext) -> list[str]:
    """What the console complains of, and what the portal answers with a failure."""
    complaints: list[str] = []

    def watch(page: Page) -> None:
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("response", lambda r: complaints.append(f"{r.status} {r.url}") if r.status >= 500 else None)

    context.on("page", watch)
    return complaints


def sound(page: Page) -> None:
    """axe finds nothing on this page."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def day(n: int) -> str:
    """The day in n days, as a date field takes it."""
    return (TODAY + timedelta(days=n)).isoformat()


def sign_in(page: Page, who: str) -> None:
    page.goto("/connexion")
    sound(page)
    page.get_by_label("Adresse électronique").fill(who)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


def open_session(page: Page, dossier: str, code: str) -> None:
    """From the basket of tasks to the sheet of a session, as the manual's first route goes."""
    page.get_by_role("link", name=re.compile(dossier)).first.click()
    expect(page.get_by_text("résultat(s) trouvé(s)").first).to_be_visible()
    sound(page)
    row = page.get_by_role("row").filter(has_text=code)
    row.get_by_role("link", name="Modifier").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Modification d'une session")


def next_step(page: Page) -> None:
    sound(page)
    page.get_by_role("button", name="Enregistrer et continuer").click()


def fill_formation(page: Page, title: str) -> None:
    page.locator("[name=libelle_public]").fill(title)
    page.locator("select[name=organisme_formateur]").select_option(index=1)
    next_step(page)


def fill_prescription(page: Page) -> None:
    page.locator("[name=contact_nom]").fill("Claire Martin")
    page.locator("[name=contact_tel]").fill("04 72 00 00 00")
    page.locator("[name=contact_mail]").fill("claire.martin@hecate-formation.test")
    page.locator("[name=debut_prescription]").fill(day(1))
    page.locator("[name=fin_prescription]").fill(day(23))
    next_step(page)


def fill_places(page: Page) -> None:
    page.locator("[name=effectif_vise]").fill("12")
    page.locator("[name=effectif_min]").fill("8")
    page.locator("[name=financeurs-0-effectif]").fill("12")
    page.locator("[name=financeurs-1-effectif]").fill("0")
    next_step(page)


def fill_calendar(page: Page) -> None:
    page.locator("[name=date_debut]").fill(day(24))
    page.locator("[name=date_fin]").fill(day(120))
    next_step(page)


def add_event(page: Page) -> None:
    page.get_by_role("button", name="Ajouter un événement").click()
    event = page.locator("[name$=-heure_debut]").last
    expect(event).to_be_visible()
    number = event.get_attribute("name").split("-")[1]
    cell = lambda name: page.locator(f"[name=evenements-{number}-{name}]")  # noqa: E731
    cell("type").select_option("infocoll")
    cell("date_debut").fill(day(10))
    cell("heure_debut").fill("09:00")
    cell("date_fin").fill(day(10))
    cell("heure_fin").fill("12:30")
    cell("adresse-code_postal").fill("69008")
    cell("adresse-commune").fill("Lyon")
    cell("description").fill("information collective en distanciel")


def test_an_answer_that_comes_late_takes_away_nothing_typed_since(page: Page, live: str) -> None:
    sign_in(page, "of@eos.test")
    open_session(page, "Lot 023", "50002")
    page.goto(re.sub(r"/etapes/.*", "/etapes/places", page.url))
    questions: list[Route] = []
    page.route("**/champs/effectif_vise*", lambda route: questions.append(route))
    wanted, least = page.locator("[name=effectif_vise]"), page.locator("[name=effectif_min]")

    wanted.fill("14")
    wanted.press("Tab")
    least.fill("9")
    least.press("Tab")
    expect(least).to_have_attribute("value", "9")  # its own answer is there
    with page.expect_response("**/champs/effectif_vise*"):
        questions[0].continue_()  # and now the first, which was asked while the second field held something else
    page.wait_for_function("() => new Promise(requestAnimationFrame)")
    expect(least).to_have_value("9")


def test_from_sign_in_to_public_page(page: Page, product, watched):
    title = "Hydrobalnéologue de la nouvelle année"
    sign_in(page, "of@eos.test")
    expect(page.get_by_role("heading", level=1)).to_have_text("Corbeille de tâches")
    sound(page)
    open_session(page, "Lot 023", "50001")
    sheet = re.sub(r"/etapes/.*", "", page.url)
    fill_formation(page, title)
    fill_prescription(page)
    fill_places(page)
    fill_calendar(page)
    add_event(page)
    sound(page)
    page.get_by_role("button", name="Enregistrer Brouillon").click()
    page.goto(f"{sheet}/recapitulatif")
    sound(page)
    page.get_by_role("button", name="Envoyer vers Région").click()
    done = "La session de formation a bien été sauvegardée et sera validée par la Région aussitôt que possible"
    expect(page.get_by_text(done).first).to_be_visible()
    expect(page.get_by_text("Validée OF").first).to_be_visible()

    # A job carries it; its receipt shows by itself on the page of deliveries.
    page.goto(f"{sheet}/envois")
    expect(page.get_by_text(re.compile("accusé|Reçu", re.I)).first).to_be_visible(timeout=FAR)
    sound(page)

    # The public does not see it yet.
    sign_out(page)
    page.goto(f"/eos/sessions?q={title}")
    expect(page.get_by_text("Aucune session ne correspond")).to_be_visible()

    # The region reads what was sent, and approves.
    sign_in(page, "region@eos.test")
    sound(page)
    page.get_by_role("row").filter(has_text="50001").get_by_role("link").first.click()
    expect(page.get_by_text(title).first).to_be_visible()
    sound(page)
    page.get_by_role("button", name="Valider").first.click()
    expect(page.get_by_text("La session est validée").first).to_be_visible()

    # The public finds it by a word, and reads its event as the manual shows it.
    sign_out(page)
    page.goto("/eos/sessions")
    page.get_by_label(re.compile("mot-clé", re.I)).fill("hydrobalneologue")
    page.get_by_role("button", name="Rechercher").click()
    page.get_by_role("link", name=re.compile(title)).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    expect(page.get_by_text(f"Le {MEETING:%d/%m/%Y}, de 09h00 à 12h30")).to_be_visible()
    expect(page.get_by_text("INFOCOLL - information collective en distanciel")).to_be_visible()
    expect(page.get_by_text("69008 Lyon").first).to_be_visible()
    sound(page)
    assert watched == []


def test_the_same_without_javascript(browser, live):
    title = "Thermalisme sans script"
    context = browser.new_context(base_url=live, java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto("/connexion")
    page.get_by_label("Adresse électronique").fill("of@eos.test")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("link", name=re.compile("Lot 023")).first.click()
    page.get_by_role("row").filter(has_text="50002").get_by_role("link", name="Modifier").click()
    sheet = re.sub(r"/etapes/.*", "", page.url)
    for step in ("formation", "prescription", "places", "calendrier"):
        page.goto(f"{sheet}/etapes/{step}")
        FILLED[step](page, title)
        page.get_by_role("button", name="Enregistrer et continuer").click()
    page.goto(f"{sheet}/etapes/evenements")
    events = page.locator("[name$=-heure_debut]").count()
    page.get_by_role("button", name="Ajouter un événement").click()
    expect(page.locator("[name$=-heure_debut]")).to_have_count(events + 1)
    page.get_by_role("button", name="Supprimer un événement").last.click()
    expect(page.locator("[name$=-heure_debut]")).to_have_count(events)
    page.goto(f"{sheet}/recapitulatif")
    page.get_by_role("button", name="Envoyer vers Région").click()
    expect(page.get_by_text("sera validée par la Région aussitôt que possible").first).to_be_visible()
    context.clear_cookies()
    page.goto("/connexion")
    page.get_by_label("Adresse électronique").fill("region@eos.test")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("row").filter(has_text="50002").get_by_role("link").first.click()
    page.get_by_role("button", name="Valider").first.click()
    expect(page.get_by_text("La session est validée").first).to_be_visible()
    context.clear_cookies()
    page.goto(f"/eos/sessions?q={title}")
    page.get_by_role("heading").get_by_role("link", name=re.compile(title)).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    context.close()


def _fill(page: Page, values: dict[str, str]) -> None:
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)


def _place(page: Page, title: str) -> None:
    page.locator("[name=libelle_public]").fill(title)
    page.locator("select[name=organisme_formateur]").select_option(index=1)


FILLED = {
    "formation": _place,
    "prescription": lambda page, _: _fill(
        page,
        {
            "contact_nom": "Claire Martin",
            "contact_tel": "0472000000",
            "contact_mail": "claire@hecate-formation.test",
            "debut_prescription": day(1),
            "fin_prescription": day(20),
        },
    ),
    "places": lambda page, _: _fill(
        page,
        {"effectif_vise": "10", "effectif_min": "6", "financeurs-0-effectif": "10", "financeurs-1-effectif": "0"},
    ),
    "calendrier": lambda page, _: _fill(page, {"date_debut": day(30), "date_fin": day(150)}),
}
