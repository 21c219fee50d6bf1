from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from portal.domain.fields import KINDS
from tests.domain.fields.support import clean, make_field, refusal, show

WRONG_SIRET = "Ce SIRET n'existe pas : vérifiez chaque chiffre."
NIR = "295109912611193"  # the example of python-stdnum, nobody's


@pytest.mark.parametrize(
    ("kind", "raw", "keys", "value"),
    [
        ("siret", "130 005 119 00032", {}, "13000511900032"),
        ("siret", "130.005.119-00032", {}, "13000511900032"),
        ("siret", "356 000 000 00048", {}, "35600000000048"),
        ("siret", "35600000049837", {}, "35600000049837"),
        ("nir", "2 95 10 99 126 111 93", {}, NIR),
        ("nir", "253072b07300470", {}, "253072B07300470"),
        ("commune", "48095", {}, "48095"),
        ("commune", "Mende (48095)", {}, "48095"),
        ("commune", "2a004", {}, "2A004"),
        ("certification", "109049", {}, "109049"),
        ("certification", "rncp 35030", {}, "RNCP35030"),
        ("certification", "TP assistant ressources humaines (109049)", {}, "109049"),
        ("reference", "M1501", {"table": "rome"}, "M1501"),
        ("formacode", "15061", {}, ["15061"]),
        ("formacode", "15061 ; 15099", {}, ["15061", "15099"]),
        ("formacode", "15061 15099,15061", {}, ["15061", "15099"]),
        ("formacode", ["Accompagnement vers l'emploi (15061), Autre, chose (15099)"], {}, ["15061", "15099"]),
    ],
)
def test_code_is_read(kind: str, raw: Any, keys: dict[str, Any], value: Any) -> None:
    assert clean(kind, raw, **keys) == value


@pytest.mark.parametrize(
    ("kind", "raw", "message"),
    [
        ("siret", "13000511900033", WRONG_SIRET),
        ("siret", "35600000049838", WRONG_SIRET),
        ("siret", "1300051190003", "Un SIRET compte 14 chiffres ; celui-ci en compte 13."),
        ("siret", "1300051190003A", "Un SIRET ne contient que des chiffres."),
        ("siret", "１３０００５１１９０００３２", "Un SIRET ne contient que des chiffres."),
        ("nir", NIR[:-1], "Un NIR compte 15 caractères, clé comprise."),
        ("nir", NIR[:-1] + "4", "Ce NIR n'est pas correct : vérifiez chaque caractère et la clé."),
        ("nir", "5" + NIR[1:], "Un NIR commence par 1 ou 2 ; un numéro provisoire ou un NIA, par 3, 4, 7 ou 8."),
        ("commune", "Mende", "Choisissez une commune dans la liste, ou indiquez son code INSEE à 5 caractères."),
        ("certification", "TP ARH", KINDS["certification"].hint),  # type: ignore[attr-defined]
        ("reference", "<x>", "Indiquez un code de la liste."),
        ("formacode", "1506", "Indiquez des codes Formacode de 5 chiffres, séparés par des points-virgules."),
        ("formacode", "15061;15062;15063;15064;15065;15066", "5 codes au plus."),
    ],
)
def test_code_that_is_not_one_is_refused(kind: str, raw: Any, message: str) -> None:
    assert refusal(kind, raw) == message


def test_provisional_nir_is_accepted() -> None:
    first_thirteen = "7950699126111"
    key = 97 - int(first_thirteen) % 97
    assert clean("nir", f"{first_thirteen}{key:02}") == f"{first_thirteen}{key:02}"


def test_nir_is_masked_wherever_it_is_shown_or_exported() -> None:
    kind, field = KINDS["nir"], make_field("nir")
    assert show("nir", NIR) == "2 •• •• •• ••• ••• 93"
    assert kind.text(NIR, field) == "2 •• •• •• ••• ••• 93"
    assert kind.raw(NIR, field) == "2 95 10 99 126 111 93"


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("siret", "13000511900032", "130 005 119 00032"),
        ("commune", "48095", "Mende"),
        ("commune", "99999", "99999"),
        ("certification", "109049", "TP assistant ressources humaines (109049)"),
        ("certification", "1", "1"),
        ("formacode", ["15061", "15099"], "Accompagnement (15061), 15099"),
    ],
)
def test_code_is_shown_with_its_words(kind: str, value: Any, shown: str) -> None:
    assert show(kind, value) == shown


def test_formacodes_are_read_from_one_field_or_from_several() -> None:
    form = MultiDict([("f", "15061"), ("f", ""), ("f", "15099")])
    assert KINDS["formacode"].read(form, "f", make_field("formacode")) == ["15061", "15099"]


def test_reference_without_its_table_is_a_fault_of_the_tenant() -> None:
    assert KINDS["reference"].review(make_field("reference")) == ["« table » manque : de quelle liste vient le code ?"]
