"""Each fault a tenant file may hold in an expression: its column and its exact words."""

import pytest

from portal.domain.conditions import ConditionError, Scope, Type, compile_condition

FAULTS = [
    ("", 1, "expression vide"),
    ("   ", 4, "expression vide"),
    ("debu < fin", 1, "champ inconnu « debu » ; vouliez-vous dire « debut » ?"),
    ("True", 1, "champ inconnu « True » ; vouliez-vous dire « true » ?"),
    ("mode == 'x'", 1, "champ inconnu « mode » ; vouliez-vous dire « dossier.mode » ?"),
    ("zzzzz", 1, "champ inconnu « zzzzz »"),
    ("dossier.mod == 'x'", 9, "« dossier » n’a pas de champ « mod » ; vouliez-vous dire « mode » ?"),
    ("dosier.mode == 'x'", 1, "champ inconnu « dosier.mode » ; vouliez-vous dire « dossier.mode » ?"),
    ("dossier == 'x'", 1, "« dossier » regroupe des champs : écrivez par exemple « dossier.contact_nom »"),
    ("dossier", 1, "« dossier » regroupe des champs : écrivez par exemple « dossier.contact_nom »"),
    ("financeurs == 1", 1, "« financeurs » regroupe des champs : écrivez par exemple « financeurs.pole_emploi »"),
    ("financeurs.regin.effectif > 1", 12, "« financeurs » n’a pas de champ « regin » ; vouliez-vous dire « region » ?"),
    (
        "financeurs.region.effectf > 1",
        19,
        "« financeurs.region » n’a pas de champ « effectf » ; vouliez-vous dire « effectif » ?",
    ),
    (
        "financeurs.region > 1",
        1,
        "« financeurs.region » regroupe des champs : écrivez par exemple « financeurs.region.effectif »",
    ),
    ("evenements", 1, "« evenements » est une suite de lignes : écrivez par exemple count(evenements)"),
    ("evenements == 1", 1, "« evenements » est une suite de lignes : écrivez par exemple count(evenements)"),
    (
        "evenements.type == 'test'",
        12,
        "« evenements » est une suite de lignes : écrivez par exemple any(evenements, type == …)",
    ),
    ("session.debut > fin", 9, "« session » est une suite de lignes : écrivez par exemple any(session, debut == …)"),
    ("debut.jour == 1", 7, "« debut » est un champ et n’en contient pas d’autre"),
    ("today >= debut", 1, "« today » est une fonction : écrivez today()"),
    ("count > 1", 1, "« count » est une fonction : écrivez count(lignes, condition)"),
    ("financeurs.*.effectif > 1", 1, "« * » ne s’emploie que dans sum, min ou max : sum(lignes.*.champ)"),
    (
        "any(evenements.*.type, true)",
        5,
        "« evenements.*.type » n’est pas une suite de lignes ; vouliez-vous dire « evenements » ?",
    ),
    ("sum(evenements.*)", 1, "« sum » s’écrit sum(lignes, calcul)"),
    ("sum(*.effectif)", 6, "caractère inattendu « . »"),
    ("sum(a.*.b)", 5, "« a » n’est pas une suite de lignes"),
    ("sum(session.*.evenements.*.places)", 15, "« * » ne s’emploie que dans sum, min ou max : sum(lignes.*.champ)"),
    ("any(evenemnts, true)", 5, "« evenemnts » n’est pas une suite de lignes ; vouliez-vous dire « evenements » ?"),
    ("any(debut, true)", 5, "« debut » n’est pas une suite de lignes"),
    ("any(1 + 1, true)", 5, "« any » attend d’abord le nom d’une suite de lignes"),
    ("any(evenements)", 1, "« any » s’écrit any(lignes, condition)"),
    ("any(evenements, type)", 17, "« any » attend un oui/non, pas un texte"),
    ("any(evenements, typ == 'test')", 17, "champ inconnu « typ » ; vouliez-vous dire « type » ?"),
    ("any(evenements, type == 'infocol')", 25, "valeur inconnue « infocol » ; vouliez-vous dire « infocoll » ?"),
    ("any(evenements, type in ['test', 'bilant'])", 34, "valeur inconnue « bilant » ; vouliez-vous dire « bilan » ?"),
    ("sum(evenements, type) > 1", 17, "« sum » attend un nombre, pas un texte"),
    ("max(evenements, type) == 'a'", 17, "« max » attend un nombre, pas un texte"),
    ("count()", 1, "« count » s’écrit count(lignes, condition)"),
    ("count(debut) > 1", 7, "« count » attend une liste, pas une date"),
    ("count(evenemnts) > 1", 7, "champ inconnu « evenemnts » ; vouliez-vous dire « evenements » ?"),
    ("cuont(evenements) > 1", 1, "fonction inconnue « cuont » ; vouliez-vous dire « count » ?"),
    ("eval('1')", 1, "fonction inconnue « eval »"),
    ("__import__('os')", 1, "fonction inconnue « __import__ »"),
    ("days(debut) > 1", 1, "« days » s’écrit days(début, fin)"),
    ("today(1) == debut", 1, "« today » s’écrit today()"),
    ("days(debut, effectif_vise) > 1", 13, "« days » attend une date, pas un nombre"),
    ("round() > 1", 1, "« round » s’écrit round(nombre, décimales)"),
    ("length(effectif_vise) > 1", 8, "« length » attend un texte, pas un nombre"),
    ("starts_with(intitule, 3)", 23, "« starts_with » attend un texte, pas un nombre"),
    ("filled()", 1, "« filled » s’écrit filled(champ)"),
    ("filled(option)", 8, "« option » regroupe des champs : écrivez par exemple « option.approbation »"),
    ("filled(inconnu)", 8, "champ inconnu « inconnu »"),
    ("effectif_vise == 'douze'", 18, "on ne compare pas un nombre avec un texte"),
    ("intitule > 3", 12, "on ne compare pas un texte avec un nombre"),
    ("debut > 3", 9, "on ne compare pas une date avec un nombre"),
    ("debut == ouverture", 10, "on ne compare pas une date avec une heure"),
    ("publics == 'jeunes'", 12, "on ne compare pas une liste avec un texte"),
    ("publics in ['jeunes']", 1, "« in » cherche une valeur dans une liste, pas une liste"),
    ("'vieux' in publics", 1, "valeur inconnue « vieux » ; possibles : jeunes, salaries"),
    ("'a' in intitule", 8, "« in » attend une liste, pas un texte"),
    ("programme == 'ec2'", 14, "valeur inconnue « ec2 » ; vouliez-vous dire « e2c » ?"),
    ("'ec2' != programme", 1, "valeur inconnue « ec2 » ; vouliez-vous dire « e2c » ?"),
    ("programme in ['e2c', 'cared18']", 22, "valeur inconnue « cared18 » ; vouliez-vous dire « cared_18 » ?"),
    ("intitule in ['a', 3]", 19, "on ne compare pas un texte avec un nombre"),
    ("debut in ['2026-13-01']", 11, "« 2026-13-01 » n’est pas une date : écrivez AAAA-MM-JJ"),
    ("debut > '01/09/2026'", 9, "« 01/09/2026 » n’est pas une date : écrivez AAAA-MM-JJ"),
    ("ouverture > '9h30'", 13, "« 9h30 » n’est pas une heure : écrivez HH:MM"),
    ("fin_publication > 'demain'", 19, "« demain » n’est pas une date et heure : écrivez AAAA-MM-JJTHH:MM"),
    ("days('hier', debut) > 1", 6, "« hier » n’est pas une date : écrivez AAAA-MM-JJ"),
    ("adresse_differente > false", 1, "« > » ne s’applique pas à un oui/non"),
    ("publics < publics", 1, "« < » ne s’applique pas à une liste"),
    ("effectif_vise", 1, "il faut ici un oui/non, pas un nombre"),
    ("effectif_vise + 1", 1, "il faut ici un oui/non, pas un nombre"),
    ("not effectif_vise", 5, "« not » attend un oui/non, pas un nombre"),
    ("intitule and true", 1, "« and » attend un oui/non, pas un texte"),
    (
        "debut + 3 > fin",
        1,
        "« + » attend un nombre, pas une date ; pour ajouter des jours, écrivez add_days(date, jours)",
    ),
    ("fin - debut > 3", 1, "« - » attend un nombre, pas une date ; pour compter des jours, écrivez days(début, fin)"),
    ("intitule + 'a' == 'b'", 1, "« + » attend un nombre, pas un texte"),
    ("-debut > fin", 2, "« - » attend un nombre, pas une date ; pour compter des jours, écrivez days(début, fin)"),
    ("1 if intitule else 2", 6, "« if » attend un oui/non, pas un texte"),
    ("(1 if adresse_differente else 'a') == 1", 31, "« if » attend un nombre, pas un texte"),
    ("(debut if adresse_differente else 'a') == debut", 35, "« a » n’est pas une date : écrivez AAAA-MM-JJ"),
    ("1 < effectif_vise in [2]", 1, "« in » ne s’enchaîne pas avec une autre comparaison : ajoutez des parenthèses"),
    ("effectif_vise = 12", 15, "« = » ne compare pas : écrivez « == »"),
    ("debut && fin", 7, "« & » n’existe pas : écrivez « and »"),
    ("debut || fin", 7, "« | » n’existe pas : écrivez « or »"),
    ("!adresse_differente", 1, "« ! » n’existe pas : écrivez « not »"),
    ("intitule == 'soudure", 13, "guillemet jamais fermé"),
    ("intitule == « soudure »", 13, "un texte s’écrit entre guillemets droits : 'texte'"),
    ("intitule == ‘soudure’", 13, "un texte s’écrit entre guillemets droits : 'texte'"),
    ("effectif_vise ** 2 > 1", 16, "« * » inattendu"),
    ("effectif_vise % 2 == 1", 15, "caractère inattendu « % »"),
    ("effectif_vise // 2 == 1", 16, "« / » inattendu"),
    ("1_000 > 1", 1, "nombre mal écrit « 1_000 »"),
    ("12abc > 1", 1, "nombre mal écrit « 12abc »"),
    ("1.5.2 > 1", 1, "nombre mal écrit « 1.5.2 »"),
    ("1e9 > 1", 1, "nombre mal écrit « 1e9 »"),
    ("effectif_vise > 1,5", 18, "« , » inattendu ; les décimales s’écrivent avec un point"),
    ("effectif_vise > 1 500", 19, "« 500 » inattendu"),
    ("(debut > fin", 13, "il manque « ) »"),
    ("debut > fin)", 12, "« ) » inattendu"),
    ("[1, 2", 6, "il manque « ] »"),
    ("any(evenements, true", 21, "il manque « ) »"),
    ("any(evenements true)", 16, "« true » inattendu ; « , » ou « ) » attendu"),
    ("any(evenements, )", 17, "« ) » inattendu"),
    ("debut >", 8, "expression incomplète"),
    ("> debut", 1, "« > » inattendu"),
    ("adresse_differente et true", 20, "« et » inattendu ; vouliez-vous dire « and » ?"),
    ("adresse_differente AND true", 20, "« AND » inattendu ; vouliez-vous dire « and » ?"),
    ("effectif_vise is 3", 15, "« is » inattendu ; vouliez-vous dire « == » ?"),
    ("not", 4, "expression incomplète"),
    ("not in debut", 5, "« in » inattendu"),
    ("debut not fin", 11, "« fin » inattendu ; « in » attendu"),
    ("1 if true", 10, "il manque « else »"),
    ("1 if true sinon 2", 11, "« sinon » inattendu ; vouliez-vous dire « else » ?"),
    ("lambda x: x", 9, "caractère inattendu « : »"),
    ("[x for x in publics]", 4, "« for » inattendu ; « , » ou « ] » attendu"),
    ("intitule.__class__", 10, "« intitule » est un champ et n’en contient pas d’autre"),
    ("intitule.upper()", 1, "fonction inconnue « intitule.upper »"),
    ("dossier.*", 1, "« * » ne s’emploie que dans sum, min ou max : sum(lignes.*.champ)"),
    ("{1}", 1, "caractère inattendu « { »"),
    ("1; 2", 2, "caractère inattendu « ; »"),
    ("1234567890123456 > 1", 1, "nombre trop grand : 15 chiffres au plus"),
    ("0.1234567890123456 > 1", 1, "nombre trop grand : 15 chiffres au plus"),
    ("any(session, any(session, any(session, true)))", 31, "trop de parcours de lignes les uns dans les autres"),
    (
        "any(session, any(evenements, any(creneaux, any(salles, true))))",
        48,
        "trop de parcours de lignes les uns dans les autres",
    ),
]


