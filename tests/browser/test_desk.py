"""The desk by keyboard, in a real browser: walk the queue, open, write a reason, decide, go on with the next one."""

import re

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def desk(page: Page, live: str) -> Page:
    page.goto(f"{live}/connexion?suite=/eos/validation/")
    page.get_by_label("Adresse électronique").fill("region@eos.test")
    page.get_by_label("Mot de passe").fill("demo-guichet")
    page.locator("main button.btn-primary").click()
    expect(page.get_by_role("heading", name="À valider")).to_be_visible()
    return page


def test_the_queue_is_walked_opened_and_decided_without_a_mouse(desk: Page) -> None:
    links = desk.locator("[data-row] th a")
    titles = links.all_inner_texts()
    assert len(titles) >= 2
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    desk.keyboard.press("k")
    expect(links.nth(0)).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text(titles[0])

    desk.wait_for_function("document.readyState === 'complete'")  # the scripts that listen to keys come last
    desk.keyboard.press("r")
    reason = desk.locator("dialog[open] textarea[name=motif]")
    expect(reason).to_be_focused()
    desk.keyboard.type("a r n p : rien de cela ne décide.")
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("heading", level=1)).to_have_text(titles[0])

    desk.wait_for_function("document.readyState === 'complete'")  # the scripts that listen to keys come last
    desk.keyboard.press("r")
    expect(reason).to_be_focused()
    desk.keyboard.type("L'adresse du lieu est celle du siège.")
    desk.locator("dialog[open] button[name=confirmer]").click()
    expect(desk).to_have_url(re.compile(r"/eos/validation/\?.*#open-sheet-row-"))
    expect(desk.get_by_role("link", name=titles[0])).to_have_count(0)
    expect(desk.get_by_role("link", name=titles[1])).to_be_focused()


def test_the_help_opens_and_switches_the_shortcuts_off(desk: Page) -> None:
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Raccourcis clavier")).to_be_visible()
    desk.get_by_label("Désactiver les raccourcis").check()
    desk.keyboard.press("Escape")

    desk.keyboard.press("j")

    expect(desk.locator("tr.is-current")).to_have_count(0)


def test_what_changed_is_swapped_for_the_whole_and_back(desk: Page) -> None:
    desk.locator("tr", has_text="changement").first.get_by_role("link").click()
    tables = desk.locator("table.compare")
    few = tables.count()

    desk.keyboard.press("t")
    expect(desk).to_have_url(re.compile("tout=1"))
    expect(desk.get_by_role("link", name="Seulement ce qui change")).to_be_visible()
    assert tables.count() > few
    desk.keyboard.press("t")

    expect(tables).to_have_count(few)
