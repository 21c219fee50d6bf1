from datetime import date
from typing import Any

import pytest

from portal.domain.rules import Problem
from tests.domain.rules.support import run, run_in_row, session, words


@pytest.mark.parametrize(
    ("rule", "data", "parameters", "messages"),
    [
        ("not_after", {"debut": "2026-03-02", "fin": "2026-03-02"}, {"first": "debut", "then": "fin"}, []),
        (
            "not_after",
            {"debut": "2026-03-03", "fin": "2026-03-02"},
            {"first": "debut", "then": "fin"},
            ["« Date fin » ne peut pas être avant « Date début » (03/03/2026)."],
        ),
        (
            "not_after",
            {"minimum": 12, "effectif": 10},
            {"first": "minimum", "then": "effectif"},
            ["« Effectif visé » ne peut pas être inférieur à « Effectif min. » (12)."],
        ),
        (
            "not_after",
            {"debut": "2026-03-01"},
            {"first": "today", "then": "debut"},
            ["« Date début » ne peut pas être avant 02/03/2026."],
        ),
        (
            "not_after",
            {"debut": "2026-03-03"},
            {"first": "debut", "then": "today"},
            ["La date du jour ne peut pas être avant « Date début » (03/03/2026)."],
        ),
        ("not_after", {"debut": "2026-03-03"}, {"first": "debut", "then": "publication"}, []),
        (
            "not_after",
            {"debut": "2026-03-03", "publication": "2026-03-02T23:59"},
            {"first": "debut", "then": "publication"},
            ["« Fin de publication » ne peut pas être avant « Date début » (03/03/2026)."],
        ),
        (
            "not_after",
            {"debut": "2026-03-03", "publication": "2026-03-03T00:00"},
            {"first": "debut", "then": "publication"},
            [],
        ),
        ("not_after", {"debut": "2026-03-03", "effectif": 1}, {"first": "debut", "then": "effectif"}, []),
        (
            "before",
            {"debut": "2026-03-02", "fin": "2026-03-02"},
            {"first": "debut", "then": "fin"},
            ["« Date fin » doit être après « Date début » (02/03/2026)."],
        ),
        (
            "before",
            {"minimum": 10, "effectif": 10},
            {"first": "minimum", "then": "effectif"},
            ["« Effectif visé » doit être supérieur à « Effectif min. » (10)."],
        ),
        ("before", {"debut": "2026-03-02", "fin": "2026-03-03"}, {"first": "debut", "then": "fin"}, []),
        ("not_before_today", {"debut": "2026-03-02"}, {"field": "debut"}, []),
        (
            "not_before_today",
            {"debut": "2026-03-01"},
            {"field": "debut"},
            ["« Date début » est déjà passé : 01/03/2026."],
        ),
        (
            "not_before_now",
            {"publication": "2026-03-02T10:00"},
            {"field": "publication"},
            ["« Fin de publication » est déjà passé : 02/03/2026 à 10h00."],
        ),
        ("not_before_now", {"publication": "2026-03-02T10:01"}, {"field": "publication"}, []),
        (
            "not_before_now",
            {"publication": "2026-03-02T09:59"},
            {"field": "publication", "hours": "2"},
            ["« Fin de publication » est déjà passé : 02/03/2026 à 09h59."],
        ),
        (
            "not_before_now",
            {"publication": "2026-03-02T11:59"},
            {"field": "publication", "hours": "2"},
            ["« Fin de publication » : au plus tôt le 02/03/2026 à 12h00."],
        ),
        ("not_before_now", {"publication": "2026-03-02T12:00"}, {"field": "publication", "hours": "2"}, []),
        ("not_before_now", {"debut": "2026-03-02"}, {"field": "debut"}, []),
        (
            "not_before_now",
            {"debut": "2026-03-01"},
            {"field": "debut"},
            ["« Date début » est déjà passé : 01/03/2026."],
        ),
        ("starts_in_year", {"debut": "2026-12-31"}, {"field": "debut", "year": "2026"}, []),
        (
            "starts_in_year",
            {"debut": "2027-01-01"},
            {"field": "debut", "year": "2026"},
            ["« Date début » doit être en 2026."],
        ),
        ("within", {"debut": "2026-03-02"}, {"field": "debut", "start": "2026-03-02", "end": "2026-03-02"}, []),
        (
            "within",
            {"debut": "2026-03-01"},
            {"field": "debut", "start": "2026-03-02"},
            ["« Date début » ne peut pas être avant 02/03/2026."],
        ),
        (
            "within",
            {"effectif": 13},
            {"field": "effectif", "start": "1", "end": "12.5"},
            ["« Effectif visé » ne peut pas être après 12,5."],
        ),
        ("lead_time", {"debut": "2026-04-27"}, {"field": "debut", "weeks": "8"}, []),
        (
            "lead_time",
            {"debut": "2026-04-26"},
            {"field": "debut", "weeks": "8"},
            ["« Date début » : au plus tôt le 27/04/2026."],
        ),
        ("lead_time", {"debut": "2026-03-04"}, {"field": "debut", "days": "2"}, []),
        (
            "lead_time",
            {"publication": "2026-03-03T23:00"},
            {"field": "publication", "days": "2"},
            ["« Fin de publication » : au plus tôt le 04/03/2026."],
        ),
    ],
)
def test_order_is_told_in_words(
    rule: str, data: dict[str, Any], parameters: dict[str, Any], messages: list[str]
) -> None:
    assert words(rule, session(**data), **parameters) == messages


