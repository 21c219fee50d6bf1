"""How somebody comes to have an account, on the screens of both: asking, inviting, activating, losing a password."""

import uuid

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

SCREENS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
CHOSEN, OTHER = "quatre canards boiteux", "cinq chevreuils gris"
MEMBERS, MAILS = "/eos/administration/membres", "/eos/administration/courriels"


def sound(page: Page) -> None:
    """axe finds nothing on this page, and it fits its screen."""
    faults = [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in Axe().run(page).response["violations"]]
    assert faults == [], page.url
    assert page.viewport_size is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url


def sign_in(page: Page, email: str, password: str) -> None:
    page.context.clear_cookies()
    page.goto("/connexion")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("button", name="Se connecter").click()


def link_sent_to(page: Page, email: str) -> str:
    """The link of the last message, as the demonstration lets an administrator read it."""
    sign_in(page, "admin@eos.test", "demo-guichet")
    page.goto(f"{MAILS}?q={email}")
    page.locator("summary", has_text="Lire").first.click()
    sound(page)
    href = page.locator("details[open] a").first.get_attribute("href")
    page.context.clear_cookies()
    return str(href)


def choose(page: Page, password: str, button: str) -> None:
    page.get_by_label("Mot de passe", exact=True).fill(password)
    page.get_by_label("Mot de passe, encore une fois").fill(password)
    page.get_by_role("button", name=button).click()


@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
def test_a_person_asks_is_invited_signs_in_and_loses_a_password(page: Page, screen: dict) -> None:
    email = f"ines-{uuid.uuid4().hex[:8]}@organisme.test"
    page.set_viewport_size(screen)
    page.goto("/connexion")
    sound(page)
    page.get_by_role("link", name="J’ai reçu une clé d’activation").click()
    sound(page)
    page.get_by_role("link", name="Je n’ai pas de clé d’activation").click()
    page.get_by_role("button", name="Envoyer ma demande").click()
    sound(page)
    page.get_by_label("Région").select_option("eos")
    page.get_by_label("Prénom et nom").fill("Inès Roux")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("SIRET").fill("842 063 174 00010")
    page.get_by_label("Nom de l’organisme").fill("Formations du Nord")
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_text("Votre demande est transmise")).to_be_visible()

    sign_in(page, "admin@eos.test", "demo-guichet")
    page.goto(f"{MEMBERS}/inviter")
    sound(page)
    page.goto(MEMBERS)
    request = page.get_by_role("article").filter(has_text=email)
    request.locator("summary", has_text="Accepter").click()
    sound(page)
    request.get_by_label("Rôle").select_option("organisme")
    request.get_by_role("button", name="Inviter").click()
    expect(page.get_by_role("row").filter(has_text=email).get_by_role("button", name="Renvoyer")).to_be_visible()
    sound(page)

    page.goto(link_sent_to(page, email))
    sound(page)
    choose(page, CHOSEN, "Créer mon compte")
    expect(page).to_have_url("/eos/espace/")

    page.goto("/connexion")
    page.context.clear_cookies()
    page.goto("/connexion")
    page.get_by_role("link", name="Réinitialiser votre mot de passe").click()
    sound(page)
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_role("button", name="Recevoir le lien").click()
    expect(page.get_by_text("Si un compte existe")).to_be_visible()
    address = link_sent_to(page, email)
    page.goto(address)
    sound(page)
    choose(page, OTHER, "Changer mon mot de passe")
    expect(page.get_by_text("Votre mot de passe est changé")).to_be_visible()
    page.goto(address)
    expect(page.get_by_role("heading", name="Ce lien n’est plus valable")).to_be_visible()
    sound(page)
    sign_in(page, email, OTHER)
    expect(page).to_have_url("/eos/espace/")
