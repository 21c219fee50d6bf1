"""A region's file in a real browser, from the first mistakes to the organisation's desk, on a desk and on a phone."""

import csv
import io
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import ConsoleMessage, Page, expect
from werkzeug.serving import make_server

from portal.local.child import Child
from portal.settings import ROOT
from tests.support.imported import SLUG, as_csv, line, lines
from tests.support.people import PASSWORD, play

SCREENS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
GOOD = lines(60)
BAD = [*GOOD[:10], line(11, Quota="beaucoup"), line(12, **{"SIRET porteur": "123"}), *GOOD[12:]]


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The application of the other tests, served to a browser."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def start_worker(
    app: Flask, database_url: str, redis_url: str, tenants_dir: Path, tmp_path: Path
) -> Iterator[Callable[[], None]]:
    """Starts a real worker, in a process of its own."""
    environment = {
        "GUICHET_DEMO": "1",
        "SECRET_KEY": "x" * 40,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "GUICHET_VAR": str(tmp_path),
        "GUICHET_TENANTS": str(tenants_dir),
        "PYTHONPATH": str(ROOT),
        "PATH": "/usr/bin:/bin",
    }
    worker = Child("worker", [sys.executable, "-m", "portal.jobs.worker"], env=environment, log=tmp_path / "worker.log")
    yield worker.start
    worker.stop()


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console complains of."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            found.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def sound(page: Page) -> None:
    """axe finds nothing on this page, and it fits its screen."""
    faults = [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in Axe().run(page).response["violations"]]
    assert faults == [], page.url
    assert page.viewport_size is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url


def sign_in(page: Page, address: str, email: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{address}/connexion")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(f"**/{SLUG}/**")


def bring(page: Page, name: str, content: bytes) -> None:
    page.get_by_label("Le fichier à importer").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Déposer et vérifier").click()


@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
def test_a_bad_file_is_mended_accepted_and_reaches_the_organisation(
    app: Flask, page: Page, served: str, start_worker: Callable[[], None], complaints: list[str], screen: dict
) -> None:
    play(app, "region@exemple.test", SLUG, "validator")
    play(app, "of@exemple.test", SLUG, "org", number=1)
    page.set_viewport_size(screen)
    state = page.locator("#run-title .state")

    sign_in(page, served, "region@exemple.test")
    if screen is SCREENS["phone"]:
        page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("link", name="Imports", exact=True).click()
    sound(page)
    page.get_by_role("link", name="Contrats de l'année").click()
    sound(page)

    bring(page, "programme.csv", as_csv(BAD))
    expect(page.get_by_role("progressbar")).to_be_visible()
    sound(page)
    start_worker()
    expect(state).to_have_text("À corriger", timeout=60_000)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    faults = page.get_by_role("region", name="À corriger dans le fichier").locator("tbody tr")
    expect(faults).to_have_count(2)
    expect(faults.nth(0)).to_contain_text("Ligne 12")
    expect(faults.nth(0)).to_contain_text("beaucoup")
    expect(faults.nth(1)).to_contain_text("Ligne 13")
    sound(page)

    with page.expect_download() as coming:
        page.get_by_role("link", name="Télécharger le fichier annoté").click()
    annotated = coming.value.path().read_bytes().decode("utf-8-sig")
    marked = [n for n, row in enumerate(csv.DictReader(io.StringIO(annotated), delimiter=";"), 2) if row["À corriger"]]
    assert marked == [12, 13]

    page.get_by_role("link", name="Déposer le fichier corrigé").click()
    bring(page, "programme corrigé.csv", as_csv(GOOD))
    expect(state).to_have_text("Prêt à importer", timeout=60_000)
    sound(page)
    page.get_by_role("link", name="Accepter l’import").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("120 fiches seront créées")
    sound(page)
    asked.get_by_role("button", name="Accepter l’import").click()
    expect(state).to_have_text("Terminé", timeout=60_000)
    expect(page.get_by_role("region", name="Ce que le fichier a changé")).to_be_visible()
    sound(page)

    sign_in(page, served, "of@exemple.test")
    page.goto(f"{served}/{SLUG}/espace/contrat/")
    expect(page.locator("main")).to_contain_text("Contrat N00002")
    assert complaints == []
