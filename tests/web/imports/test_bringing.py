"""Bringing a file: who may, what is refused at once, and in which words."""

import io

import pytest

from portal.tenancy.registry import registry
from tests.support.files import PDF, PNG, docx
from tests.support.htmx import soup
from tests.support.imported import IMPORT, SLUG, as_csv, line, lines
from tests.support.people import play, signed_in
from tests.web.imports.conftest import HOME, form_of

PAGE = f"{HOME}{IMPORT}"
MEGABYTE = 1024 * 1024


def fault_in(page) -> str:
    """What the page says beside the field of the file."""
    return " ".join(soup(page).select_one("#fault-fichier").get_text().split())


def test_the_header_leads_those_who_may_bring_files_to_them(office):
    link = soup(office.region.get(f"/{SLUG}/validation/")).find("a", string="Imports")

    assert link["href"] == HOME
    page = soup(office.region.get(HOME))
    assert page.select_one(".areas [aria-current]").get_text() == "Imports"
    assert {h.get_text(strip=True) for h in page.select("article h2")} == {
        one.label for one in registry.get(SLUG).imports.imports.values()
    }


@pytest.mark.parametrize("path", [HOME, PAGE, f"{PAGE}/modele.csv"])
def test_only_those_whose_role_is_named_find_the_pages(app, office, path):
    play(app, "of@exemple.test", SLUG, "org")
    of = signed_in(app, "of@exemple.test")

    assert office.region.get(path).status_code == 200
    assert of.get(path).status_code == 404
    assert "Imports" not in of.get(f"/{SLUG}/espace/").text
    assert of.post(PAGE, {"fichier": (io.BytesIO(as_csv(lines(1))), "a.csv")}).status_code == 404
    assert app.test_client().get(path).headers["Location"].startswith("/connexion")
    assert office.runs() == []


def test_a_region_without_imports_has_no_such_page(app):
    slug = next(t.slug for t in registry.all() if not t.imports.imports)
    play(app, "ailleurs@exemple.test", slug, "validator")

    browser = signed_in(app, "ailleurs@exemple.test")

    assert browser.get(f"/{slug}/imports/").status_code == 404
    assert "Imports" not in browser.get(f"/{slug}/validation/").text


def test_a_file_is_kept_and_its_page_opened(office):
    answer = office.bring(as_csv(lines(2)), "Mes documents/programme 2026.csv")

    assert answer.status_code == 303
    page = office.region.get(answer.headers["Location"])
    assert "programme 2026.csv" in page.text
    assert "Mes documents" not in page.text
    assert office.runs() == ["waiting"]


@pytest.mark.parametrize(
    ("content", "name", "status", "words"),
    [
        (b"", "vide.csv", 422, "Ce fichier est vide."),
        (b"  \r\n", "blanc.csv", 422, "Ce fichier est vide."),
        (PDF, "programme.csv", 415, "Ce fichier n'est pas un fichier CSV ni un classeur Excel (.xlsx)"),
        (PNG, "programme.xlsx", 415, "Ce fichier n'est pas"),
        (docx(), "programme.xlsx", 415, "Ce fichier n'est pas"),
        (b"a;b\n" * (5 * MEGABYTE + 1), "lourd.csv", 413, "20 Mo"),
    ],
)
def test_what_is_no_file_to_import_is_refused_beside_its_field(office, content, name, status, words):
    answer = office.bring(content, name)

    assert answer.status_code == status
    assert words in fault_in(answer)
    assert office.runs() == []


@pytest.mark.parametrize("data", [{}, {"fichier": "programme.csv"}, {"autre": (io.BytesIO(b"a;b"), "a.csv")}])
def test_a_form_without_a_file_asks_for_one(office, data):
    answer = office.region.post(PAGE, data)

    assert answer.status_code == 422
    assert fault_in(answer) == "Choisissez un fichier."
    assert office.runs() == []


def test_a_file_heavier_than_the_room_is_not_even_read(app, office):
    for answer in (
        office.bring(bytes(25 * MEGABYTE)),
        app.test_client().post(PAGE, **form_of(bytes(25 * MEGABYTE), "a")),
    ):
        assert answer.status_code == 413
        assert "Ce que vous envoyez dépasse 20 Mo." in answer.text
    assert office.runs() == []


def test_elsewhere_the_room_is_what_it_was(app, office):
    answer = office.region.client.post("/compte", **form_of(bytes(13 * MEGABYTE), "a"))

    assert answer.status_code == 413
    assert "Ce que vous envoyez dépasse 12 Mo." in answer.text


def test_one_file_at_a_time(office):
    office.bring_lines(lines(1))

    answer = office.bring(as_csv(lines(2)))

    assert answer.status_code == 409
    assert "déjà en cours" in fault_in(answer)
    assert office.runs() == ["checked"]


def test_an_import_that_is_not_declared_does_not_exist(office):
    assert office.region.get(f"{HOME}inconnu").status_code == 404
    assert office.bring(as_csv(lines(1)), import_id="inconnu").status_code == 404


def test_the_model_is_a_file_that_says_what_is_expected(office):
    answer = office.region.get(f"{PAGE}/modele.csv")

    assert answer.headers["Content-Disposition"].startswith("attachment")
    headings = answer.data.decode("utf-8-sig").splitlines()[0].split(";")
    assert set(line(1)) <= set(headings)
    assert office.region.get(f"{PAGE}/modele.xlsx").data.startswith(b"PK")
    assert office.region.get(f"{HOME}composantes/modele.xlsx").status_code == 404


def test_the_list_of_files_asks_the_same_of_the_database_whatever_their_number(office, statements):
    def count(url):
        office.region.get(url)
        with statements() as seen:
            assert office.region.get(url).status_code == 200
        return len(seen)

    office.bring_lines([line(1, Quota="beaucoup")])
    few = {url: count(url) for url in (HOME, PAGE)}
    for _ in range(29):
        office.bring_lines([line(1, Quota="beaucoup")])

    assert {url: count(url) for url in (HOME, PAGE)} == few
    page = soup(office.region.get(PAGE))
    assert len(page.select("#runs tbody tr")) == 20
    assert "30 fichiers" in page.text
    assert len(soup(office.region.get(f"{PAGE}?page=2", htmx=True)).select("#runs tbody tr")) == 10
