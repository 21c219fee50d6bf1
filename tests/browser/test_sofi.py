"""A region whose unit is above the session, whole: formation, action, session and dispositif from nothing to the
public page, a question and its answer, then a second session that reopens the action while the first stays public.
"""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

PASSWORD = "demo-guichet"
TODAY = date.today()


def day(n: int) -> str:
    """The day in n days, as a date field takes it."""
    return (TODAY + timedelta(days=n)).isoformat()


def sign_in(page: Page, who: str, where: str = "/sofi/espace/") -> None:
    page.context.clear_cookies()
    page.goto(f"/connexion?suite={where}")
    page.get_by_label("Adresse électronique").fill(who)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(f"**{where}**")


def choose(page: Page, name: str, *, value: str | None = None) -> None:
    """Choose in a list: a value, or the first one offered."""
    found = page.locator(f"main select[name={name}]")
    found.select_option(value) if value else found.select_option(index=1)


def tick(page: Page, name: str, *values: str) -> None:
    for value in values:
        page.locator(f"main [name={name}][value='{value}']").check()


def onward(page: Page) -> None:
    """Save the step, and be on the next one, or before what is to be corrected on this one."""
    left = page.url
    page.locator("main").get_by_role("button", name=re.compile("^Enregistrer et")).click()
    page.wait_for_function(
        "left => location.href !== left || document.querySelector('main [aria-invalid=true]') !== null", arg=left
    )
    page.wait_for_load_state("networkidle")


def add(page: Page, tab: str, words: str) -> None:
    """From the page of a sheet to a new one below it."""
    page.locator("main").get_by_role("link", name=tab, exact=True).click()
    page.locator("main").get_by_role("link", name=words).click()
    page.locator("main").get_by_role("button", name=words).click()
    expect(page.locator("main")).to_contain_text("fiche créée")


def fill_session(page: Page, starts: str, ends: str) -> None:
    choose(page, "site_lieu")
    page.locator("[name=date_debut]").fill(starts)
    page.locator("[name=date_fin]").fill(ends)
    choose(page, "esp", value="0")
    tick(page, "rythmes", "plein")
    tick(page, "periodes", "jour")
    tick(page, "type_parcours", "1")
    tick(page, "modalites_pedagogiques", "centre")
    onward(page)
    page.locator("[name=duree_centre]").fill("200")
    page.locator("[name=duree_entreprise]").fill("400")
    choose(page, "cycle_alternance", value="3")
    page.locator("[name=unite_entreprise]").fill("2")
    page.locator("[name=unite_centre]").fill("1")
    onward(page)
    choose(page, "organisme_responsable")
    onward(page)
    tick(page, "modalite_recrutement", "3")
    onward(page)
    choose(page, "referent_pmr")
    choose(page, "referent_mobilite")
    onward(page)


def home_of(page: Page) -> str:
    """The address of the page of the sheet whose step or summary is open."""
    found = re.search(r"(/sofi/espace/fiches/[0-9a-f-]{36})", page.url)
    assert found is not None, page.url
    return found[1]


def dispositif(page: Page, session: str) -> None:
    page.goto(session)
    add(page, "Dispositifs", "Ajouter un dispositif")
    page.locator("[name=nb_places]").fill("12")
    page.locator("[name=effectif_minimal]").fill("6")
    page.locator("[name=capacite_simultanee]").fill("12")
    onward(page)
    page.locator("[name=frais_ht]").fill("1000")
    page.locator("[name=taux_tva]").fill("20")
    onward(page)


def press(page: Page, words: str, **answers: str) -> None:
    """Press a move, answering what it asks."""
    page.locator("main").get_by_role("button", name=words).or_(
        page.locator("main").get_by_role("link", name=words)
    ).first.click()
    page.wait_for_load_state("networkidle")
    for name, text in answers.items():
        page.locator(f"textarea[name={name}]:visible").first.fill(text)
    confirm = page.locator("button[name=confirmer]:visible")
    if confirm.count():
        confirm.first.click()
        page.wait_for_load_state("networkidle")


def pick_certification(page: Page) -> None:
    """Look a certification up by its RNCP code, and bring it back into the sheet."""
    page.locator("#choose-c-certification").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("input[type=search], input[name=q]").first.fill("35030")
    dialog.get_by_role("button", name="Rechercher").click()
    dialog.locator("button[name=code][value='109049']").click()
    expect(page.locator("[name=certification]")).to_have_value("109049")