@pytest.mark.parametrize(("source", "column", "message"), FAULTS)
def test_fault_is_told_with_its_column(source: str, column: int, message: str, scope: Scope) -> None:
    with pytest.raises(ConditionError) as caught:
        compile_condition(source, scope)
    assert (caught.value.column, caught.value.message) == (column, message)
    assert str(caught.value) == f"colonne {column} : {message}"


UNWANTED = [
    (Type.NUMBER, "debut", "il faut ici un nombre, pas une date"),
    (Type.TEXT, "1", "il faut ici un texte, pas un nombre"),
    (Type.DATE, "'demain'", "« demain » n’est pas une date : écrivez AAAA-MM-JJ"),
    (Type.DATETIME, "debut", "il faut ici une date et heure, pas une date"),
    (Type.LIST, "intitule", "il faut ici une liste, pas un texte"),
]


@pytest.mark.parametrize(("want", "source", "message"), UNWANTED)
def test_result_of_another_kind_is_a_fault(want: Type, source: str, message: str, scope: Scope) -> None:
    with pytest.raises(ConditionError) as caught:
        compile_condition(source, scope, want=want)
    assert (caught.value.column, caught.value.message) == (1, message)


LIMITS = [
    ("true or " * 251 + "true", 2001, "expression trop longue : 2000 caractères au plus"),
    ("[" + "1," * 200 + "1]", 402, "expression trop longue : 200 éléments au plus"),
    ("(" * 21 + "true" + ")" * 21, 22, "expression trop imbriquée : 20 niveaux au plus"),
    ("not " * 21 + "true", 85, "expression trop imbriquée : 20 niveaux au plus"),
    ("-" * 21 + "1 > 0", 22, "expression trop imbriquée : 20 niveaux au plus"),
    ("true if true else " * 21 + "true", 379, "expression trop imbriquée : 20 niveaux au plus"),
    ("round(" * 21 + "1" + ")" * 21 + " > 0", 127, "expression trop imbriquée : 20 niveaux au plus"),
]


