"""Communes and départements by their codes."""

import pytest

from portal.domain.reference.queries import (
    commune,
    commune_hit,
    communes_of_postal_code,
    department,
    departments,
)
from portal.domain.reference.queries.communes import main_postal_code

NO_CODES = [
    "",
    " ",
    "4221",
    "422188",
    "99999",
    "2C004",
    "é2218",
    "42218\x00",
    "4" * 10_000,
    "' or 1=1 --",
    "😀",
    "٤٢٢١٨",
]


def test_commune_by_code() -> None:
    row = commune("42218")
    assert row is not None
    assert (row.name, row.department, row.region, row.kind, row.merged_into) == (
        "Saint-Étienne",
        "42",
        "84",
        "commune",
        None,
    )
    assert row.postal_codes == ["42000", "42100", "42230"]
    assert row.population is not None
    assert row.population > 100_000


@pytest.mark.parametrize(("code", "name"), [("2a004", "Ajaccio"), (" 2B033 ", "Bastia"), ("97411", "Saint-Denis")])
def test_commune_code_is_read_kindly(code: str, name: str) -> None:
    row = commune(code)
    assert row is not None
    assert row.name == name


def test_a_former_commune_keeps_its_row_and_says_where_it_lives_on() -> None:
    row = commune("61325")
    assert row is not None
    assert row.kind == "deleguee"
    today = commune(row.merged_into or "")
    assert today is not None
    assert today.merged_into is None
    assert (row.department, row.region) == (today.department, today.region)


@pytest.mark.parametrize("code", NO_CODES)
def test_a_code_that_is_none_is_no_commune(code: str) -> None:
    assert commune(code) is None
    assert commune_hit(code) is None


def test_commune_hit_is_the_commune_of_today() -> None:
    hit, former = commune_hit("42218"), commune_hit("61325")
    assert hit is not None
    assert hit.label == "Saint-Étienne (42000)"
    assert former is not None
    assert former.insee != "61325"
    assert f"aujourd’hui {former.name}" in former.label


def test_communes_of_postal_code_most_populous_first() -> None:
    found = communes_of_postal_code("01400")
    assert found[0].label == "Châtillon-sur-Chalaronne (01400)"
    assert len(found) > 5
    assert all("01400" in hit.postal_codes for hit in found)


def test_communes_of_postal_code_leaves_former_communes_out() -> None:
    assert [hit.name for hit in communes_of_postal_code("01200") if "aujourd" in hit.label] == []


def test_an_arrondissement_comes_before_its_city() -> None:
    assert [hit.insee for hit in communes_of_postal_code("69003")] == ["69383", "69123"]


@pytest.mark.parametrize("code", [*NO_CODES, "11108", "75961", "2A004", "4200", "%", "_____"])
def test_unknown_postal_code_is_nowhere(code: str) -> None:
    assert communes_of_postal_code(code) == []


@pytest.mark.parametrize(
    ("codes", "main"),
    [
        (["42000", "42100", "42230"], "42000"),
        (["13104", "13123", "13129", "13200", "13280"], "13200"),
        (["80190"], "80190"),
        ([], None),
    ],
)
def test_the_main_postal_code_is_the_roundest(codes: list[str], main: str | None) -> None:
    assert main_postal_code("00000", codes) == main


def test_department() -> None:
    loire, corse = department("42"), department("2a")
    assert loire is not None
    assert (loire.name, loire.region_name, loire.academy_name, loire.holiday_zone) == (
        "Loire",
        "Auvergne-Rhône-Alpes",
        "Lyon",
        "A",
    )
    assert corse is not None
    assert (corse.name, corse.holiday_zone, corse.chef_lieu) == ("Corse-du-Sud", None, "2A004")


@pytest.mark.parametrize("code", ["", "4", "20", "00", "999", "2C", "42\x00", "😀", "a" * 10_000, "' or 1=1"])
def test_unknown_department(code: str) -> None:
    assert department(code) is None


def test_departments_are_all_there_in_order() -> None:
    codes = [row.code for row in departments()]
    assert len(codes) == 109
    assert codes == sorted(codes)