def new_action(page: Page) -> str:
    """A formation of Certif Info with an action under it; the address of the action's page."""
    page.goto("/sofi/espace/")
    page.get_by_role("link", name="Créer", exact=True).click()
    tick(page, "programme", "apprentissage")
    page.get_by_role("button", name="Créer une formation").click()
    pick_certification(page)
    onward(page)
    page.locator("[name=individualiser][value=non]").check()
    onward(page)
    page.goto(home_of(page))
    add(page, "Actions", "Ajouter une action")
    choose(page, "site_dispensateur")
    page.locator("[name=complement_intitule]").fill("option paie")
    for _ in range(4):
        onward(page)
    return home_of(page)


def new_session(page: Page, action: str, starts: int, ends: int) -> str:
    """A session with its dispositif; the address of its page."""
    page.goto(action)
    add(page, "Sessions", "Ajouter une session")
    fill_session(page, day(starts), day(ends))
    session = home_of(page)
    dispositif(page, session)
    return session


@pytest.mark.usefixtures("live")
def test_an_action_goes_from_nothing_to_the_public_and_reopens_for_a_second_session(page: Page) -> None:
    sign_in(page, "of@sofi.test")
    action = new_action(page)
    session = new_session(page, action, 40, 200)
    page.goto(f"{action}/recapitulatif")
    press(page, "Envoyer en validation")
    expect(page.locator("main")).to_contain_text("En attente de validation par CARIF-OREF")

    approve_after_a_question(page, action, "of@sofi.test")
    public = public_address(page, session)
    expect_public(page, public)
    page.goto(action)
    second = new_session(page, action, 300, 400)
    page.goto(action)
    expect(page.locator("main")).to_contain_text("En cours de saisie")
    expect_public(page, public)
    assert page.request.get(public_address(page, second)).status == 404


def approve_after_a_question(page: Page, action: str, of: str) -> None:
    """The Cariforef asks, the organisation answers, the Cariforef reads the answer and approves."""
    review = f"/sofi/validation/fiches/{action.rpartition('/')[2]}"
    sign_in(page, "region@sofi.test", review)
    press(page, "Poser une question à l'organisme", motif="Quelle est l'option ?")
    sign_in(page, of)
    expect(page.locator("main")).to_contain_text("le Cariforef attend votre réponse")
    page.goto(f"{action}/recapitulatif")
    press(page, "Répondre au Cariforef", reponse_cariforef="L'option paie.")
    sign_in(page, "region@sofi.test", review)
    expect(page.locator("main")).to_contain_text("L'option paie.")
    press(page, "Valider l'action")
    sign_in(page, of)


def public_address(page: Page, session: str) -> str:
    """Where the public finds a session: under its FAS code."""
    page.goto(session)
    return f"/sofi/sessions/{page.locator('main').get_by_text('Code FAS').first.inner_text().split()[-1]}"


APPRENTICESHIP = ("Titre professionnel assistant ressources humaines", "Formation en apprentissage")
YEARLY = ("Ecole de la deuxième chance", "Programme Région : E2C - Ecole de la deuxième chance")


def expect_public(page: Page, address: str, words: tuple[str, str] = APPRENTICESHIP) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text(words[0])
    expect(page.locator("main")).to_contain_text(words[1])


def year_action(page: Page) -> str:
    """An action of the yearly programme, whose formation the region has filled; the address of its page."""
    page.goto("/sofi/espace/")
    page.get_by_role("link", name="Créer", exact=True).click()
    tick(page, "programme", "e2c")
    page.get_by_role("button", name="Créer une formation").click()
    expect(page.locator("main")).to_contain_text("Ecole de la deuxième chance")
    expect(page.locator("main [name=intitule]:enabled")).to_have_count(0)  # forced by the programme
    onward(page)
    page.goto(home_of(page))
    add(page, "Actions", "Ajouter une action")
    choose(page, "site_dispensateur")
    for name in ("complement_programme", "objectifs", "resultats_attendus"):
        page.locator(f"[name={name}]").fill("Remise à niveau et stages.")
    onward(page)
    onward(page)
    onward(page)
    tick(page, "prerequis", "aucun")
    page.locator("[name=commentaire_prerequis]").fill("De 16 à 25 ans.")
    onward(page)
    return home_of(page)


