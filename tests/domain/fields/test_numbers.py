from decimal import Decimal
from typing import Any

import pytest

from portal.domain.fields import KINDS
from tests.domain.fields.support import clean, make_field, refusal, show


@pytest.mark.parametrize(
    ("kind", "raw", "keys", "value"),
    [
        ("integer", "12", {}, 12),
        ("integer", " 1 234 ", {}, 1234),
        ("integer", "1\u202f234", {}, 1234),
        ("integer", "1\u00a0234 h", {"unit": "h"}, 1234),
        ("integer", "-3", {}, -3),
        ("integer", "\u2212 3", {}, -3),
        ("integer", "12,0", {}, 12),
        ("integer", 12.0, {}, 12),
        ("integer", 0, {}, 0),
        ("integer", "007", {}, 7),
        ("decimal", "12,5", {}, "12.50"),
        ("decimal", "12.5", {"decimals": 1}, "12.5"),
        ("decimal", ",5", {}, "0.50"),
        ("decimal", "364", {"decimals": 0}, "364"),
        ("decimal", "-0,00", {}, "0.00"),
        ("decimal", "5,5 %", {"unit": "%"}, "5.50"),
        ("money", "1 234,50 €", {}, "1234.50"),
        ("money", "1234.5", {}, "1234.50"),
        ("money", "1\u202f234 euros", {}, "1234.00"),
        ("money", 10.5, {}, "10.50"),
    ],
)
def test_number_is_read_as_people_write_it(kind: str, raw: Any, keys: dict[str, Any], value: Any) -> None:
    assert clean(kind, raw, **keys) == value


@pytest.mark.parametrize(
    ("kind", "raw", "keys", "message"),
    [
        ("integer", "12,5", {}, "Indiquez un nombre entier, par exemple 12."),
        ("integer", "douze", {}, "Indiquez un nombre entier, par exemple 12."),
        ("integer", "1e5", {}, "Indiquez un nombre entier, par exemple 12."),
        ("integer", "٣", {}, "Indiquez un nombre entier, par exemple 12."),
        ("integer", float("nan"), {}, "Indiquez un nombre entier, par exemple 12."),
        ("integer", "9" * 16, {}, "Ce nombre est trop grand."),
        pytest.param("integer", 10**5000, {}, "Ce nombre est trop grand.", id="huge"),
        ("integer", "0", {"min": "1"}, "Le minimum est 1."),
        ("integer", "1001", {"max": "1000", "unit": "h"}, "Le maximum est 1\u202f000\u00a0h."),
        ("decimal", "1,234", {}, "2 décimales au plus."),
        ("decimal", "1,23", {"decimals": 1}, "1 décimale au plus."),
        ("decimal", "1,5", {"decimals": 0}, "Indiquez un nombre entier, par exemple 12."),
        ("decimal", "1.234,5", {}, "Indiquez un nombre, par exemple 12,5."),
        ("decimal", ",", {}, "Indiquez un nombre, par exemple 12,5."),
        ("money", "10 $", {}, "Indiquez un montant, par exemple 1 234,50."),
        ("money", "-1", {"min": "0"}, "Le minimum est 0,00\u00a0€."),
    ],
)
def test_number_out_of_its_form_is_refused(kind: str, raw: Any, keys: dict[str, Any], message: str) -> None:
    assert refusal(kind, raw, **keys) == message


@pytest.mark.parametrize(
    ("kind", "value", "keys", "shown", "exported"),
    [
        ("integer", 1234, {"unit": "h"}, "1\u202f234\u00a0h", "1234"),
        ("decimal", "1234.50", {}, "1\u202f234,5", "1234,5"),
        ("decimal", "364.00", {"unit": "h"}, "364\u00a0h", "364"),
        ("money", "1234.50", {}, "1\u202f234,50\u00a0€", "1234,50"),
        ("money", "1234.00", {}, "1\u202f234,00\u00a0€", "1234"),
        ("integer", None, {}, "", ""),
    ],
)
def test_number_is_shown_in_french(kind: str, value: Any, keys: dict[str, Any], shown: str, exported: str) -> None:
    field = make_field(kind, **keys)
    assert (show(kind, value, **keys), KINDS[kind].text(value, field)) == (shown, exported)


@pytest.mark.parametrize("kind", ["integer", "decimal", "money"])
def test_conditions_compute_with_decimals(kind: str) -> None:
    value = clean(kind, "12")
    assert KINDS[kind].python(value, make_field(kind)) == Decimal(12)


def test_decimals_written_otherwise_are_the_same() -> None:
    assert KINDS["decimal"].same("12.50", "12.5", make_field("decimal"))
    assert not KINDS["decimal"].same("12.50", None, make_field("decimal"))


def test_limits_that_are_not_numbers_are_faults_of_the_tenant() -> None:
    assert KINDS["integer"].review(make_field("integer", min="un", decimals=3)) == [
        "« decimals » ne s'emploie pas avec le type « integer »",
        "« min » : nombre attendu, lu « un »",
    ]
