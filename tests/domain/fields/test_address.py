from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from portal.domain.fields import KINDS, PARTS, Fault
from tests.domain.fields.support import CONTEXT, clean, make_field, refusal, show

LYON = {
    "numero": "12",
    "bis": "bis",
    "nature_voie": "rue",
    "voie": "de la Paix",
    "code_postal": "69008",
    "commune": "Lyon",
}


def test_parts_bear_the_labels_of_the_form() -> None:
    assert [part.label for part in PARTS.values()] == [
        "N°", "Bis/Ter", "Nature voie", "Nom voie", "Bat.", "Complément d'adresse", "BP, lieu-dit", "Code postal",
        "Ville", "Pays", "Code INSEE",
    ]  # fmt: skip


def test_address_is_read_part_by_part() -> None:
    form = MultiDict([("f-code_postal", "69 008"), ("f-commune", "Lyon"), ("f-autre", "x")])
    raw = KINDS["address"].read(form, "f", make_field("address"))
    assert set(raw) == set(PARTS)
    assert clean("address", raw) == {"code_postal": "69008", "commune": "Lyon", "pays": "FRANCE", "insee": "69123"}


@pytest.mark.parametrize(
    ("given", "insee"),
    [
        ({"code_postal": "48000", "commune": "MENDE"}, "48095"),
        ({"code_postal": "42000", "commune": "St Etienne"}, "42218"),
        ({"code_postal": "63320", "commune": "Saint Babel"}, "63305"),
        ({"code_postal": "69008", "commune": "LYON 08"}, "69123"),
        ({"code_postal": "69008", "commune": "Lyon 8e arrondissement"}, "69388"),
        ({"code_postal": "11108", "commune": "NARBONNE CEDEX"}, "11262"),
        ({"code_postal": "48000", "commune": "Mende", "insee": "48001"}, "48001"),
        ({"code_postal": "48000", "commune": "Ailleurs"}, None),
        ({"code_postal": "99999", "commune": "Mende"}, None),
        ({"code_postal": "48000", "commune": "Mende", "pays": "Suisse"}, None),
    ],
)
def test_insee_is_proposed_from_postal_code_and_town(given: dict[str, str], insee: str | None) -> None:
    assert clean("address", given).get("insee") == insee


@pytest.mark.parametrize("raw", ["", {}, {"pays": "FRANCE"}, {"pays": "", "voie": "  "}, None, {"inconnu": "x"}])
def test_country_alone_is_no_address(raw: Any) -> None:
    assert clean("address", raw) is None


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"code_postal": "6900"}, "Code postal : 5 chiffres sont attendus, par exemple 69008."),
        ({"code_postal": "6900A"}, "Code postal : 5 chiffres sont attendus, par exemple 69008."),
        ({"insee": "6938"}, "Code INSEE : 5 caractères sont attendus, par exemple 69388."),
        ({"voie": "x" * 101}, "Nom voie : 100 caractères au plus."),
        ({"voie": ["a", "b"]}, "Nom voie : Cette valeur n'a pas la forme attendue."),
        ("12 rue de la Paix", "Cette adresse n'a pas la forme attendue."),
    ],
)
def test_part_out_of_its_form_is_refused(raw: Any, message: str) -> None:
    assert refusal("address", raw) == message


def test_faults_are_told_by_part() -> None:
    with pytest.raises(Fault) as caught:
        clean("address", {"code_postal": "1", "insee": "1"})
    assert set(caught.value.parts) == {"code_postal", "insee"}


def test_foreign_postal_code_is_free() -> None:
    value = clean("address", {"code_postal": "1201", "commune": "Genève", "pays": "Suisse"})
    assert value == {"code_postal": "1201", "commune": "Genève", "pays": "SUISSE"}


def test_address_is_shown_on_one_line() -> None:
    value = clean("address", {**LYON, "batiment": "B", "lieu_dit": "BP 12"})
    assert show("address", value) == "12 bis rue de la Paix, Bat. B, BP 12, 69008 Lyon"
    assert show("address", clean("address", {"commune": "Genève", "pays": "Suisse"})) == "Genève, SUISSE"


def test_required_parts_that_are_empty_are_missing_once_the_address_is_begun() -> None:
    field = make_field("address", required_parts=["code_postal", "commune"])
    assert KINDS["address"].missing({"voie": "rue", "pays": "FRANCE"}, field) == ["code_postal", "commune"]
    assert KINDS["address"].missing(clean("address", LYON), field) == []
    assert KINDS["address"].missing(None, field) == []


def test_parts_are_read_by_conditions() -> None:
    python = KINDS["address"].python(clean("address", LYON), make_field("address"))
    assert (python["code_postal"], python["batiment"]) == ("69008", None)


def test_unknown_required_part_is_a_fault_of_the_tenant() -> None:
    field = make_field("address", required_parts=["ville"])
    assert KINDS["address"].review(field) == [f"partie d'adresse inconnue « ville » ; possibles : {', '.join(PARTS)}"]


def test_form_offers_france() -> None:
    assert KINDS["address"].raw(None, make_field("address"))["pays"] == "FRANCE"
    assert (
        KINDS["address"].clean(KINDS["address"].raw(None, make_field("address")), make_field("address"), CONTEXT)
        is None
    )
