"""The tree of a region: everything one may see and nothing else, folded or not, from the menu or under a sheet."""

import csv
import io
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.organisations.models import Organisation
from portal.tenancy.registry import registry
from tests.support.htmx import soup
from tests.support.offer import make_sheet
from tests.support.people import Browser, inside, play, signed_in

SLUG, TREE = "declare", "/declare/espace/arborescences/offre"
LIST = "/declare/espace/contrat/contrats"


@pytest.fixture
def contrats(app: Flask) -> list[uuid.UUID]:
    """Two contracts of organisation 1: one with two composantes and three sessions, one with nothing below."""
    play(app, "moi@exemple.test", SLUG, "org")
    play(app, "autre@exemple.test", SLUG, "org", number=2)
    tenant = registry.get(SLUG)
    with inside(app, SLUG) as session:
        holder = session.scalars(select(Organisation).where(Organisation.name == "Organisme 1")).one()
        full = make_sheet(session, tenant, "contrat", None, holder, numero="A")
        bare = make_sheet(session, tenant, "contrat", None, holder, numero="B")
        first = make_sheet(session, tenant, "composante", full, intitule="Licence")
        make_sheet(session, tenant, "composante", full, intitule="Master")
        for n in range(3):
            rows = [{"_id": f"r{k}", "jour": f"2026-03-0{k + 1}"} for k in range(n)]
            make_sheet(session, tenant, "session", first, reunions=rows, debut=f"2026-0{n + 4}-01")
        return [full.id, bare.id]


@pytest.fixture
def mine(app: Flask, contrats: list[uuid.UUID]) -> Browser:
    return signed_in(app, "moi@exemple.test")


def test_the_tree_is_folded_then_unfolded(mine: Browser) -> None:
    folded = soup(mine.get(TREE))
    assert [d.has_attr("open") for d in folded.select(".tree details")] == [False, False]
    link = folded.find("a", string="Tout déplier")
    unfolded = soup(mine.get(link["href"]))
    assert all(d.has_attr("open") for d in unfolded.select(".tree details"))
    words = [a.get_text(" ", strip=True) for a in unfolded.select(".tree a")]
    assert words == [
        "Contrat A", "Composante C001 Licence", "Session 01", "Session 02", "Session 03", "Composante C002 Master",
        "Contrat B",
    ]  # fmt: skip
    assert unfolded.find("a", string="Tout plier") is not None


def test_the_part_alone_is_what_the_page_holds(mine: Browser) -> None:
    part = mine.get(TREE, headers={"HX-Request": "true"})
    assert soup(part).select_one("#arborescence").decode() == soup(mine.get(TREE)).select_one("#arborescence").decode()


def test_nothing_of_another_organisation_is_in_the_tree(app: Flask, contrats: list[uuid.UUID]) -> None:
    page = signed_in(app, "autre@exemple.test").get(TREE)
    assert page.status_code == 200
    assert soup(page).select(".tree a") == []


def test_a_tree_nobody_declared_is_not_there(mine: Browser) -> None:
    assert mine.get("/declare/espace/arborescences/inconnue").status_code == 404


def test_the_menu_leads_to_the_tree(mine: Browser) -> None:
    entry = soup(mine.get(TREE)).select_one(".menu-bar [aria-current=page]")
    assert (entry.get_text(strip=True), entry["href"]) == ("Offre", TREE)


def test_the_tab_shows_the_branch_of_the_sheet_alone(mine: Browser, contrats: list[uuid.UUID]) -> None:
    page = soup(mine.get(f"/declare/espace/fiches/{contrats[0]}?onglet=offre&branches=toutes"))
    assert len(page.select(".tree a")) == 6


def test_the_help_of_a_tab_is_folded_under_it(mine: Browser, contrats: list[uuid.UUID]) -> None:
    page = soup(mine.get(f"/declare/espace/fiches/{contrats[0]}"))
    assert "Une session se déclare" in page.select_one("#sheet-tab .help-box").get_text()


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({}, ["A", "B"]),
        ({"intitule": "mastér"}, ["A"]),
        ({"intitule": "droit"}, []),
        ({"places": "oui"}, ["A"]),
        ({"debut": "2026-06-01"}, ["A"]),
        ({"debut": "2026-06-01", "places": "non"}, []),  # the one session that late has several meetings
        ({"debut": "2026-07-01"}, []),
        ({"debut": "bientôt"}, ["A", "B"]),
    ],
)
def test_criteria_on_what_is_below(mine: Browser, asked: dict[str, str], kept: list[str]) -> None:
    page = soup(mine.get("/declare/espace/contrat/", query_string=asked))
    assert [row.select("td")[0].get_text(strip=True) for row in page.select("#liste tbody tr")] == kept


def test_the_legend_is_said_under_the_list(mine: Browser) -> None:
    assert "C Composante · S Session" in " ".join(soup(mine.get("/declare/espace/contrat/")).get_text(" ").split())


Lines = Callable[[str], list[list[str]]]


@pytest.fixture
def lines(mine: Browser) -> Lines:
    def read(export: str) -> list[list[str]]:
        text = mine.get(f"{LIST}.csv?export={export}").data.decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text), delimiter=";"))

    return read


def test_an_export_goes_below_its_list(lines: Lines) -> None:
    assert lines("sessions") == [
        ["Contrat", "Composante", "Session", "Réunions"],
        ["A", "Licence", "01", "-"],
        ["A", "Licence", "02", "01/03/2026"],
        ["A", "Licence", "03", "01/03/2026 ; 02/03/2026"],
        ["A", "Master", "", ""],
        ["B", "", "", ""],
    ]


def test_an_export_below_is_the_same_by_small_chunks(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = lines("sessions")
    monkeypatch.setattr("portal.domain.desk.below.CHUNK", 1)
    assert lines("sessions") == whole
