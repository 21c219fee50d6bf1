from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from portal.domain.fields import KINDS, Context, Fault
from portal.tenancy.schema import FormField
from tests.domain.fields.support import CONTEXT, make_field, refusal

ROWS = KINDS["rows"]
EVENTS = make_field(
    "rows",
    rows={"add": "Ajouter un événement", "min": 2, "max": 3},
    fields=[
        {
            "id": "type",
            "kind": "choice",
            "label": "Type",
            "required": True,
            "choices": {"infocoll": "Information", "test": "Test"},
        },
        {"id": "jour", "kind": "date", "label": "Jour", "required": True},
        {"id": "adresse", "kind": "address", "label": "Adresse", "required_parts": ["commune"]},
        {"id": "distance", "kind": "boolean", "label": "À distance"},
        {"id": "lieu", "kind": "site", "label": "Lieu"},
    ],
)
FREE = EVENTS.model_copy(update={"rows": None})
FUNDERS = make_field(
    "rows",
    rows={"keys": {"region": "Région", "pe": "Pôle emploi"}},
    fields=[{"id": "effectif", "kind": "integer", "label": "Effectif", "required": True}],
)


def clean(raw: Any, field: FormField = FREE, context: Context = CONTEXT) -> Any:
    return ROWS.clean(raw, field, context)


def fault(raw: Any, field: FormField = FREE) -> Fault:
    with pytest.raises(Fault) as caught:
        clean(raw, field)
    return caught.value


def test_rows_are_read_from_the_pairs_of_a_form() -> None:
    form = MultiDict(
        [
            ("f-10-jour", "2026-03-01"), ("f-2-_id", "abcd"), ("f-2-type", "test"), ("f-2-adresse-commune", "Lyon"),
            ("f-2-distance", "non"), ("f-2-distance", "oui"), ("f-x-jour", "non lu"), ("g-0-jour", "non lu"),
        ]
    )  # fmt: skip
    first, second = ROWS.read(form, "f", FREE)
    assert (first["_id"], first["type"], first["adresse"]["commune"], first["distance"]) == (
        "abcd",
        "test",
        "Lyon",
        "oui",
    )
    assert (second["jour"], len(second["_id"])) == ("2026-03-01", 8)


def test_rows_are_cleaned_cell_by_cell_and_keep_their_id() -> None:
    raw = [{"_id": "abcd", "type": "test", "jour": "1/3/26", "distance": "non", "inconnu": "x"}]
    assert clean(raw) == [{"_id": "abcd", "type": "test", "jour": "2026-03-01", "distance": False}]


@pytest.mark.parametrize("own", ["../../etc", "", None, 12, "x" * 65, "a b", ["a"]])
def test_absurd_id_is_replaced(own: Any) -> None:
    (row,) = clean([{"_id": own, "type": "test"}])
    assert len(row["_id"]) == 8
    assert row["_id"] != own


def test_id_given_twice_is_replaced_once() -> None:
    first, second = clean([{"_id": "same", "type": "test"}, {"_id": "same", "type": "test"}])
    assert first["_id"] == "same"
    assert second["_id"] != "same"


def test_rows_left_empty_are_dropped() -> None:
    empty = {"_id": "a", "type": "", "jour": "", "adresse": {"pays": "FRANCE"}, "distance": "non"}
    assert clean([empty]) is None
    assert [row["_id"] for row in clean([empty, {"_id": "b", "type": "test"}])] == ["b"]


def test_faults_are_told_by_row_and_cell() -> None:
    told = fault([{"_id": "a", "type": "test"}, {"_id": "b", "type": "x", "jour": "31/02/2026"}])
    assert told.cells == {
        "b": {"type": "« x » ne fait pas partie des valeurs proposées.", "jour": "Le 31/02/2026 n'existe pas."}
    }
    assert told.message == (
        "Ligne 2, Type : « x » ne fait pas partie des valeurs proposées. Ligne 2, Jour : Le 31/02/2026 n'existe pas."
    )


