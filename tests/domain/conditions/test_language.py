"""What an expression means: each line is an expression and its value over the sheet of conftest.py."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from portal.domain.conditions import Scope, Type, compile_condition

TODAY = dt.date(2026, 3, 1)

TRUE = [
    # comparison
    "effectif_vise == 12",
    "effectif_vise > 11.5 and effectif_vise <= 12",
    "1 < effectif_vise < 100",
    "not 1 < effectif_vise < 5",
    "intitule != 'autre' and \"Soudure à l’arc\" == intitule",
    "programme in ['e2c', 'cared_18'] and programme not in ['cared_18']",
    "effectif_vise in [10, 12]",
    "effectif_vise in [10, 6 * 2]",
    "'jeunes' in publics and 'salaries' not in publics",
    "publics == ['jeunes'] and publics != ['jeunes', 'salaries'] and publics != []",
    "option.approbation == false",
    # dates: a quoted ISO text beside a date, a time or a moment
    "debut == '2026-09-01' and '2026-01-01' < debut < '2027-01-01'",
    "debut in ['2026-09-01', '2026-10-01']",
    "ouverture >= '09:30' and ouverture < '09:30:01'",
    "fin_publication > '2026-08-15T11:59' and fin_publication < '2026-08-15 12:01'",
    "fin_publication == '2026-08-15' and fin_publication <= debut",
    "debut >= today() and date('2026-03-01') == today()",
    # logic
    "adresse_differente",
    "adresse_differente or vide > 1",
    "not (option.approbation or false)",
    "true and not false",
    "not option.approbation and programme == 'e2c'",
    # the empty value
    "not vide > 1 and not vide < 1 and not vide >= 0 and not vide <= 0",
    "vide != 1 and not vide == 1 and vide == vide",
    "not (vide in [1, 2]) and vide not in [1, 2] and vide not in [vide]",
    "dossier.contact_nom == '' and not filled(dossier.contact_nom)",
    "not starts_with(dossier.contact_nom, 'a') and length(dossier.contact_nom) == 0",
    "not filled(vide + 1) and not filled(1 / 0) and not filled(lower(dossier.contact_nom))",
    "not filled([vide]) and count([vide, 1]) == 1",
    # rows and children
    "any(evenements, type == 'infocoll')",
    "not all(evenements, type == 'test') and all(evenements, type in ['test', 'infocoll'])",
    "any(evenements, jour > '2026-05-31' and type == 'test')",
    "any(session, publication != 'jamais') and count(session) == 2",
    "filled(evenements) and filled(session) and filled(adresse)",
    "any(evenements, any(creneaux, heures == 3))",
    "any(evenements, any(creneaux, any(salles, places == 8)))",
    "any(evenements, places < effectif_vise)",  # the row's names first, then the sheet's
    "any(session, debut == '2026-10-01') and debut == '2026-09-01'",
    "all(session, any(evenements, type == 'bilan') or places == 7)",
    "all(session, any(financeurs, effectif > places))",
    "count(financeurs) == 2 and all(financeurs, effectif > 3)",
    "sum(financeurs.*.effectif) == effectif_vise",
    "any(dossier.lots, effectif == 3)",
]


@pytest.mark.parametrize("source", TRUE)
def test_condition_holds(source: str, scope: Scope, sheet: dict[str, Any]) -> None:
    assert compile_condition(source, scope)(sheet, today=TODAY) is True
    assert compile_condition(f"not ({source})", scope)(sheet, today=TODAY) is False


COMPUTED = [
    ("frais_ht * (100 + taux_tva) / 100", Decimal("1440.6")),
    ("1 - 2 - 3", Decimal(-4)),
    ("2 + 3 * 4 - 8 / 4 / 2", Decimal(13)),
    ("-effectif_vise + - 3", Decimal(-15)),
    ("0.1 + 0.2", Decimal("0.3")),
    ("effectif_vise / 0", None),
    ("effectif_vise + vide * 2", None),
    ("-vide", None),
    ("999999999999999 * 999999999999999 * 999999999999999 * 999999999999999 * 999999999999999", None),
    ("round(2.5)", Decimal(3)),
    ("round(-2.345, 2)", Decimal("-2.35")),
    ("round(1251, -2)", Decimal(1300)),
    ("round(2.5, 1000)", None),
    ("round(123456789012345.123456789012345, 15)", Decimal("123456789012345.123456789012345")),
    ("round(2.5, vide)", None),
    ("sum(financeurs, effectif)", Decimal(12)),
    ("sum(financeurs.*.effectif) - financeurs.region.effectif", Decimal(4)),
    ("sum(evenements, places * 2)", Decimal(30)),  # the row without places is passed over
    ("sum(dossier.lots.*.effectif)", Decimal(3)),
    ("sum(session, sum(evenements.*.places))", Decimal(0)),
    ("min(evenements.*.places)", Decimal(5)),
    ("max(evenements, places)", Decimal(10)),
    ("min(evenements, jour)", dt.date(2026, 5, 4)),
    ("max(evenements.*.heure)", dt.time(10, 0)),
    ("min(evenements, vide)", None),
    ("join(evenements, type)", "infocoll, test"),
    ("join(evenements, 'a')", "a"),
    ("count(evenements)", Decimal(3)),
    ("count(evenements, type == 'test')", Decimal(2)),
    ("count(publics)", Decimal(1)),
    ("days(debut, fin)", Decimal(302)),
    ("days(fin, '2027-06-30')", Decimal(0)),
    ("days(fin_publication, debut)", Decimal(17)),
    ("days(debut, min(evenements, date('2026-09-02')))", Decimal(1)),
    ("add_days(debut, 7)", dt.date(2026, 9, 8)),
    ("add_days(fin_publication, -15)", dt.date(2026, 7, 31)),
    ("add_days(debut, 0.5)", None),
    ("add_days(debut, 999999999)", None),
    ("add_days('9999-12-31', 1)", None),
    ("year(debut)", Decimal(2026)),
    ("today()", TODAY),
    ("lower(intitule)", "soudure à l’arc"),
    ("length(intitule)", Decimal(15)),
    ("'grand' if effectif_vise > 10 else 'petit'", "grand"),
    ("1 if vide > 0 else 2 if effectif_vise == 12 else 3", Decimal(2)),
    ("debut if filled(vide) else '2026-01-01'", dt.date(2026, 1, 1)),
    ("'2026-01-01' if filled(vide) else debut", dt.date(2026, 9, 1)),
    ("adresse if adresse_differente else 1", {"insee": "69123"}),
    ("adresse", {"insee": "69123"}),
    ("''", None),
    ("publics", ["jeunes"]),
    ("['a', '', vide, 2]", ["a", Decimal(2)]),
    ("vide if true else 1", None),
]


@pytest.mark.parametrize(("source", "value"), COMPUTED)
def test_computed_value(source: str, value: Any, scope: Scope, sheet: dict[str, Any]) -> None:
    result = compile_condition(source, scope, want=Type.ANY)(sheet, today=TODAY)
    assert result == value
    assert type(result) is type(value)


def test_hundreds_are_not_written_with_an_exponent(scope: Scope) -> None:
    assert str(compile_condition("round(1251, -2)", scope, want=Type.NUMBER)({}, today=TODAY)) == "1300"


WANTED = [
    (Type.NUMBER, "1 + 1", Decimal(2)),
    (Type.DATE, "'2026-02-28'", dt.date(2026, 2, 28)),
    (Type.DATE, "fin_publication", dt.date(2026, 8, 15)),
    (Type.DATETIME, "'2026-02-28T08:00'", dt.datetime(2026, 2, 28, 8)),
    (Type.TIME, "'08:00'", dt.time(8)),
    (Type.TEXT, "adresse", None),
    (Type.BOOL, "adresse", False),
]


@pytest.mark.parametrize(("want", "source", "value"), WANTED)
def test_the_kind_wanted_is_the_kind_given(
    want: Type, source: str, value: Any, scope: Scope, sheet: dict[str, Any]
) -> None:
    condition = compile_condition(source, scope, want=want)
    assert condition.type is want
    assert condition(sheet, today=TODAY) == value


UNTYPED = [  # `adresse` has no kind at load: its value decides at run
    (dt.date(2026, 1, 2), "adresse > '2026-01-01' and adresse == '2026-01-02' and adresse != 'demain'"),
    ("2026-01-02", "adresse < debut and adresse == date('2026-01-02') and days(adresse, '2026-01-03') == 1"),
    (dt.datetime(2026, 1, 2, 8), "adresse == '2026-01-02' and adresse > '2026-01-02T07:59' and year(adresse) == 2026"),
    (dt.datetime(2026, 9, 1, 8), "adresse == debut and adresse >= debut"),
    ("08:00", "ouverture > adresse"),
    (7, "adresse == 7 and adresse < 8 and adresse + 1 == 8 and not adresse == '7' and not adresse < debut"),
    (7.25, "adresse * 4 == 29"),
    (True, "adresse and adresse == true and not adresse >= adresse and not adresse == 1"),
    (["a", 2], "'a' in adresse and 2 in adresse and adresse == ['a', 2] and count(adresse) == 2"),
    ([], "not filled(adresse) and count(adresse) == 0 and adresse == [] and adresse == vide"),
    ({}, "not filled(adresse)"),
    ("", "not filled(adresse) and adresse == ''"),
    (object(), "filled(adresse) and not adresse and adresse != adresse"),
]


@pytest.mark.parametrize(("value", "source"), UNTYPED)
def test_value_without_a_declared_kind(value: Any, source: str, scope: Scope, sheet: dict[str, Any]) -> None:
    assert compile_condition(source, scope)(sheet | {"adresse": value}, today=TODAY) is True


ODD = [  # a value that is not of the kind declared counts as empty
    ({"effectif_vise": "12"}, "effectif_vise"),
    ({"effectif_vise": True}, "effectif_vise"),
    ({"effectif_vise": float("nan")}, "effectif_vise"),
    ({"effectif_vise": Decimal("-Infinity")}, "effectif_vise"),
    ({"effectif_vise": Decimal("sNaN")}, "effectif_vise"),
    ({"effectif_vise": Decimal("1e999999")}, "effectif_vise"),
    ({"effectif_vise": 10**5000}, "effectif_vise"),
    ({"debut": "2026-09-01"}, "debut"),
    ({"debut": dt.datetime(2026, 9, 1)}, "debut"),
    ({"fin_publication": dt.date(2026, 9, 1)}, "fin_publication"),
    ({"intitule": 3}, "intitule"),
    ({"adresse_differente": 1}, "adresse_differente"),
    ({"publics": "jeunes"}, "publics"),
    ({"publics": [None, ""]}, "publics"),
    ({"dossier": None}, "dossier.mode"),
    ({"dossier": ["mode"]}, "dossier.mode"),
    ({"financeurs": {"region": 4}}, "financeurs.region.effectif"),
    ({"evenements": None}, "evenements"),
    ({"evenements": 4}, "evenements"),
    ({"evenements": "abc"}, "evenements"),
    ({"evenements": [1, None, "a"]}, "evenements"),
    ({}, "effectif_vise"),
]


@pytest.mark.parametrize(("values", "name"), ODD)
def test_odd_data_counts_as_empty(values: dict[str, Any], name: str, scope: Scope) -> None:
    assert compile_condition(f"filled({name})", scope)(values, today=TODAY) is False


def test_a_zone_is_dropped_so_that_moments_compare_on_the_wall_clock(scope: Scope) -> None:
    values = {"fin_publication": dt.datetime(2026, 8, 15, 12, tzinfo=dt.UTC), "ouverture": dt.time(9, tzinfo=dt.UTC)}
    source = "fin_publication == '2026-08-15T12:00' and ouverture == '09:00'"
    assert compile_condition(source, scope)(values, today=TODAY) is True


def test_today_is_what_the_caller_says_even_as_a_moment(scope: Scope) -> None:
    condition = compile_condition("debut >= today()", scope)
    values = {"debut": dt.date(2026, 9, 1)}
    assert condition(values, today=dt.date(2026, 9, 1)) is True
    assert condition(values, today=dt.date(2026, 9, 2)) is False
    assert condition(values, today=dt.datetime(2026, 9, 1, 23)) is True


NAMES = [
    ("true", set()),
    ("debut < fin and debut > today()", {"debut", "fin"}),
    ("dossier.mode == 'x' or financeurs.region.effectif > 0", {"dossier.mode", "financeurs.region.effectif"}),
    ("sum(financeurs.*.effectif) > 0", {"financeurs", "financeurs.*.effectif"}),
    ("any(session, debut > fin)", {"session", "session.*.debut", "fin"}),
    ("count(evenements) > 0 and filled(session)", {"evenements", "session"}),
    (
        "any(session, any(evenements, type == 'test'))",
        {"session", "session.*.evenements", "session.*.evenements.*.type"},
    ),
]


@pytest.mark.parametrize(("source", "names"), NAMES)
def test_names_read_are_known_before_any_run(source: str, names: set[str], scope: Scope) -> None:
    assert compile_condition(source, scope).names == names


def test_a_condition_is_a_value(scope: Scope) -> None:
    one, two = compile_condition("debut < fin", scope), compile_condition("debut < fin", scope)
    assert one == two
    assert hash(one) == hash(two)
    assert repr(one).startswith("Condition(source='debut < fin'")
    with pytest.raises(AttributeError):
        one.source = "true"  # type: ignore[misc]


def test_only_get_is_asked_of_lazy_values(scope: Scope) -> None:
    asked = []

    class Lazy(dict[str, Any]):
        def get(self, key: str, default: Any = None) -> Any:
            asked.append(key)
            return {"debut": dt.date(2026, 9, 1)}.get(key)

    assert compile_condition("debut > today() or filled(fin)", scope)(Lazy(), today=TODAY) is True
    assert asked == ["debut"]