@pytest.mark.parametrize(
    ("rule", "parameters"),
    [
        ("not_after", {"first": "debut", "then": "fin"}),
        ("before", {"first": "debut", "then": "fin"}),
        ("not_before_today", {"field": "debut"}),
        ("not_before_now", {"field": "publication"}),
        ("within", {"field": "debut", "start": "dossier.debut", "end": "dossier.fin"}),
        ("starts_in_year", {"field": "debut", "year": "2026"}),
        ("lead_time", {"field": "debut", "weeks": "8"}),
        ("equals", {"field": "effectif", "value": "0"}),
        ("equals", {"field": "effectif", "other": "minimum"}),
        ("not_equals", {"field": "effectif", "value": "0"}),
        ("at_least", {"field": "effectif", "min": "minimum"}),
        ("at_most", {"field": "effectif", "max": "minimum"}),
        ("sum_equals", {"fields": "financeurs.*.effectif", "total": "effectif"}),
        ("sum_at_most", {"fields": "evenements.*.heures", "max": "dossier.plafond"}),
        ("includes", {"field": "parcours", "values": ["mixte"]}),
        ("one_of", {"field": "libelle", "values": ["a"]}),
        ("max_rows", {"rows": "evenements", "max": "1"}),
        ("unique_within", {"fields": ["libelle"]}),
        ("distinct_rows", {"rows": "evenements", "cells": ["jour"]}),
        ("no_overlap", {"rows": "evenements", "start": "jour", "end": "au"}),
        ("known_code", {"field": "certification", "table": "certifications"}),
        ("valid_code", {"field": "certification", "table": "certifications"}),
    ],
)
def test_rule_has_nothing_to_say_of_an_empty_sheet(rule: str, parameters: dict[str, Any]) -> None:
    assert run(rule, session(), {"siblings": [], "codes": {}, "holidays": set()}, **parameters) == []


def test_problem_is_shown_at_a_field_of_the_sheet_rather_than_of_an_ancestor() -> None:
    node = session(dossier={"fin": "2026-03-01"}, fin="2026-03-02")
    assert run("not_after", node, first="fin", then="dossier.fin") == [
        Problem("fin", "« Fin d'exécution » ne peut pas être avant « Date fin » (02/03/2026).")
    ]
    assert run("within", node, field="fin", end="dossier.fin") == [
        Problem("fin", "« Date fin » ne peut pas être après « Fin d'exécution » (01/03/2026).")
    ]


def test_working_days_leave_out_week_ends_and_days_off() -> None:
    asked = {"field": "debut", "working_days": "5"}
    off = {"holidays": {date(2026, 3, 5)}}
    assert words("lead_time", session(debut="2026-03-08"), **asked) == ["« Date début » : au plus tôt le 09/03/2026."]
    assert words("lead_time", session(debut="2026-03-09"), off, **asked) == [
        "« Date début » : au plus tôt le 10/03/2026."
    ]
    assert words("lead_time", session(debut="2026-03-10"), off, **asked) == []


PERIOD = {"start_date": "jour", "end_date": "au", "start_time": "de", "end_time": "a"}


@pytest.mark.parametrize(
    ("row", "problems"),
    [
        ({"jour": "2026-03-02", "au": "2026-03-02", "de": "09:00", "a": "12:30"}, []),
        ({"jour": "2026-03-02", "au": "2026-03-03", "de": "22:00", "a": "02:00"}, []),
        ({"jour": "2026-03-02", "de": "12:30", "a": "09:00"}, []),
        (
            {"jour": "2026-03-02", "au": "2026-03-02", "de": "12:30", "a": "09:00"},
            [Problem("a", "« Heure de fin » ne peut pas être avant « Heure de début » (12h30).")],
        ),
        (
            {"jour": "2026-03-03", "au": "2026-03-02"},
            [Problem("au", "« Au » ne peut pas être avant « Jour » (03/03/2026).")],
        ),
    ],
)
def test_period_is_in_order_within_a_row(row: dict[str, Any], problems: list[Problem]) -> None:
    assert run_in_row("period_in_order", session(), row, **PERIOD) == problems


def test_row_is_compared_with_its_sheet_and_the_problem_is_in_the_row() -> None:
    problems = run_in_row(
        "not_after", session(debut="2026-03-01"), {"jour": "2026-03-02"}, first="jour", then="session.debut"
    )
    assert problems == [Problem("jour", "« Date début » ne peut pas être avant « Jour » (02/03/2026).")]
