from datetime import date
from typing import Any

import pytest

from portal.domain.rules import Code, Problem
from tests.domain.rules.support import run, session, sheet, words


def test_value_of_another_sheet_is_told_with_its_name() -> None:
    action = sheet("action", sheet("dossier"))
    own, other = (
        sheet("session", action, "Session 1", libelle="01"),
        sheet("session", action, "Session 2", libelle="01"),
    )
    facts = {"siblings": [own, other]}
    assert run("unique_within", own, facts, fields=["libelle"]) == [Problem("libelle", "01 : existe déjà (Session 2).")]
    assert run("unique_within", own, facts, fields=["libelle", "debut"]) == []
    other.data["libelle"] = "02"
    assert run("unique_within", own, facts, fields=["libelle"]) == []


def test_each_value_of_a_pattern_is_in_no_other_sheet() -> None:
    action = sheet("action", sheet("dossier"))
    own = sheet(
        "session", action, "Groupe 01", evenements=[{"_id": "a", "qui": "Camille"}, {"_id": "b", "qui": "Dominique"}]
    )
    other = sheet("session", action, "Groupe 02", evenements=[{"_id": "c", "qui": "Camille"}])
    assert run("unique_within", own, {"siblings": [own, other]}, fields="evenements.*.qui") == [
        Problem("evenements", "Camille : existe déjà (Groupe 02).")
    ]


def test_same_row_twice_is_told_at_the_second() -> None:
    rows = [
        {"_id": "a", "type": "test", "jour": "2026-03-02"},
        {"_id": "b", "type": "test", "jour": "2026-03-02"},
        {"_id": "c", "type": "test"},
        {"_id": "d", "type": "test"},
    ]
    assert run("distinct_rows", session(evenements=rows), rows="evenements", cells=["type", "jour"]) == [
        Problem("evenements.b.type", "test, 02/03/2026 : déjà indiqué plus haut.")
    ]


def _slot(name: str, start: str, end: str, day: str = "2026-03-02", **others: Any) -> dict[str, Any]:
    return {"_id": name, "jour": day, "de": start, "a": end, **others}


SLOTS = {"rows": "evenements", "date": "jour", "start": "de", "end": "a"}


@pytest.mark.parametrize(
    ("rows", "parameters", "fields"),
    [
        ([_slot("a", "09:00", "12:00"), _slot("b", "12:00", "13:00")], SLOTS, []),
        ([_slot("a", "09:00", "12:00"), _slot("b", "11:59", "13:00")], SLOTS, ["evenements.b.de"]),
        ([_slot("b", "11:00", "13:00"), _slot("a", "09:00", "12:00")], SLOTS, ["evenements.b.de"]),
        ([_slot("a", "09:00", "12:00"), _slot("b", "09:00", "12:00", "2026-03-03")], SLOTS, []),
        (
            [_slot("a", "09:00", "18:00"), _slot("b", "10:00", "11:00"), _slot("c", "17:00", "19:00")],
            SLOTS,
            ["evenements.b.de", "evenements.c.de"],
        ),
        ([_slot("a", "09:00", "12:00", qui="x"), _slot("b", "10:00", "11:00", qui="y")], {**SLOTS, "by": "qui"}, []),
        (
            [_slot("a", "09:00", "12:00", qui="x"), _slot("b", "10:00", "11:00", qui="x")],
            {**SLOTS, "by": "qui"},
            ["evenements.b.de"],
        ),
        ([_slot("a", "12:00", "09:00"), _slot("b", "10:00", "11:00")], SLOTS, []),
        ([{"_id": "a", "de": "09:00", "a": "12:00"}, _slot("b", "10:00", "11:00")], SLOTS, []),
        (
            [
                {"_id": "a", "jour": "2026-03-01", "au": "2026-03-05"},
                {"_id": "b", "jour": "2026-03-02", "au": "2026-03-03"},
            ],
            {"rows": "evenements", "start": "jour", "end": "au"},
            ["evenements.b.jour"],
        ),
    ],
)
def test_rows_at_the_same_time_are_told(
    rows: list[dict[str, Any]], parameters: dict[str, Any], fields: list[str]
) -> None:
    assert [problem.field for problem in run("no_overlap", session(evenements=rows), **parameters)] == fields


def test_overlap_is_told_in_words() -> None:
    node = session(evenements=[_slot("a", "09:00", "12:00"), _slot("b", "10:00", "11:00")])
    assert words("no_overlap", node, **SLOTS) == [
        "De 02/03/2026 à 10h00 à 02/03/2026 à 11h00 : chevauche une autre ligne."
    ]


CODES = {"codes": {"109049": Code("TP ARH", date(2026, 12, 31), "118000"), "1": Code("Sans fin"), "999999": None}}
ASKED = {"field": "certification", "table": "certifications"}


@pytest.mark.parametrize(
    ("rule", "data", "parameters", "messages"),
    [
        ("known_code", {"certification": "109049"}, ASKED, []),
        (
            "known_code",
            {"certification": "999999"},
            ASKED,
            ["« Code Certifinfo » : le code 999999 est inconnu de la liste de référence."],
        ),
        (
            "known_code",
            {"domaines": ["109049", "999999"]},
            {"field": "domaines", "table": "formacodes"},
            ["« Domaines » : le code 999999 est inconnu de la liste de référence."],
        ),
        ("valid_code", {"certification": "109049"}, ASKED, []),
        ("valid_code", {"certification": "1", "fin": "2099-01-01"}, {**ASKED, "at": "fin"}, []),
        ("valid_code", {"certification": "999999"}, ASKED, []),
        ("valid_code", {"certification": "109049", "fin": "2026-12-31"}, {**ASKED, "at": "fin"}, []),
        (
            "valid_code",
            {"certification": "109049", "fin": "2027-01-01"},
            {**ASKED, "at": "fin"},
            [
                "« Code Certifinfo » : le code 109049 n'est plus valable depuis le 31/12/2026 ; "
                "il est remplacé par 118000."
            ],
        ),
    ],
)
def test_code_is_judged_by_its_table(
    rule: str, data: dict[str, Any], parameters: dict[str, Any], messages: list[str]
) -> None:
    assert words(rule, session(**data), CODES, **parameters) == messages


def test_code_is_not_judged_without_its_table() -> None:
    assert run("known_code", session(certification="999999"), {}, **ASKED) == []