def test_many_faults_are_counted() -> None:
    told = fault([{"jour": "x"}] * 5)
    assert told.message.endswith("Et 2 autres fautes.")
    assert len(told.cells) == 5


@pytest.mark.parametrize(
    ("count", "message"),
    [(1, "Il faut au moins 2 lignes."), (4, "3 lignes au plus."), (1001, "1\u202f000 lignes au plus.")],
)
def test_number_of_rows_is_bounded(count: int, message: str) -> None:
    assert fault([{"type": "test"}] * count, EVENTS).message == message


def test_no_row_at_all_is_not_too_few() -> None:
    assert clean([], EVENTS) is None


@pytest.mark.parametrize("raw", ["abc", {"a": "b"}, 12])
def test_what_is_not_rows_is_refused(raw: Any) -> None:
    assert fault(raw).message == "Ces lignes n'ont pas la forme attendue."


def test_cells_see_the_options_of_their_rows() -> None:
    assert clean([{"_id": "a", "lieu": "x"}]) == [{"_id": "a", "lieu": "x"}]
    assert fault([{"_id": "a", "lieu": "a"}]).cells["a"]["lieu"] == "« a » ne fait pas partie des valeurs proposées."


def test_fixed_rows_are_all_there_in_their_order() -> None:
    stored = clean([{"_id": "pe", "effectif": "0"}, {"_id": "autre", "effectif": "5"}], FUNDERS)
    assert stored == [{"_id": "region"}, {"_id": "pe", "effectif": 0}]
    assert ROWS.widget_for(FUNDERS) == "rows_fixed"


def test_fixed_rows_without_id_follow_the_order_of_the_form() -> None:
    form = MultiDict([("f-0-effectif", "10"), ("f-1-effectif", "0")])
    stored = clean(ROWS.read(form, "f", FUNDERS), FUNDERS)
    assert stored == [{"_id": "region", "effectif": 10}, {"_id": "pe", "effectif": 0}]


def test_fixed_rows_are_read_by_key_in_conditions() -> None:
    python = ROWS.python([{"_id": "region"}, {"_id": "pe", "effectif": 0}], FUNDERS)
    assert python["pe"]["effectif"] == Decimal(0)
    assert python["region"]["effectif"] is None


def test_free_rows_are_a_list_in_conditions() -> None:
    (row,) = ROWS.python([{"_id": "a", "jour": "2026-03-01"}], FREE)
    assert (row["_id"], row["jour"], row["type"]) == ("a", date(2026, 3, 1), None)


def test_required_cells_that_are_empty_are_missing() -> None:
    stored = [{"_id": "a", "type": "test", "adresse": {"voie": "rue", "pays": "FRANCE"}}]
    assert ROWS.missing(stored, FREE) == ["a.jour", "a.adresse.commune"]
    assert ROWS.missing(None, FREE) == []
    assert ROWS.missing(None, FUNDERS) == ["region.effectif", "pe.effectif"]
    assert ROWS.missing(None, FUNDERS, lambda cell, row: row["_id"] == "pe") == ["pe.effectif"]


def test_rows_are_shown_one_after_the_other() -> None:
    stored = [{"_id": "a", "type": "test", "jour": "2026-03-01", "lieu": "x"}]
    assert ROWS.show(stored, FREE, CONTEXT) == "Test, 01/03/2026, Salle X"
    assert ROWS.show([{"_id": "region", "effectif": 10}, {"_id": "pe"}], FUNDERS, CONTEXT) == "Région : 10"


def test_form_of_fixed_rows_shows_them_all() -> None:
    assert ROWS.raw(None, FUNDERS) == [{"_id": "region", "effectif": ""}, {"_id": "pe", "effectif": ""}]


def test_hundred_thousand_pairs_are_read_up_to_the_limit() -> None:
    form = MultiDict([(f"f-{place}-type", "test") for place in range(3000)])
    assert len(ROWS.read(form, "f", FREE)) == 1001
    assert (
        refusal("rows", ROWS.read(form, "f", FREE), fields=FREE.model_dump()["fields"]) == "1\u202f000 lignes au plus."
    )
