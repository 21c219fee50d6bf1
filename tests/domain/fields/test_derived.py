from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from portal.domain.fields import KINDS, size_of
from tests.domain.fields.support import clean, make_field, refusal, show

DIGEST = "ab" * 32
PDF = {"digest": DIGEST, "name": "C:\\devis\\Devis final.pdf", "size": "12345", "type": "PDF"}


@pytest.mark.parametrize("kind", ["computed", "inherited"])
def test_derived_value_is_never_taken_from_a_form(kind: str) -> None:
    assert KINDS[kind].read(MultiDict([("f", "1000000")]), "f", make_field(kind)) == ""
    assert clean(kind, "1000000") is None


@pytest.mark.parametrize(
    ("value", "keys", "shown"),
    [
        (Decimal("1234.5"), {"unit": "€"}, "1\u202f234,50\u00a0€"),
        (Decimal("3640"), {"unit": "h"}, "3\u202f640\u00a0h"),
        (Decimal("18.244"), {"unit": "km", "decimals": 1}, "18,2\u00a0km"),
        (True, {}, "Oui"),
        (date(2026, 3, 1), {}, "01/03/2026"),
        ("2026-03-01", {}, "01/03/2026"),
        ("2026-13-01", {}, "2026-13-01"),
        (None, {}, ""),
        (Decimal("NaN"), {}, ""),
    ],
)
def test_computed_value_is_shown_by_what_it_is(value: Any, keys: dict[str, Any], shown: str) -> None:
    assert show("computed", value, **keys) == shown


def test_computed_number_is_exported_for_spreadsheets() -> None:
    assert KINDS["computed"].text(Decimal("1234.5"), make_field("computed", unit="€")) == "1234,50"


def test_computed_field_has_one_way_to_compute() -> None:
    fault = ["un champ calculé a soit « value », soit « function »"]
    assert KINDS["computed"].review(make_field("computed")) == fault
    assert KINDS["computed"].review(make_field("computed", value="a", function="b")) == fault
    assert KINDS["computed"].review(make_field("computed", value="a + b", unit="€")) == []


def test_file_is_a_reference_to_what_was_uploaded() -> None:
    value = clean("file", PDF)
    assert value == {"digest": DIGEST, "name": "Devis final.pdf", "size": 12345, "type": "pdf"}
    assert show("file", value) == "Devis final.pdf (12\u00a0ko)"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"type": "exe"}, "Types de fichier acceptés : pdf."),
        ({"size": "10000001"}, "Ce fichier est trop lourd : 10\u00a0Mo au plus."),
        ({"digest": "../../etc/passwd"}, "Ce fichier n'a pas été reçu ; choisissez-le à nouveau."),
        ({"size": "-1"}, "Ce fichier n'a pas été reçu ; choisissez-le à nouveau."),
    ],
)
def test_file_out_of_its_limits_is_refused(change: dict[str, str], message: str) -> None:
    assert refusal("file", {**PDF, **change}) == message


@pytest.mark.parametrize(
    ("written", "size"), [("10MB", 10_000_000), ("500 ko", 500_000), ("12o", 12), ("beaucoup", None), ("10", None)]
)
def test_size_is_read(written: str, size: int | None) -> None:
    assert size_of(written) == size
