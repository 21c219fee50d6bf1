"""docs/conditions.md says every function, and nothing that does not compile."""

import re
from pathlib import Path

import pytest

from portal.domain.conditions import FUNCTION_NAMES, Scope, Type, compile_condition
from portal.domain.conditions.functions import FUNCTIONS, ROW_FUNCTIONS
from portal.domain.conditions.syntax import MAX_DEPTH, MAX_LENGTH, MAX_NODES, MAX_NUMBER, RESERVED

MANUAL = (Path(__file__).parents[3] / "docs" / "conditions.md").read_text(encoding="utf-8")


def _examples(kind: str) -> list[str]:
    blocks = re.findall(rf"```{kind}\n(.*?)```", MANUAL, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("name", sorted(FUNCTION_NAMES))
def test_every_function_has_its_row_as_it_is_written(name: str) -> None:
    usage = (FUNCTIONS.get(name) or ROW_FUNCTIONS[name]).usage
    assert re.search(rf"^\|.*`{re.escape(usage)}`.*\|.+\|$", MANUAL, re.MULTILINE)


def test_no_function_is_promised_that_does_not_exist() -> None:
    assert set(re.findall(r"`(\w+)\(", MANUAL)) == FUNCTION_NAMES


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_every_reserved_word_is_explained(word: str) -> None:
    assert re.search(rf"`[^`]*\b{word}\b[^`]*`", MANUAL)


def test_limits_are_those_of_the_language() -> None:
    assert f"{MAX_LENGTH:_}".replace("_", " ") + f" caractères, {MAX_NODES} éléments et {MAX_DEPTH} par" in MANUAL
    assert f"{MAX_NUMBER} chiffres au plus" in MANUAL


def test_there_are_examples() -> None:
    assert len(_examples("condition")) >= 5
    assert len(_examples("value")) >= 3


@pytest.mark.parametrize("source", _examples("condition"))
def test_example_of_a_condition_compiles(source: str, scope: Scope) -> None:
    assert compile_condition(source, scope).type is Type.BOOL


@pytest.mark.parametrize("source", _examples("value"))
def test_example_of_a_value_compiles(source: str, scope: Scope) -> None:
    assert compile_condition(source, scope, want=Type.ANY).names
