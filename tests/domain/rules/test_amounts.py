from typing import Any

import pytest

from portal.domain.rules import Problem
from tests.domain.rules.support import run, session, sheet, words

FUNDERS = [{"_id": "region", "effectif": 10}, {"_id": "pe", "effectif": 2}]


@pytest.mark.parametrize(
    ("rule", "data", "parameters", "problems"),
    [
        ("equals", {"effectif": 0}, {"field": "effectif", "value": "0"}, []),
        (
            "equals",
            {"effectif": 3},
            {"field": "effectif", "value": "0"},
            [("effectif", "« Effectif visé » doit être égal à 0.")],
        ),
        ("equals", {"accord": True}, {"field": "accord", "value": "oui"}, []),
        (
            "equals",
            {"accord": False},
            {"field": "accord", "value": "true"},
            [("accord", "« Accord » doit être égal à true.")],
        ),
        ("equals", {"libelle": "12"}, {"field": "libelle", "value": "12"}, []),
        ("equals", {"debut": "2026-03-02"}, {"field": "debut", "value": "2026-03-02"}, []),
        ("equals", {"effectif": 3, "minimum": 3}, {"field": "effectif", "other": "minimum"}, []),
        (
            "equals",
            {"effectif": 3, "minimum": 2},
            {"field": "effectif", "other": "minimum"},
            [("effectif", "« Effectif visé » doit être égal à « Effectif min. » (2).")],
        ),
        (
            "equals",
            {"financeurs": FUNDERS},
            {"field": "financeurs.pe.effectif", "value": "0"},
            [("financeurs.pe.effectif", "« Effectif » doit être égal à 0.")],
        ),
        (
            "not_equals",
            {"publication": "2026-03-02T00:00"},
            {"field": "publication", "value": "00:00"},
            [("publication", "« Fin de publication » ne peut pas être égal à 00:00.")],
        ),
        ("not_equals", {"publication": "2026-03-02T18:00"}, {"field": "publication", "value": "00:00"}, []),
        ("at_least", {"effectif": 10}, {"field": "effectif", "min": "10"}, []),
        (
            "at_least",
            {"effectif": 9},
            {"field": "effectif", "min": "10"},
            [("effectif", "« Effectif visé » ne peut pas être inférieur à 10.")],
        ),
        (
            "at_most",
            {"minimum": 12, "effectif": 10},
            {"field": "minimum", "max": "effectif"},
            [("minimum", "« Effectif min. » ne peut pas dépasser « Effectif visé » (10).")],
        ),
        (
            "sum_equals",
            {"financeurs": FUNDERS, "effectif": 12},
            {"fields": "financeurs.*.effectif", "total": "effectif"},
            [],
        ),
        (
            "sum_equals",
            {"financeurs": FUNDERS, "effectif": 10},
            {"fields": ["financeurs.*.effectif"], "total": "effectif"},
            [("effectif", "Le total est de 12 au lieu de « Effectif visé » (10).")],
        ),
        (
            "sum_equals",
            {"financeurs": FUNDERS},
            {"fields": "financeurs.*.effectif", "total": "1000"},
            [("financeurs", "Le total est de 12 au lieu de 1\u202f000.")],
        ),
    ],
)
def test_amount_is_told_in_words(
    rule: str, data: dict[str, Any], parameters: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    assert run(rule, session(**data), **parameters) == [Problem(*problem) for problem in problems]


def test_sum_under_an_ancestor_takes_every_sheet_once() -> None:
    dossier = sheet("dossier", plafond="40.00")
    own = sheet("session", sheet("action", dossier), evenements=[{"_id": "a", "heures": "20.00"}])
    other = sheet("session", sheet("action", dossier), evenements=[{"_id": "b", "heures": "20.50"}])
    asked = {
        "fields": "evenements.*.heures",
        "max": "dossier.plafond",
        "across": {"level": "session", "under": "dossier"},
    }
    facts = {"siblings": [own, other]}
    assert run("sum_at_most", own, facts, **asked) == [Problem("evenements", "Il reste 19,5 sur 40 : 0,5 de trop.")]
    other.data["evenements"] = [{"_id": "b", "heures": "20.00"}]
    assert run("sum_at_most", own, facts, **asked) == []


def test_sum_without_across_is_that_of_the_sheet() -> None:
    node = session(
        dossier={"plafond": "10.00"}, evenements=[{"_id": "a", "heures": "10.00"}, {"_id": "b", "heures": "0.50"}]
    )
    assert words("sum_at_most", node, fields="evenements.*.heures", max="dossier.plafond") == [
        "Le total est de 10,5 ; il ne peut pas dépasser « Plafond » (10)."
    ]