def year_session(page: Page, action: str, starts: str) -> str:
    """A session of the yearly programme, with the dispositif that the foot of its sheet names."""
    page.goto(action)
    add(page, "Sessions", "Ajouter une session")
    choose(page, "site_lieu")
    page.locator("[name=date_debut]").fill(starts)
    page.locator("[name=date_fin]").fill("2027-12-17")
    tick(page, "periodes", "jour")
    tick(page, "type_parcours", "2")
    tick(page, "modalites_pedagogiques", "centre")
    onward(page)
    page.locator("[name=duree_centre]").fill("600")
    onward(page)
    choose(page, "organisme_responsable")
    onward(page)
    tick(page, "modalite_recrutement", "3")
    onward(page)
    for name in ("referent_pmr", "referent_prf", "referent_mobilite"):
        choose(page, name)
    page.get_by_role("button", name="PROGRAMME REGION : E2C - Ecole de la deuxième chance").click()
    expect(page.locator("[name=nb_places]")).to_be_visible()
    page.locator("[name=nb_places]").fill("0")
    onward(page)
    return page.url


@pytest.mark.usefixtures("live")
def test_a_yearly_programme_refuses_another_year_and_no_place_and_waits_for_its_meeting(page: Page) -> None:
    sign_in(page, "of2@sofi.test")
    action = year_action(page)
    page.goto(f"{action}/recapitulatif")
    press(page, "Envoyer en validation")
    expect(page.locator("main")).to_contain_text("Une action s'envoie avec au moins une session.")
    expect(page.locator("#checklist").get_by_role("link", name="Ajouter une session")).to_be_visible()

    year_session(page, action, "2027-01-11")
    page.goto(f"{action}/recapitulatif")
    press(page, "Envoyer en validation")
    expect(page.locator("main")).to_contain_text("La session doit obligatoirement débuter en 2026.")
    page.locator("#checklist").get_by_role("link", name="Nb places dispositif").click()
    page.locator("[name=nb_places]").fill("20")
    onward(page)
    page.goto(f"{action}/recapitulatif")
    page.locator("#checklist").get_by_role("link", name="Date début").click()
    page.locator("[name=date_debut]").fill("2026-12-14")
    onward(page)
    session = home_of(page)
    page.goto(f"{action}/recapitulatif")
    press(page, "Envoyer en validation")
    expect(page.locator("main")).to_contain_text("En attente de validation par CARIF-OREF")

    approve_after_a_question(page, action, "of2@sofi.test")
    public = public_address(page, session)
    expect_public(page, public, YEARLY)
    page.goto(f"{action}/envois")
    expect(page.locator("main")).to_contain_text("elle est obligatoire pour alimenter Kairos")
    meet(page, session)
    page.goto(f"{action}/envois")
    expect(page.locator("main")).not_to_contain_text("elle est obligatoire pour alimenter Kairos")

    second = home_of_new_year_session(page, action)
    page.goto(action)
    expect(page.locator("main")).to_contain_text("En cours de saisie")
    expect_public(page, public, YEARLY)
    assert page.request.get(public_address(page, second)).status == 404
    page.goto(f"{action}/etapes/infos")
    page.locator("[name=resultats_attendus]").fill("Un projet validé.")
    onward(page)
    page.goto(f"{action}/recapitulatif")
    expect(page.locator("#checklist")).to_contain_text("ne se modifie qu'avec l'accord de la Région")


def home_of_new_year_session(page: Page, action: str) -> str:
    """A second session just added; the address of its page."""
    page.goto(action)
    add(page, "Sessions", "Ajouter une session")
    return home_of(page)


def meet(page: Page, session: str) -> None:
    """An information meeting at a distance; its type is the only one there is."""
    page.goto(f"{session}/etapes/recrutement")
    page.get_by_role("button", name="Ajouter une information collective").click()
    row = page.locator("#field-infos_collectives [data-row-id]").first
    expect(row.locator("[name$='-type']")).to_have_value("infocoll")
    row.locator("[name$='-date']").fill(day(5))
    row.locator("[name$='-heure_debut']").fill("09:00")
    row.locator("[name$='-a_distance'][type=checkbox], [name$='-a_distance'][value=oui]").first.check()
    onward(page)