@pytest.mark.parametrize(("source", "column", "message"), LIMITS)
def test_limit_is_told_with_its_column(source: str, column: int, message: str, scope: Scope) -> None:
    with pytest.raises(ConditionError) as caught:
        compile_condition(source, scope)
    assert (caught.value.column, caught.value.message) == (column, message)


def test_just_under_the_limits_compiles(scope: Scope) -> None:
    compile_condition("(" * 20 + "true" + ")" * 20, scope)
    compile_condition("intitule in [" + ",".join(["'a'"] * 195) + "]", scope)
    compile_condition("999999999999999.999999999999999 > 0", scope)


def test_control_characters_are_shown_escaped(scope: Scope) -> None:
    with pytest.raises(ConditionError, match=r"caractère inattendu « \\x00 »"):
        compile_condition("debut\x00", scope)


def test_long_unknown_name_is_cut(scope: Scope) -> None:
    with pytest.raises(ConditionError) as caught:
        compile_condition("x" * 1990, scope)
    assert caught.value.message == f"champ inconnu « {'x' * 39}… »"


def test_labels_are_french() -> None:
    labels = ["nombre", "texte", "date", "heure", "date et heure", "oui/non", "liste", "valeur"]
    assert [kind.label for kind in Type] == labels


def test_a_long_list_of_choices_is_not_recited() -> None:
    scope = Scope(values={"code": Type.TEXT}, choices={"code": [f"c{n}" for n in range(9)]})
    with pytest.raises(ConditionError) as caught:
        compile_condition("code == 'azerty'", scope)
    assert caught.value.message == "valeur inconnue « azerty »"
