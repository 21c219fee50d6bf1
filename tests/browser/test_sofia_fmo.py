"""A region of two axes and three validators: an individual session published, locked, closed by time, finalised and
sent; a designated one from its group to its convocation, from hand to hand, with one return. The clock is told the
time.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from portal import create_app
from portal.domain.moves.clock import due_moves, perform_due
from portal.extensions import db
from portal.settings import Settings
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from tests.support import services
from tests.support.live import Live

SLUG, PASSWORD = "sofia-fmo", "demo-guichet"
TODAY = date.today()
PILOTE, INGENIEUR, DIFOR, GESTIONNAIRE = (
    f"{who}@sofia-fmo.test" for who in ("pilote", "ingenieur", "difor", "gestionnaire")
)
MODULE = "select id from sheet where tenant = %s and level = 'module' and code = %s"
FIND = """
select s.id from sheet s join sheet g on g.id = s.parent_id join sheet m on m.id = g.parent_id
where s.tenant = %s and s.level = 'session' and m.code = %s and s.code = %s
"""


@pytest.fixture
def clock(product: Live, tenants_dir: Path, tmp_path: Path) -> Iterator[Callable[[datetime], None]]:
    """`clock(at)`: what the job of time does at a moment, on the database of the running product."""
    env = product.product.env
    where = {"tenants_dir": tenants_dir, "var_dir": tmp_path}  # the registry is one for the whole process
    settings = Settings(env["DATABASE_URL"], env["REDIS_URL"], services.SECRET_KEY, demo=True, **where)
    app: Flask = create_app(settings)

    def strike(at: datetime) -> None:
        with app.app_context(), tenant_scope(SLUG):
            tenant = registry.adopt(db.session(), SLUG)
            for state_id in due_moves(db.session(), at):
                perform_due(db.session(), tenant, state_id, at)
                db.session.commit()

    yield strike
    services.close_connections(app)


def sheet_of(product: Live, query: str, *known: str) -> str:
    """The address of the page of a sheet of the demonstration."""
    with psycopg.connect(product.admin_url) as admin:
        (found,) = admin.execute(query, (SLUG, *known)).fetchall()
    return f"/{SLUG}/espace/fiches/{found[0]}"


def sign_in(page: Page, who: str, where: str) -> None:
    page.context.clear_cookies()
    page.goto(f"/connexion?suite={where}")
    page.get_by_label("Adresse électronique").fill(who)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(f"**{where}")


def press(page: Page, words: str, **answers: str) -> None:
    """Press a move, and confirm it where it asks something."""
    main = page.locator("main")
    main.get_by_role("button", name=words, exact=True).or_(
        main.get_by_role("link", name=words, exact=True)
    ).first.click()
    page.wait_for_load_state("networkidle")
    for name, text in answers.items():
        page.locator(f"[name={name}]:visible").first.fill(text)
    confirm = page.locator("button[name=confirmer]:visible")
    if confirm.count():
        confirm.first.click()
        page.wait_for_load_state("networkidle")


def token(page: Page) -> str:
    return page.locator("input[name=csrf_token]").first.get_attribute("value") or ""


def post(page: Page, address: str, **values: str) -> int:
    """A form sent straight, as no page offers to; the status it is answered with."""
    form = {**values, "csrf_token": token(page)}
    return page.request.post(address, form=form, max_redirects=0).status


def typed(page: Page, sheet: str, step: str, **values: str) -> bool:
    """Whether a value sent straight to a step is there once the step is opened again."""
    post(page, f"{sheet}/etapes/{step}", **values)
    page.goto(f"{sheet}/etapes/{step}")
    main = page.locator("main")
    asked = {name: main.locator(f"[name={name}]") for name in values}
    return all(
        text in (asked[name].input_value() if asked[name].count() else main.inner_text())
        for name, text in values.items()
    )


def go_on(page: Page, step: str) -> None:
    """Save the step on the screen; the one that follows it."""
    page.locator("main").get_by_role("button", name="Enregistrer et continuer", exact=True).click()
    expect(page).to_have_url(re.compile(f"/etapes/{step}$"))


def choose_people(page: Page, sheet: str) -> None:
    """The pilote of the action and its trainer."""
    page.goto(f"{sheet}/etapes/origine")
    choices = page.locator("main select[name=pilote]")
    choices.select_option(choices.locator("option", has_text="Hélène Varin").get_attribute("value"))
    go_on(page, "programmation")
    page.goto(f"{sheet}/etapes/intervenants")
    page.locator("main").get_by_role("button", name=re.compile("^Ajouter")).click()
    trainer = page.locator("main select[name$=-intervenant]")
    expect(trainer).to_have_count(1)
    trainer.select_option(index=1)
    page.locator("main [name$=-mode]").select_option("non_remunere")
    page.locator("main").get_by_role("button", name="Enregistrer et continuer", exact=True).click()
    expect(page).not_to_have_url(re.compile("/etapes/intervenants"))


def test_an_individual_session_is_published_locked_closed_by_time_and_sent(
    page: Page, product: Live, clock: Callable[[datetime], None]
) -> None:
    sheet = sheet_of(product, FIND, "68314", "3")
    sign_in(page, PILOTE, sheet)
    choose_people(page, sheet)
    page.goto(f"{sheet}/etapes/preinscriptions")
    page.get_by_label("seront soumises à l'avis des supérieurs hiérarchiques").check()
    go_on(page, "stagiaires")
    page.goto(sheet)
    ends = TODAY + timedelta(days=20)
    press(page, "Publier cette session", fin_publication=f"{TODAY - timedelta(days=1)}T18:00")
    expect(page.locator("#field-fin_publication, dialog")).to_contain_text("est déjà passé")
    page.goto(sheet)
    press(page, "Publier cette session", fin_publication=f"{ends}T00:00")
    expect(page.locator("#told")).to_contain_text("Évitez de choisir 00:00")
    press_again(page, f"{ends}T18:00")
    expect(page.locator("#states")).to_contain_text(f"se ferme le {ends:%d/%m/%Y} à 18h00 (dans 20 jours)")

    assert not typed(page, sheet, "stagiaires", commentaire_stagiaires="Pendant les préinscriptions")
    assert post(page, f"{sheet}/actions/transmettre") == 409
    assert post(page, f"{sheet}/actions/supprimer") == 409
    page.goto(sheet)
    page.get_by_role("link", name="Afficher la publication").click()
    expect(page.locator("main")).to_contain_text("PHARE")

    closing = datetime.combine(ends, datetime.min.time(), UTC) + timedelta(hours=18)
    clock(closing)
    page.goto(sheet)
    expect(page.locator("#states")).to_contain_text("Avis des supérieurs hiérarchiques")
    expect(page.locator("#states")).to_contain_text(f"jusqu'au {ends + timedelta(days=3):%d/%m/%Y}")
    assert not typed(page, sheet, "preinscriptions", nombre_max="777")
    assert post(page, f"{sheet}/actions/transmettre") == 409
    clock(closing + timedelta(days=4))
    page.goto(sheet)
    expect(page.locator("#states")).to_contain_text("Préinscriptions closes")
    assert not typed(page, sheet, "preinscriptions", nombre_max="777")
    assert typed(page, sheet, "stagiaires", commentaire_stagiaires="Apportez le protocole")
    assert typed(page, sheet, "stagiaires", nombre_preinscrits="22", nombre_stagiaires="20")
    page.goto(f"{sheet}/recapitulatif")
    press(page, "Modifier cette session puis la transmettre")
    expect(page.locator("main")).to_contain_text("La session est transmise à l'EAFC.")
    assert not typed(page, sheet, "stagiaires", commentaire_stagiaires="Après l'envoi")


def press_again(page: Page, end: str) -> None:
    """Another answer to what came back with a warning."""
    page.locator("[name=fin_publication]:visible").first.fill(end)
    page.locator("button[name=confirmer]:visible").first.click()
    page.wait_for_load_state("networkidle")


def create_session(page: Page, module: str) -> str:
    """A group of a module, then its session, as the vade-mecum has them made; the address of the session."""
    page.goto(module)
    page.locator("main").get_by_role("link", name="Créer un groupe").click()
    expect(page.locator("main")).to_contain_text("Ce module a déjà un groupe.")
    page.locator("main").get_by_role("button", name="Créer un groupe", exact=True).click()
    expect(page).to_have_url(re.compile("/etapes/groupe$"))
    page.locator("#sheet-step").get_by_role("link", name="Dispositif et module").click()
    expect(page.locator("#sheet-step")).to_contain_text("Ces champs sont issus de GAIA et ne peuvent pas être modifiés")
    expect(page.locator("#sheet-step")).to_contain_text("Public désigné")
    page.locator("#sheet-step").get_by_role("link", name="Groupe de stagiaires").click()
    expect(page).to_have_url(re.compile("/etapes/groupe$"))
    page.get_by_label("Description").fill("Équipes de l'Orne")
    page.get_by_role("button", name="créer ce groupe puis créer une session", exact=True).click()
    expect(page).to_have_url(re.compile("/etapes/origine$"))
    return f"/{SLUG}/espace/fiches/{page.url.partition('/etapes/')[0].rpartition('/')[2]}"


def fill_session(page: Page, sheet: str) -> None:
    """What the pilote types of a designated session, to its last step."""
    choose_people(page, sheet)
    page.goto(f"{sheet}/etapes/dates")
    page.locator("main").get_by_role("button", name="Ajouter un créneau").click()
    expect(page.locator("[name$=-jour]")).to_have_count(1)
    page.locator("[name$=-jour]").fill(str(TODAY + timedelta(days=150)))
    page.locator("[name$=-debut]").fill("09:30")
    page.locator("[name$=-fin]").fill("17:00")
    page.locator("main select[name=lieu]").select_option(index=1)
    go_on(page, "intervenants")
    page.goto(f"{sheet}/etapes/stagiaires")
    page.get_by_label("Nombre de stagiaires retenus").fill("24")
    go_on(page, "documents")


def test_a_designated_session_goes_from_its_group_through_three_hands_with_one_return(
    page: Page, product: Live
) -> None:
    module = sheet_of(product, MODULE, "66514")
    sign_in(page, PILOTE, module)
    sheet = create_session(page, module)
    review = f"/{SLUG}/validation/fiches/{sheet.rpartition('/')[2]}"
    fill_session(page, sheet)
    expect(page.locator("main")).to_contain_text("Votre session est complète.")
    press(page, "Créer cette session puis la transmettre")
    expect(page.locator("main")).to_contain_text("La session est transmise à l'EAFC.")
    sign_in(page, INGENIEUR, review)
    press(page, "Valider le contenu")
    sign_in(page, DIFOR, review)
    expect(page.locator("main")).to_contain_text("Valider le contenu")  # who let it through
    press(page, "Renvoyer au pilote", motif="Précisez le nombre de stagiaires.")
    sign_in(page, PILOTE, f"/{SLUG}/espace/")
    expect(page.locator("main")).to_contain_text("Précisez le nombre de stagiaires.")
    page.goto(sheet)
    assert typed(page, sheet, "stagiaires", nombre_stagiaires="15")
    page.goto(f"{sheet}/recapitulatif")
    press(page, "Modifier cette session puis la transmettre")
    for who, words in (
        (INGENIEUR, "Valider le contenu"),
        (DIFOR, "Valider les heures et le budget"),
        (GESTIONNAIRE, "Saisir dans GAIA"),
    ):
        sign_in(page, who, review)
        expect(page.locator("main")).to_contain_text("par Hélène Varin")
        press(page, words)
    sign_in(page, PILOTE, sheet)
    product.flask("deliveries", "sweep", "--now")  # what a worker does, if it has not yet
    page.goto(sheet)
    expect(page.locator("#states")).to_contain_text("6- Convoquée")
