"""Files with their columns in place, one line per row, days with their hour; filters the region answers first."""

import csv
import io
import uuid
from datetime import datetime

import openpyxl
import pytest
from flask import Flask

from portal.tenancy.registry import registry
from tests.support.htmx import soup
from tests.support.offer import make_sheet, organisation, put_in_state
from tests.support.people import Browser, inside, play, signed_in

SLUG = "plan"
LIST = f"/{SLUG}/espace/session/fichier"
SLOTS = [
    {"_id": "c1", "jour": "2026-06-02", "debut": "09:00", "fin": "12:30"},
    {"_id": "c2", "jour": "2026-06-09", "debut": "14:00", "fin": "17:20"},
]


@pytest.fixture
def sessions(app: Flask) -> dict[str, uuid.UUID]:
    """One session of 2025, one of 2026 with its slots, one of 2026 that is validated."""
    tenant, found = registry.get(SLUG), {}
    with inside(app, SLUG) as session:
        holder = organisation(session)
        for year in ("2025", "2026"):
            dispositif = make_sheet(session, tenant, "dispositif", None, holder, identifiant=year)
            group = make_sheet(session, tenant, "groupe", make_sheet(session, tenant, "module", dispositif), holder)
            found[year] = make_sheet(session, tenant, "session", group, creneaux=SLOTS).id
            done = make_sheet(session, tenant, "session", group, creneaux=[])
            put_in_state(session, done, "statut", "s5")
            found[f"{year} validée"] = done.id
    return found


@pytest.fixture
def reader(app: Flask, sessions: dict[str, uuid.UUID]) -> Browser:
    play(app, "ingenieur@exemple.test", SLUG, "validator", role="ingenieur")
    return signed_in(app, "ingenieur@exemple.test")


def table(answer):
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


def listed(page) -> set[str]:
    return {a["href"] for a in soup(page).select("table.data a") if "/fiches/" in a.get("href", "")}


def test_a_file_has_its_columns_in_its_own_order_and_those_of_files_alone(reader: Browser) -> None:
    heads, line = table(reader.get(f"{LIST}.csv?export=sessions"))
    assert heads == ["Début", "Session", "Durée"]
    assert line[:2] == ["02/06/2026 09:00", "#1"]
    assert line[2].startswith("6,83")
    shown = soup(reader.get(f"/{SLUG}/espace/session/?liste=fichier")).select("th")
    assert [th.get_text(strip=True) for th in shown][:3] == ["Action", "Session", "Durée"]


def test_one_line_per_slot_takes_the_place_of_the_sheets_own_columns(reader: Browser) -> None:
    heads, first, second = table(reader.get(f"{LIST}.csv?export=creneaux"))
    assert heads == ["Session", "Début", "Durée", "Statut", "Jour"]
    assert first == ["#1", "02/06/2026 09:00", "3,5", "1- Brouillon", "02/06/2026"]
    assert second[1] == "09/06/2026 14:00"
    assert second[2].startswith("3,33")


def test_the_sheet_of_a_spreadsheet_is_named_and_keeps_days_with_their_hour(reader: Browser) -> None:
    book = openpyxl.load_workbook(io.BytesIO(reader.get(f"{LIST}.xlsx?export=sessions").data))
    assert book.sheetnames == ["Liste des sessions"]
    cell = book.active["A2"]
    assert (cell.value, cell.number_format) == (datetime(2026, 6, 2, 9, 0), "dd/mm/yyyy hh:mm")


def test_filters_that_are_required_are_answered_by_the_region(reader: Browser, sessions) -> None:
    page = reader.get(f"/{SLUG}/espace/session/?liste=fichier")
    tree = soup(page)
    assert {i for i in sessions.values() if any(str(i) in href for href in listed(page))} == {sessions["2026"]}
    assert tree.select_one("#critere-annee option[selected]")["value"] == "2026"
    assert tree.select_one("#critere-annee option[value='']") is None
    assert tree.select_one("#critere-publication option[selected]")["value"] == "jamais"
    assert len(tree.select("[name=statuts][checked]")) == 3
    assert tree.select_one("label[for=critere-annee]").get_text(strip=True) == "Année*"


def test_what_is_asked_takes_the_place_of_what_the_region_answers(reader: Browser, sessions) -> None:
    asked = reader.get(f"/{SLUG}/espace/session/?liste=fichier&annee=2025&statuts=s5&publication=")
    assert {sessions["2025 validée"]} == {i for i in sessions.values() if any(str(i) in href for href in listed(asked))}
    kept = soup(reader.get(f"/{SLUG}/espace/session/?liste=fichier&annee=&statuts=s5"))
    assert kept.select_one("#critere-annee option[selected]")["value"] == "2026"
    assert kept.select_one("#critere-publication option[selected]") is None
