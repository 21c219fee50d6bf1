"""Every sheet of the region, by its words."""

import pytest
from bs4 import BeautifulSoup

from tests.web.validator.conftest import ADMIN, SLUG

SEARCH = f"/{SLUG}/validation/fiches"


def rows(region, more=""):
    answer = region.region.get(SEARCH + more)
    assert answer.status_code == 200, answer.text
    page = BeautifulSoup(answer.text, "html.parser")
    return [" ".join(row.get_text(" ").split()) for row in page.select("tbody tr[id]")]


@pytest.mark.parametrize(
    ("asked", "levels"),
    [
        ("", ["Action", "Dossier", "Session"]), ("?q=hécaté", ["Action", "Dossier", "Session"]),
        ("?q=50001", ["Session"]), ("?niveau=dossier", ["Dossier"]), ("?niveau=inconnu&q=50001", ["Session"]),
        ("?q=absent", []), ("?q=%25%5C_", []),
    ],
)  # fmt: skip
def test_sheets_are_found_by_their_words_and_level(region, asked, levels):
    region.session(send=False)

    found = rows(region, asked)

    assert (
        sorted(level for row in found for level in ("Action", "Dossier", "Session") if f" {level} HEC" in row) == levels
    )


def test_one_row_or_many_cost_the_same(region, statements):
    with statements() as for_few:
        assert len(rows(region)) == 2
    for _ in range(6):
        region.session(send=False)

    with statements() as for_many:
        assert len(rows(region)) == 8

    assert len(for_many) == len(for_few)


def test_the_results_swapped_are_the_results_reloaded(region):
    part, whole = (region.region.get(f"{SEARCH}?q=texte", htmx=htmx) for htmx in (True, False))

    found = [BeautifulSoup(answer.text, "html.parser").select_one("#found") for answer in (part, whole)]
    assert found[0] == found[1] and found[0] is not None


def test_an_administrator_reads_and_performs_what_the_region_lets_them(region):
    browser = region.sign_in(ADMIN, "admin")

    page = browser.get(f"{SEARCH}/{region.dossier}")

    assert page.status_code == 200
    assert "Passer en cours de solde" in page.text
    assert browser.get(SEARCH).status_code == 200
