"""What holds for every kind, whatever is given: a value or a Fault, and the same value again from its own raw form."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.conditions import Type
from portal.domain.fields import COMMON, KINDS, Fault
from portal.tenancy.schema import FormField
from tests.domain.fields.support import CONTEXT, make_field

EXTRAS: dict[str, dict[str, Any]] = {
    "choice": {"choices": {"a": "A", "0": "Zéro"}},
    "choices": {"table": "lheo.modalites-es"},
    "reference": {"table": "rome"},
    "inherited": {"fill": {"from": "dossier.nom"}},
    "computed": {"value": "1"},
    "rows": {
        "fields": [
            {"id": name, "kind": name}
            for name in sorted(KINDS)
            if name not in ("rows", "choice", "reference", "inherited")
        ]
    },
}
NAMES = [*KINDS, "rows_fixed", "rows_in_rows"]


def field_of(name: str) -> FormField:
    if name == "rows_fixed":
        return make_field("rows", **EXTRAS["rows"], rows={"keys": {"x": "X", "y": "Y"}})
    if name == "rows_in_rows":
        return make_field("rows", fields=[{"id": "dedans", "kind": "rows", "fields": [{"id": "jour", "kind": "date"}]}])
    return make_field(name, **EXTRAS.get(name, {}))


PLAUSIBLE = st.sampled_from(
    [
        "31/12/2026",
        "9h30",
        "12,5",
        "a",
        "oui",
        "13000511900032",
        "69008",
        "0612345678",
        "a@b.fr",
        "https://a.fr",
        "0",
        "x" * 300,
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | PLAUSIBLE
CELLS = st.sampled_from([*KINDS, "_id", "jour", "dedans", "code_postal", "commune", "pays", "insee", "digest", "size"])
RAW = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(CELLS, inner, max_size=6), max_leaves=20
)


@pytest.mark.parametrize("name", NAMES)
@given(raw=RAW)
@settings(max_examples=60, deadline=None)
def test_anything_gives_a_value_that_comes_back_or_a_fault(name: str, raw: Any) -> None:
    field, kind = field_of(name), KINDS[field_of(name).kind]
    kind.empty(raw)
    try:
        value = kind.clean(raw, field, CONTEXT)
    except Fault as fault:
        told = fault.message
        value = None
    else:
        told = "nothing to tell"
    assert told
    json.dumps(value, allow_nan=False).encode("utf-8")
    assert kind.clean(kind.raw(value, field), field, CONTEXT) == value
    assert kind.same(value, value, field)
    assert value is None or kind.check(value, field, CONTEXT) == []
    assert isinstance(kind.show(value, field, CONTEXT), str)
    assert (kind.python(value, field) is None) == (value is None)


@pytest.mark.parametrize("name", NAMES)
@given(stored=RAW)
@settings(max_examples=40, deadline=None)
def test_stored_value_of_another_kind_never_breaks_a_page(name: str, stored: Any) -> None:
    field, kind = field_of(name), KINDS[field_of(name).kind]
    assert isinstance(kind.show(stored, field, CONTEXT), str)
    assert isinstance(kind.text(stored, field), str)
    kind.raw(stored, field)
    kind.python(stored, field)
    kind.missing(stored, field)
    kind.check(stored, field, CONTEXT)
    kind.same(stored, None, field)


@pytest.mark.parametrize("name", KINDS)
def test_kind_is_documented_by_an_example_that_holds(name: str) -> None:
    kind = KINDS[name]
    field = FormField.model_validate(yaml.load(kind.example, yaml.BaseLoader))
    assert (field.kind, kind.name) == (name, name)
    assert kind.review(field) == []
    assert kind.doc
    assert isinstance(kind.condition_type, Type)


@pytest.mark.parametrize("name", KINDS)
def test_settings_are_keys_of_a_field(name: str) -> None:
    assert KINDS[name].settings | COMMON <= set(FormField.model_fields)
    assert not KINDS[name].settings & COMMON


@pytest.mark.parametrize("name", KINDS)
def test_key_of_another_kind_is_a_fault_of_the_tenant(name: str) -> None:
    strange = next(key for key in ("pattern", "types") if key not in KINDS[name].settings)
    field = field_of(name).model_copy(update={strange: ["pdf"] if strange == "types" else "[a-z]"})
    assert f"« {strange} » ne s'emploie pas avec le type « {name} »" in KINDS[name].review(field)
