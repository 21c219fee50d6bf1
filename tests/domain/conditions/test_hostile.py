"""Whatever is written and whatever the data: a ConditionError or a value, and soon."""

import datetime as dt
import re
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from portal.domain.conditions import FUNCTION_NAMES, Condition, ConditionError, Scope, Type, compile_condition

TODAY = dt.date(2026, 3, 1)
# Far above what the slowest machine needs, far below what an exponential would take.
SOON = 2.0

NAMES = [
    "debut", "fin", "ouverture", "fin_publication", "effectif_vise", "intitule", "programme", "adresse_differente",
    "publics", "adresse", "evenements", "financeurs", "session", "dossier", "dossier.mode", "dossier.lots",
    "financeurs.region.effectif", "financeurs.*.effectif", "type", "jour", "places", "creneaux", "salles", "option",
]  # fmt: skip
SIGNS = ["+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">=", "(", ")", "[", "]", ","]
WORDS = ["and", "or", "not", "in", "if", "else", "true", "false"]
LITERALS = ["0", "1", "2.5", "999999999999999", "''", "'e2c'", "'test'", "'2026-01-01'", "'08:00'"]


def _compiled(source: str, scope: Scope, want: Type = Type.ANY) -> Condition | None:
    started = time.process_time()
    result: Condition | ConditionError
    try:
        result = compile_condition(source, scope, want=want)
    except ConditionError as fault:
        result = fault
    assert time.process_time() - started < SOON
    if isinstance(result, Condition):
        return result
    assert result.message
    assert 1 <= result.column <= len(source) + 1
    return None


@given(st.text(max_size=2100))
@example("\x00")
@example("\ud800")
@example("'" * 2000)
@example("(" * 2000)
@example("9" * 2000)
@example("-" * 2000)
@example("a." * 1000)
@example("a" * 2000)
@example("not " * 500)
@example("1" + "+1" * 999)
@example("١٢")
@settings(deadline=None)
def test_arbitrary_text_raises_nothing_else(scope: Scope, source: str) -> None:
    _compiled(source, scope)


@given(st.lists(st.sampled_from([*NAMES, *SIGNS, *WORDS, *LITERALS, *sorted(FUNCTION_NAMES)]), max_size=60))
@settings(deadline=None)
def test_arbitrary_words_raise_nothing_else(scope: Scope, sheet: dict[str, Any], words: list[str]) -> None:
    condition = _compiled(" ".join(words), scope)
    if condition is not None:
        condition(sheet, today=TODAY)


_LEAVES = {
    Type.NUMBER: ["effectif_vise", "financeurs.region.effectif", "adresse", "999999999999999", "2.5", "0"],
    Type.TEXT: ["intitule", "programme", "dossier.mode", "adresse", "'e2c'", "''"],
    Type.DATE: ["debut", "fin", "today()", "fin_publication", "adresse", "'2026-01-01'"],
    Type.BOOL: ["adresse_differente", "option.approbation", "adresse", "true", "filled(debut)"],
    Type.LIST: ["publics", "adresse", "['jeunes']", "[adresse, intitule]"],
}
_SHAPES = {  # what may be built of what: {NUMBER} stands for any expression that is a number
    Type.NUMBER: [
        "({NUMBER} + {NUMBER})", "({NUMBER} * {NUMBER} / {NUMBER})", "-{NUMBER}", "round({NUMBER}, {NUMBER})",
        "days({DATE}, {DATE})", "year({DATE})", "length({TEXT})", "count({LIST})", "count(evenements, {BOOL})",
        "sum(financeurs, {NUMBER})", "min(session, {NUMBER})", "({NUMBER} if {BOOL} else {NUMBER})",
    ],
    Type.TEXT: ["lower({TEXT})", "('a' if {BOOL} else intitule)"],
    Type.DATE: ["add_days({DATE}, {NUMBER})", "max(evenements, date({DATE}))", "date({DATE})"],
    Type.BOOL: [
        "({BOOL} and {BOOL} or not {BOOL})", "({NUMBER} < {NUMBER} <= {NUMBER})", "(date({DATE}) >= {DATE})",
        "(lower({TEXT}) != lower({TEXT}))", "(adresse == {DATE})", "(adresse > {NUMBER})", "(lower({TEXT}) in {LIST})",
        "starts_with({TEXT}, {TEXT})", "any(session, {BOOL})", "all(dossier.lots, {BOOL})", "filled({NUMBER})",
    ],
    Type.LIST: ["({LIST} if {BOOL} else {LIST})"],
}  # fmt: skip


@st.composite
def _typed(draw: st.DrawFn, kind: Type, depth: int = 4) -> str:
    """A well-typed expression that gives that kind."""
    shape = draw(st.sampled_from(_LEAVES[kind] + (_SHAPES[kind] * 2 if depth else [])))
    return re.sub(r"\{(\w+)\}", lambda hole: draw(_typed(Type[hole[1]], depth - 1)), shape)


_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.text(max_size=8),
    st.sampled_from(["2026-01-01", "2026-01-01T10:00", "08:00", "e2c", "test"]),
    st.dates(),
    st.times() | st.times(timezones=st.just(dt.UTC)),
    st.datetimes() | st.datetimes(timezones=st.just(dt.UTC)),
    st.binary(max_size=4),
    st.builds(object),
    st.sets(st.integers(), max_size=3),
)
_KEYS = st.sampled_from([name.split(".")[-1] for name in NAMES] + ["region", "effectif", "heures"])
_DATA = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=6), max_leaves=20
)
_SHEETS = st.dictionaries(st.sampled_from([name.split(".")[0] for name in NAMES]), _DATA, max_size=12)


