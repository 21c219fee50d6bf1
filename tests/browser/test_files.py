"""A file chosen in a real page: sent at once, said at its place, no heavier than it may be."""

import hashlib
import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from portal.domain.organisations.models import Organisation
from portal.tenancy.registry import registry
from tests.support.files import EXE, PDF
from tests.support.offer import make_sheet
from tests.support.people import PASSWORD, inside, play

SLUG = "revue"


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
def step(app: Flask, served: str) -> str:
    """The address of a step that asks for a file."""
    play(app, "of@exemple.test", SLUG, "org")
    with inside(app, SLUG) as session:
        holder = session.scalars(select(Organisation)).one()
        formation = make_sheet(session, registry.get(SLUG), "formation", None, holder)
        return f"{served}/{SLUG}/espace/fiches/{formation.id}/etapes/formation"


def test_a_chosen_file_is_sent_at_once_and_may_be_removed(page: Page, served: str, step: str) -> None:
    page.goto(f"{served}/connexion")
    page.get_by_label("Adresse électronique").fill("of@exemple.test")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.goto(step)
    chooser, field = page.locator("#c-plaquette"), page.locator("#field-plaquette")

    page.get_by_label("Intitulé").fill("Cuisine du monde")
    chooser.set_input_files({"name": "lourd.pdf", "mimeType": "application/pdf", "buffer": PDF + bytes(500_000)})
    expect(field).to_contain_text("Ce fichier est trop lourd : 400\u00a0ko au plus.")

    chooser.set_input_files({"name": "plaquette.pdf", "mimeType": "application/pdf", "buffer": EXE})
    expect(field).to_contain_text("Erreur : Types de fichier acceptés : pdf, png.")
    expect(page.get_by_label("Intitulé")).to_have_value("Cuisine du monde")

    chooser.set_input_files({"name": "plaquette.pdf", "mimeType": "application/pdf", "buffer": PDF})
    link = field.get_by_role("link", name="plaquette.pdf")
    expect(link).to_be_visible()
    assert Axe().run(page).violations_count == 0
    with page.expect_download() as waited:
        link.click()
    assert waited.value.suggested_filename == "plaquette.pdf"
    assert hashlib.sha256(waited.value.path().read_bytes()).digest() == hashlib.sha256(PDF).digest()

    page.get_by_label("Intitulé").fill("Cuisine d'ici")
    expect(page.locator("#saved")).to_contain_text("Brouillon enregistré")
    page.once("dialog", lambda dialog: dialog.accept())
    field.get_by_role("button", name="Retirer").click()
    expect(link).to_have_count(0)
    page.reload()
    expect(page.get_by_label("Intitulé")).to_have_value("Cuisine d'ici")
    expect(field).not_to_contain_text("plaquette.pdf")
