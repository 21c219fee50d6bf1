"""The catalogue as visitors meet it: accessible, fitting every screen, and moving without a reload."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

SCREENS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture
def session_path(page: Page) -> str:
    """The address of a session that the demonstration publishes."""
    page.goto("/eos/sessions")
    return str(page.locator(".result a").first.get_attribute("href"))


@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
def test_pages_are_accessible_and_fit(page: Page, session_path: str, screen):
    page.set_viewport_size(screen)
    lists = ["/", "/eos/", "/eos/sessions", "/eos/sessions?q=zzzz&lieu=lyon&debut=2026-01-01", "/recherche"]
    for path in [*lists, session_path, f"{session_path}/imprimer", "/eos/sessions/inconnue"]:
        page.goto(path)
        faults = [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in Axe().run(page).response["violations"]]
        assert faults == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"], path


def test_search_moves_in_place_and_a_reload_shows_the_same(page: Page):
    page.goto("/eos/sessions")
    page.evaluate("window.stayed = true")

    page.get_by_label("Métier, formation, mot-clé").fill("zzzz")
    page.get_by_role("button", name="Rechercher").click()

    expect(page.get_by_role("status").filter(has_text="Aucune session")).to_be_visible()
    assert page.evaluate("window.stayed"), "the page was not loaded again"
    assert "q=zzzz" in page.url
    swapped = page.locator("#results").inner_html()
    page.reload()
    assert page.locator("#results").inner_html() == swapped
    page.go_back()
    expect(page.locator(".result").first).to_be_visible()


def test_place_is_suggested_and_taken_from_the_keyboard(page: Page):
    page.goto("/eos/sessions")
    place = page.get_by_label("Lieu")

    place.press_sequentially("saint eti")
    expect(page.get_by_role("option", name="Saint-Étienne (42000)")).to_be_visible()
    place.press("ArrowDown")
    place.press("Enter")

    expect(place).to_have_value("Saint-Étienne (42000)")


def test_search_works_without_scripts(browser, base_url):
    visitor = browser.new_context(java_script_enabled=False, base_url=base_url).new_page()
    visitor.goto("/eos/")

    visitor.get_by_label("Métier, formation, mot-clé").fill("zzzz")
    visitor.get_by_role("button", name="Rechercher").click()

    expect(visitor.get_by_text("Aucune session ne correspond")).to_be_visible()
    visitor.context.close()
