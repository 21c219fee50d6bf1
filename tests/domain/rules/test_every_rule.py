"""What holds for every rule: it is documented by a use that can be read, and survives whatever a sheet holds."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.rules import RULES, Code, Problem
from portal.domain.rules.base import READERS
from portal.tenancy.schema import RuleUse
from tests.domain.rules.support import region, session, sheet, view_of

WORDS: dict[str, str] = {
    "field": "debut", "fields": "evenements.*.heures", "rows": "evenements", "cell": "jour", "cells": "jour",
    "operand": "fin", "number": "2", "text": "certifications", "texts": "infocoll", "expression": "filled(debut)",
    "level": "session",
}  # fmt: skip


def _use(name: str) -> RuleUse:
    return RuleUse.model_validate(yaml.load(RULES[name].example, yaml.BaseLoader))


@pytest.mark.parametrize("name", RULES)
def test_rule_is_documented_by_a_use_that_can_be_read(name: str) -> None:
    rule, use = RULES[name], _use(name)
    assert (use.rule, rule.name) == (name, name)
    assert rule.review(use.parameters) == []
    assert set(use.parameters) <= set(rule.parameters)
    assert {key for key, parameter in rule.parameters.items() if parameter.required} <= set(use.parameters)
    assert rule.doc.endswith(".")
    assert rule.default_message
    assert all(parameter.kind in READERS and parameter.doc for parameter in rule.parameters.values())


@pytest.mark.parametrize("name", RULES)
def test_parameters_do_not_hide_the_keys_of_a_use(name: str) -> None:
    assert not set(RULES[name].parameters) & set(RuleUse.model_fields)


@pytest.mark.parametrize(
    ("rule", "parameters", "faults"),
    [
        ("starts_in_year", {"year": "bientôt"}, [("year", "nombre attendu, lu « bientôt »")]),
        ("sum_at_most", {"across": "module"}, [("across", "écrivez {level: …, under: …}")]),
        ("sum_at_most", {"across": {"sous": "module"}}, [("across", "écrivez {level: …, under: …}")]),
        ("not_after", {"first": ["debut", "fin"]}, [("first", "une seule valeur attendue")]),
        ("not_after", {"first": "debut", "then": "fin"}, []),
    ],
)
def test_parameter_that_cannot_be_read_is_told_to_the_tenant(
    rule: str, parameters: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    assert RULES[rule].review(parameters) == faults


def test_names_of_fields_are_told_apart_from_fixed_values() -> None:
    written = {"field": "a", "start": "dossier.debut", "end": "2026-12-31"}
    assert RULES["within"].names(written) == [("start", "dossier.debut")]
    assert RULES["not_after"].names({"first": "today", "then": "12.5"}) == []


VALUES = st.sampled_from(
    ["2026-03-02", "09:00", "12.50", "", "infocoll", "2026-03-02T09:00", "x", 12, 0, True, False, None, [], {}]
)
ROW = st.dictionaries(
    st.sampled_from(["_id", "type", "jour", "au", "de", "a", "qui", "heures", "effectif"]), VALUES, max_size=6
)
DATA = st.dictionaries(
    st.sampled_from(sorted(region().fields("session"))),
    VALUES | st.lists(ROW, max_size=4) | st.lists(st.text(), max_size=3),
)


@pytest.mark.parametrize("name", RULES)
@given(data=DATA, other=DATA)
@settings(max_examples=40, deadline=None)
def test_rule_survives_whatever_a_sheet_holds(name: str, data: dict[str, Any], other: dict[str, Any]) -> None:
    rule = RULES[name]
    node = session(**data)
    assert node.parent is not None
    facts = {
        "siblings": [node, sheet("session", node.parent, "Autre", **other)],
        "codes": {"x": Code("X")}, "holidays": set(), "enrolments": {"": 3},
    }  # fmt: skip
    parameters = {key: WORDS[parameter.kind] for key, parameter in rule.parameters.items() if parameter.kind in WORDS}
    problems = rule.function(parameters, view_of(node, facts))
    assert all(isinstance(problem, Problem) and problem.message for problem in problems)
