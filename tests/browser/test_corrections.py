"""Three remarks on two steps; two are corrected, one is answered; approval is refused, then possible."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.live import Live
from tests.support.played import OF, SLUG, played

PASSWORD = "demo-guichet"
NAME, PHONE, SEATS = "Nom contact", "Tél", "Effectif visé de la session"
SAID = {NAME: "Un prénom aussi.", PHONE: "Ce numéro ne répond pas.", SEATS: "Plus de places que la commande."}


def sound(page: Page) -> None:
    """axe finds nothing on this page."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def sign_in(page: Page, who: str, then: str) -> None:
    page.context.clear_cookies()
    page.goto(f"/connexion?suite={then}")
    page.get_by_label("Adresse électronique").fill(who)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(re.compile(re.escape(then)))


def same_after_reload(page: Page, part: str) -> None:
    """What the page shows is what it shows once loaded again."""
    before = page.locator(part).inner_text()
    page.reload()
    expect(page.locator(part)).to_have_text(before, use_inner_text=True)


def remark(page: Page, field: str) -> None:
    """Write a remark at a field, in the dialog that its button opens."""
    page.wait_for_function("window.htmx !== undefined && document.readyState === 'complete'")
    page.get_by_role("link", name=f"Demander une correction : {field}", exact=True).click()
    words = page.locator("dialog[open] textarea")
    expect(words).to_be_visible()
    words.fill(SAID[field])
    page.locator("dialog[open] button[name=confirmer]").click()
    expect(page.locator("#corrections blockquote", has_text=SAID[field])).to_be_visible()


def correct(page: Page, sheet: str) -> None:
    """The organisation: two fields corrected from the list, the third remark answered, everything sent again."""
    sign_in(page, OF, f"/{SLUG}/espace/fiches/{sheet}")
    asked = page.locator("#corrections")
    expect(asked.locator(".remark")).to_have_count(3)
    sound(page)
    asked.get_by_role("link", name=re.compile(NAME)).click()
    expect(page.locator("#field-contact_nom .correction")).to_contain_text(SAID[NAME])
    sound(page)
    page.locator("[name=contact_nom]").fill("Ida Lot")
    page.locator("[name=contact_tel]").fill("04 72 00 00 01")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.locator("#field-effectif_vise .correction")).to_contain_text(SAID[SEATS])  # the step that comes next
    page.goto(f"/{SLUG}/espace/fiches/{sheet}")
    expect(asked.get_by_text("Modifié depuis")).to_have_count(2)
    third = asked.locator(".remark", has_text=SAID[SEATS])
    third.get_by_text("Répondre").click()
    third.get_by_label("Votre réponse").fill("C'est l'avenant de mars.")
    third.get_by_role("button", name="Envoyer la réponse").click()
    expect(third).to_contain_text("Votre réponse : C'est l'avenant de mars.")
    page.locator(".page-actions").get_by_role("button", name="Envoyer vers Région").click()
    expect(page.get_by_text("Validée OF").first).to_be_visible()


def test_three_remarks_two_corrected_one_waived(page: Page, product: Live) -> None:
    with played(product) as region:
        made = region.made(contact_nom="Lot")
        region.press(made, "envoyer")
        sheet = str(made.id)
    review = f"/{SLUG}/validation/fiches/{sheet}"
    sign_in(page, "region@eos.test", review)
    for field in SAID:
        remark(page, field)
    sound(page)
    same_after_reload(page, "#review-body")
    bar = page.get_by_role("group", name="Décision")
    expect(bar).to_contain_text("3 corrections demandées sont encore ouvertes")
    bar.get_by_role("link", name="Demander une correction").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("3 remarques partent avec cette demande")
    sound(page)
    dialog.locator("button[name=confirmer]").click()
    expect(page.get_by_text("La demande de correction est partie")).to_be_visible()

    correct(page, sheet)

    sign_in(page, "region@eos.test", review)
    first = page.locator(".remark", has_text=SAID[NAME])
    expect(first).to_contain_text("Ida Lot")
    expect(page.locator(".remark", has_text=SAID[SEATS])).to_contain_text("C'est l'avenant de mars.")
    sound(page)
    for field in (NAME, PHONE):
        page.locator(".remark", has_text=SAID[field]).get_by_role("button", name="C’est corrigé").click()
        expect(page.get_by_text("la remarque est fermée")).to_be_visible()
    expect(bar).to_contain_text("Une correction demandée est encore ouverte")
    expect(bar.get_by_role("button", name="Valider")).to_have_count(0)
    page.wait_for_function("window.htmx !== undefined && document.readyState === 'complete'")
    page.get_by_role("link", name="Lever…").click()
    dialog.locator("textarea").fill("L'avenant est arrivé.")
    dialog.locator("button[name=confirmer]").click()
    expect(page.locator("#corrections")).to_contain_text("L'avenant est arrivé.")
    bar.get_by_role("button", name="Valider").click()
    expect(page.get_by_text("La session est validée")).to_be_visible()
