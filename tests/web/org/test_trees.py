"""The tree of a region: everything one may see and nothing else, folded or not, from the menu or under a sheet."""

import csv
import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import Tag
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.domain.organisations.models import Organisation
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.htmx import after_swap, same_page, soup
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


def words(page: TestResponse) -> list[str]:
    """The lines of the tree, as people read them."""
    return [a.get_text(" ", strip=True) for a in soup(page).select(".tree .line > a")]


def fold(page: TestResponse, title: str) -> Tag:
    """What opens or folds what is below a sheet."""
    return next(a for a in soup(page).select(".tree .fold") if title in a["aria-label"])


def press(browser: Browser, page: TestResponse, link: Tag) -> TestResponse:
    """Follow a link as htmx does: what it swaps makes the page one finds by loading its address."""
    assert link["hx-get"] == link["href"]
    part, again = browser.get(link["hx-get"], htmx=True), browser.get(link["href"])
    same_page(after_swap(page, part, link["hx-target"]), again)
    return again


WHOLE = [
    "Contrat A", "Composante C001 Licence", "Session 01", "Session 02", "Session 03", "Composante C002 Master",
    "Contrat B",
]  # fmt: skip


def test_the_tree_is_folded_then_unfolded(mine: Browser) -> None:
    folded = mine.get(TREE)
    assert words(folded) == ["Contrat A", "Contrat B"]
    assert [a["aria-expanded"] for a in soup(folded).select(".tree .fold")] == ["false"]
    unfolded = press(mine, folded, soup(folded).find("a", string="Tout déplier"))
    assert words(unfolded) == WHOLE
    assert [a["aria-expanded"] for a in soup(unfolded).select(".tree .fold")] == ["true", "true"]
    assert words(press(mine, unfolded, soup(unfolded).find("a", string="Tout plier"))) == words(folded)


def test_a_branch_is_read_when_it_is_opened_and_the_address_keeps_it(mine: Browser) -> None:
    page = mine.get(TREE)
    page = press(mine, page, fold(page, "Contrat A (2)"))
    assert words(page) == ["Contrat A", "Composante C001 Licence", "Composante C002 Master", "Contrat B"]
    page = press(mine, page, fold(page, "Licence (3)"))
    assert words(page) == WHOLE
    page = press(mine, page, fold(page, "Contrat A"))
    assert words(page) == ["Contrat A", "Contrat B"]
    page = press(mine, page, fold(page, "Contrat A"))
    assert words(page) == WHOLE  # what was open inside is open again


def test_a_branch_is_folded_again_when_all_are_open(mine: Browser) -> None:
    page = mine.get(f"{TREE}?branches=toutes")
    page = press(mine, page, fold(page, "Licence"))
    assert words(page) == [*WHOLE[:2], *WHOLE[5:]]
    assert words(press(mine, page, fold(page, "Licence"))) == WHOLE


def test_an_address_that_names_anything_shows_the_tree(mine: Browser) -> None:
    asked = {"ouvert": ["x", "", str(uuid.uuid4())], "plie": "y", "branches": "z"}
    assert words(mine.get(TREE, query_string=asked)) == ["Contrat A", "Contrat B"]


