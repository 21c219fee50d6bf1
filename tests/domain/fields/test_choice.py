from dataclasses import replace
from typing import Any

import pytest

from portal.domain.fields import KINDS, offers
from tests.domain.fields.support import CONTEXT, clean, make_field, refusal, show

COLOURS = {"r": "Rouge", "v": "Vert", "b": "Bleu"}


@pytest.mark.parametrize(
    ("raw", "value"),
    [("oui", True), ("on", True), ("1", True), (True, True), ("non", False), (False, False), ("", None)],
)
def test_boolean_is_yes_no_or_not_answered(raw: Any, value: bool | None) -> None:
    assert clean("boolean", raw) is value


def test_boolean_is_shown_in_french() -> None:
    assert [show("boolean", value) for value in (True, False, None)] == ["Oui", "Non", ""]


def test_boolean_that_is_required_is_two_buttons() -> None:
    kind = KINDS["boolean"]
    widgets = [kind.widget_for(make_field("boolean", required=required)) for required in (True, False)]
    assert widgets == ["radios", "checkbox"]


@pytest.mark.parametrize(
    ("kind", "raw", "keys", "value"),
    [
        ("choice", "r", {"choices": COLOURS}, "r"),
        ("choice", ["r"], {"choices": COLOURS}, "r"),
        ("choice", "1", {"table": "lheo.modalites-es"}, "1"),
        ("choice", "a", {"among": "autre"}, "a"),
        ("site", "b", {}, "b"),
        ("choices", ["b", "r", "b", ""], {"choices": COLOURS}, ["r", "b"]),
        ("choices", "r", {"choices": COLOURS}, ["r"]),
        ("choices", [], {"choices": COLOURS}, None),
        ("choices", ["9", "1"], {"table": "lheo.modalite-recrutement"}, ["1", "9"]),
    ],
)
def test_choice_among_the_values_offered_is_kept(kind: str, raw: Any, keys: dict[str, Any], value: Any) -> None:
    assert clean(kind, raw, **keys) == value


@pytest.mark.parametrize(
    ("kind", "raw", "keys", "message"),
    [
        ("boolean", "peut-être", {}, "Répondez par oui ou par non."),
        ("choice", "x", {"choices": COLOURS}, "« x » ne fait pas partie des valeurs proposées."),
        ("choice", "Rouge", {"choices": COLOURS}, "« Rouge » ne fait pas partie des valeurs proposées."),
        ("choice", "2", {"table": "lheo.modalites-es"}, "« 2 » ne fait pas partie des valeurs proposées."),
        ("choice", "1", {"table": "lheo.AIS"}, "« 1 » ne fait pas partie des valeurs proposées."),
        ("site", "c", {}, "« c » ne fait pas partie des valeurs proposées."),
        ("choices", ["r", "x"], {"choices": COLOURS}, "« x » ne fait pas partie des valeurs proposées."),
        ("choices", ["r", "v", "b"], {"choices": COLOURS, "max": "2"}, "2 réponses au plus."),
        ("choices", [["r"], {}], {"choices": COLOURS}, "Cette valeur n'a pas la forme attendue."),
    ],
)
def test_choice_of_something_else_is_refused(kind: str, raw: Any, keys: dict[str, Any], message: str) -> None:
    assert refusal(kind, raw, **keys) == message


def test_choice_whose_values_are_not_at_hand_is_refused_to_people_and_accepted_from_a_source() -> None:
    nothing = replace(CONTEXT, options={})
    assert refusal("site", "a", nothing) == "Aucune valeur n'est proposée pour le moment."
    assert refusal("choices", ["a"], nothing, among="autre") == "Aucune valeur n'est proposée pour le moment."
    assert clean("site", "a", replace(nothing, trusted=True)) == "a"


def test_table_gives_codes_and_choices_gives_words() -> None:
    field = make_field("choice", table="lheo.modalites-es", choices={"0": "Entrées/Sorties fixes"})
    assert offers(field, CONTEXT) == [("0", "Entrées/Sorties fixes")]
    assert KINDS["choice"].show("1", field, CONTEXT) == "entrées/sorties permanentes"


def test_codes_that_the_table_does_not_have_are_faults_of_the_tenant() -> None:
    field = make_field("choice", table="lheo.modalites-es", choices={"0": "Fixes", "7": "Autres"})
    assert KINDS["choice"].review(field) == ["« 7 » n'est pas un code de lheo.modalites-es"]


@pytest.mark.parametrize(
    ("kind", "value", "keys", "shown", "exported"),
    [
        ("choice", "v", {"choices": COLOURS}, "Vert", "Vert"),
        ("choice", "disparu", {"choices": COLOURS}, "disparu", "disparu"),
        ("choice", "1", {"table": "lheo.AIS"}, "Code(s) obsolète(s)", "Code(s) obsolète(s)"),
        ("site", "a", {}, "Site A", "a"),
        ("choices", ["r", "b"], {"choices": COLOURS}, "Rouge, Bleu", "Rouge ; Bleu"),
    ],
)
def test_choice_is_shown_by_its_words(kind: str, value: Any, keys: dict[str, Any], shown: str, exported: str) -> None:
    assert (show(kind, value, **keys), KINDS[kind].text(value, make_field(kind, **keys))) == (shown, exported)


def test_stored_value_no_longer_offered_is_told_by_check() -> None:
    kind, field = KINDS["choice"], make_field("choice", choices=COLOURS)
    assert kind.check("disparu", field, CONTEXT) == ["« disparu » ne fait pas partie des valeurs proposées."]
    assert kind.check("r", field, CONTEXT) == []
