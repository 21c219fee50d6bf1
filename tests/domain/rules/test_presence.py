from typing import Any

import pytest

from portal.domain.rules import Problem
from tests.domain.rules.support import run, run_in_row, session, sheet, words

INFO = {"_id": "a", "type": "infocoll", "jour": "2026-03-02"}
TEST = {"_id": "b", "type": "test", "jour": "2026-03-10"}


def test_filled_names_each_field_that_is_not() -> None:
    node = session(libelle="x", dossier={"debut": "2026-01-01"})
    assert run("filled", node, fields=["libelle", "debut", "dossier.debut", "dossier.fin"]) == [
        Problem("debut", "« Date début » doit être renseigné."),
        Problem("dossier.fin", "« Fin d'exécution » doit être renseigné."),
    ]


def test_no_box_ticked_is_nothing_filled() -> None:
    message = "Renseignez au moins un de ces champs : « Accord », « Libellé »."
    assert words("any_filled", session(accord=False), fields=["accord", "libelle"]) == [message]
    assert words("any_filled", session(accord=True), fields=["accord", "libelle"]) == []


def test_each_sheet_of_a_level_is_filled_under_an_ancestor() -> None:
    dossier = sheet("dossier")
    first = sheet("action", dossier, "1 - Agent thermal", objectif="x")
    second = sheet("action", dossier, "2 - Hydro", objectif="x", contenu="y")
    node = sheet("session", first)
    asked = {"fields": ["action.objectif", "action.contenu"], "across": {"level": "action", "under": "dossier"}}
    told = [Problem(None, "1 - Agent thermal : à compléter, « Contenu ».")]
    assert run("each_filled", node, {"siblings": [first, second]}, **asked) == told
    assert run("each_filled", dossier, fields=["action.objectif", "action.contenu"]) == told
    first.data["contenu"] = "y"
    assert run("each_filled", node, {"siblings": [first, second]}, **asked) == []


@pytest.mark.parametrize(
    ("rule", "data", "parameters", "messages"),
    [
        ("includes", {"parcours": ["modulaire", "mixte"]}, {"field": "parcours", "values": ["mixte"]}, []),
        (
            "includes",
            {"parcours": ["mixte"]},
            {"field": "parcours", "values": ["modulaire", "mixte"]},
            ["« Type de parcours » doit comprendre : modulaire."],
        ),
        ("one_of", {"effectif": 12}, {"field": "effectif", "values": ["12", "15"]}, []),
        (
            "one_of",
            {"effectif": 13},
            {"field": "effectif", "values": ["12", "15"]},
            ["« Effectif visé » (13) doit être l'un de : 12, 15."],
        ),
        ("min_rows", {}, {"rows": "evenements", "min": "1"}, ["« Événements » : au moins 1 ligne."]),
        ("min_rows", {"evenements": [TEST]}, {"rows": "evenements", "min": "1"}, []),
        (
            "min_rows",
            {"evenements": [TEST]},
            {"rows": "evenements", "min": "1", "types": ["infocoll"]},
            ["« Événements » : au moins 1 ligne."],
        ),
        (
            "max_rows",
            {"evenements": [TEST, INFO]},
            {"rows": "evenements", "max": "1"},
            ["« Événements » : 1 ligne au plus."],
        ),
        ("future_event", {"evenements": [INFO]}, {"type": "infocoll"}, []),
        ("future_event", {"evenements": [TEST]}, {"type": "infocoll"}, ["Aucune date à venir n'est renseignée."]),
        ("future_event", {"evenements": [TEST]}, {"type": ["infocoll", "test"]}, []),
        (
            "future_event",
            {"evenements": [{**INFO, "jour": "2026-03-01"}]},
            {},
            ["Aucune date à venir n'est renseignée."],
        ),
        ("future_event", {}, {}, ["Aucune date à venir n'est renseignée."]),
        (
            "future_event",
            {"evenements": [INFO]},
            {"rows": "evenements", "date": "jour", "column": "type", "type": "test"},
            ["Aucune date à venir n'est renseignée."],
        ),
        (
            "future_event",
            {"evenements": [TEST]},
            {"rows": "evenements", "date": "jour", "column": "type", "type": "test"},
            [],
        ),
    ],
)
def test_presence_is_told_in_words(
    rule: str, data: dict[str, Any], parameters: dict[str, Any], messages: list[str]
) -> None:
    assert words(rule, session(**data), **parameters) == messages


def test_future_event_is_shown_at_the_rows() -> None:
    assert [problem.field for problem in run("future_event", session(), type="infocoll")] == ["evenements"]


@pytest.mark.parametrize(
    ("parameters", "count", "messages"),
    [
        ({"min": "12"}, 12, []),
        ({"min": "12"}, 11, ["Il faut au moins 12 inscriptions ; il y en a 11."]),
        ({"more_than": "15"}, 16, []),
        ({"more_than": "15"}, 15, ["Il faut plus de 15 inscriptions ; il y en a 15."]),
        ({"more_than": "15", "state": "retenu"}, 16, ["Il faut plus de 15 inscriptions ; il y en a 3."]),
    ],
)
def test_enrolments_are_counted_by_state(parameters: dict[str, str], count: int, messages: list[str]) -> None:
    assert words("min_enrolments", session(), {"enrolments": {"": count, "retenu": 3}}, **parameters) == messages


def test_enrolments_that_were_not_loaded_are_not_judged() -> None:
    assert run("min_enrolments", session(), {}, min="12") == []


def test_condition_is_a_rule_on_the_sheet_and_in_a_row() -> None:
    asked = {"that": "not filled(effectif) or effectif >= 10", "field": "effectif"}
    assert run("holds", session(), **asked) == []
    assert run("holds", session(effectif=9), **asked) == [
        Problem("effectif", "Une condition de la région n'est pas remplie.")
    ]
    row = {"jour": "2026-03-02", "type": "test"}
    assert run_in_row("holds", session(effectif=9), row, that="type == 'test' and effectif == 9") == []
    assert len(run_in_row("holds", session(effectif=9), row, that="type == 'infocoll'")) == 1


def test_sheets_below_are_counted_and_their_level_is_told() -> None:
    dossier = sheet("dossier")
    action = sheet("action", dossier)
    (problem,) = run("min_children", action, below="session")
    assert (problem.field, problem.below) == (None, "session")
    sheet("session", action)
    assert run("min_children", action, below="session") == []
    assert run("min_children", dossier, below="session") == []  # however far below
    told = words("min_children", action, below="session", min="2")
    assert told == ["Il faut au moins 2 fiches à ce niveau : session."]