_PYTHON = {Type.NUMBER: Decimal, Type.TEXT: str, Type.DATE: dt.date, Type.BOOL: bool, Type.LIST: list}
_LIMITS = ("expression trop longue", "trop de parcours")


@given(st.data(), st.sampled_from(list(_PYTHON)), _SHEETS)
@settings(deadline=None, max_examples=150)
def test_well_typed_expression_gives_its_kind_or_nothing_over_arbitrary_data(
    scope: Scope, data: st.DataObject, want: Type, values: dict[str, Any]
) -> None:
    source = data.draw(_typed(want))
    try:
        condition = compile_condition(source, scope, want=want)
    except ConditionError as fault:
        assume(not fault.message.startswith(_LIMITS))
        raise
    result = condition(values, today=TODAY)
    assert isinstance(result, _PYTHON[want]) or (result is None and want is not Type.BOOL)


RUN_ON_EVERYTHING = [
    "adresse == adresse and adresse < adresse and adresse in publics and adresse in [adresse, 1, '2026-01-01']",
    "debut < fin and debut == '2026-01-01' and fin_publication <= debut and ouverture >= '08:00'",
    "effectif_vise / (effectif_vise - 1) * effectif_vise + -effectif_vise > round(effectif_vise, effectif_vise)",
    "days(adresse, debut) > 1 or add_days(adresse, effectif_vise) > today() or year(adresse) == 2026",
    "any(evenements, type == 'test' or jour < debut) or all(session, any(evenements, places > 1))",
    "sum(financeurs.*.effectif) == effectif_vise or min(evenements, jour) < max(session.*.debut)",
    "length(intitule) > 3 or starts_with(intitule, lower(programme)) or filled(adresse) or count(publics) > 1",
    "sum(evenements, adresse) > 0 or min(evenements, adresse) == max(evenements, adresse) or any(session, adresse)",
]


@pytest.mark.parametrize("source", RUN_ON_EVERYTHING)
def test_typical_conditions_over_arbitrary_data(source: str, scope: Scope) -> None:
    condition = compile_condition(source, scope)

    @given(_SHEETS)
    @settings(deadline=None, max_examples=60)
    def runs(values: dict[str, Any]) -> None:
        assert condition(values, today=TODAY) in (True, False)

    runs()


def _deep(wrap: Callable[[Any], Any]) -> Any:
    value: Any = 1
    for _ in range(5000):
        value = wrap(value)
    return value


def test_data_nested_for_ever_is_not_followed(scope: Scope) -> None:
    circle: list[Any] = []
    circle.append(circle)
    source = "filled(adresse) and not adresse == publics and not adresse in [publics, adresse, 1] or adresse == adresse"
    condition = compile_condition(source, scope)
    for value in (circle, _deep(lambda inner: [inner]), _deep(lambda inner: {"a": inner})):
        assert condition({"adresse": value, "publics": value}, today=TODAY) in (True, False)


def test_chains_inside_chains_do_not_multiply(scope: Scope) -> None:
    source = "true"
    for _ in range(18):
        source = f"(true == {source} == true)"
    condition = compile_condition(source, scope)
    started = time.process_time()
    assert condition({}, today=TODAY) is True
    assert time.process_time() - started < SOON


def test_rows_of_rows_cost_their_number(scope: Scope) -> None:
    sessions = [{"evenements": [{"places": n} for n in range(30)]} for _ in range(300)]
    condition = compile_condition("any(session, all(evenements, places > 1) or sum(evenements.*.places) < 0)", scope)
    started = time.process_time()
    assert condition({"session": sessions}, today=TODAY) is False
    assert time.process_time() - started < SOON


def test_scopes_that_refer_to_each_other_are_read_by_need() -> None:
    values = {"mode": Type.TEXT}
    session_groups: dict[str, Scope] = {}
    session = Scope(values=values, groups=session_groups)
    dossier = Scope(values=values, children={"session": session})
    session_groups["dossier"] = dossier
    condition = compile_condition("any(dossier.session, mode == dossier.mode)", session)
    assert condition({"dossier": {"mode": "a", "session": [{"mode": "a", "dossier": {"mode": "a"}}]}}, today=TODAY)
    assert "Scope" in repr(session)