def test_what_is_unfolded_at_once_stops_at_a_bound_and_says_so(mine: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.domain.desk.branches.MOST", 6)
    monkeypatch.setattr("portal.web.org.trees.MOST", 6)
    page = mine.get(f"{TREE}?branches=toutes")
    assert words(page) == ["Contrat A", "Composante C001 Licence", "Composante C002 Master", "Contrat B"]
    assert "jusqu’à 6 fiches" in soup(page).select_one("#arborescence .notice").get_text()
    page = press(mine, page, fold(page, "Licence"))
    assert words(page) == WHOLE  # a branch asked by name is opened all the same
    assert soup(page).select_one("#arborescence .notice") is None


def test_a_long_branch_is_shown_by_slices(mine: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.domain.desk.branches.SLICE", 2)
    monkeypatch.setattr("portal.web.org.trees.SLICE", 2)
    page = mine.get(f"{TREE}?branches=toutes")
    assert words(page) == [*WHOLE[:4], *WHOLE[5:]]
    more = soup(page).select_one(".tree .more a")
    assert more.get_text() == "Afficher la suite (1 sur 1) de Composante C001 Licence"
    page = press(mine, page, more)
    assert words(page) == WHOLE
    assert soup(page).select_one(".tree .more") is None


def test_thirty_branches_cost_the_statements_of_one(
    app: Flask, mine: Browser, contrats: list[uuid.UUID], statements: Any
) -> None:
    def count(below: str) -> int:
        mine.get(TREE)  # the first look of a process asks under which number the files were published
        with statements() as seen:
            page = mine.get(f"{TREE}?ouvert={contrats[1]}&ouvert={below}")
        assert below in page.text
        return len(seen)

    tenant = registry.get(SLUG)
    with inside(app, SLUG) as session:
        bare = session.get_one(Sheet, contrats[1])
        first = make_sheet(session, tenant, "composante", bare, intitule="Une")
        make_sheet(session, tenant, "session", first)
        opened = str(first.id)
    once = count(opened)
    with inside(app, SLUG) as session:
        bare, first = session.get_one(Sheet, contrats[1]), session.get_one(Sheet, uuid.UUID(opened))
        for n in range(29):
            make_sheet(session, tenant, "composante", bare, intitule=f"Autre {n}")
            make_sheet(session, tenant, "session", first)
    assert count(opened) == once
    assert len(words(mine.get(f"{TREE}?ouvert={contrats[1]}&ouvert={opened}"))) == 62


def test_nothing_below_that_belongs_to_another_is_shown_or_counted(
    app: Flask, mine: Browser, contrats: list[uuid.UUID]
) -> None:
    with inside(app, SLUG) as session:
        other = session.scalars(select(Organisation).where(Organisation.name == "Organisme 2")).one()
        full = session.get_one(Sheet, contrats[0])
        make_sheet(session, registry.get(SLUG), "composante", full, intitule="Ailleurs").organisation_id = other.id
    page = mine.get(f"{TREE}?branches=toutes")
    assert words(page) == WHOLE
    assert fold(page, "Contrat A (2)")["aria-expanded"] == "true"
    assert words(signed_in(app, "autre@exemple.test").get(f"{TREE}?ouvert={contrats[0]}")) == []


def test_those_who_decide_reach_the_tree_from_their_desk(app: Flask, contrats: list[uuid.UUID]) -> None:
    play(app, "region@exemple.test", SLUG, "validator")
    region = signed_in(app, "region@exemple.test")
    link = soup(region.get("/declare/validation/")).select_one(".page-actions").find("a", string="Offre")
    assert words(region.get(link["href"])) == ["Contrat A", "Contrat B"]


def test_the_part_alone_is_what_the_page_holds(mine: Browser) -> None:
    part = mine.get(TREE, headers={"HX-Request": "true"})
    assert soup(part).select_one("#arborescence").decode() == soup(mine.get(TREE)).select_one("#arborescence").decode()


def test_nothing_of_another_organisation_is_in_the_tree(app: Flask, contrats: list[uuid.UUID]) -> None:
    page = signed_in(app, "autre@exemple.test").get(TREE)
    assert page.status_code == 200
    assert words(page) == []


def test_a_tree_nobody_declared_is_not_there(mine: Browser) -> None:
    assert mine.get("/declare/espace/arborescences/inconnue").status_code == 404


def test_the_menu_leads_to_the_tree(mine: Browser) -> None:
    entry = soup(mine.get(TREE)).select_one(".menu-bar [aria-current=page]")
    assert (entry.get_text(strip=True), entry["href"]) == ("Offre", TREE)


def test_the_tab_shows_the_branch_of_the_sheet_alone(mine: Browser, contrats: list[uuid.UUID]) -> None:
    page = mine.get(f"/declare/espace/fiches/{contrats[0]}?onglet=offre&branches=toutes")
    assert words(page) == WHOLE[:6]
    page = press(mine, page, fold(page, "Licence"))
    assert words(page) == [*WHOLE[:2], WHOLE[5]]


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
