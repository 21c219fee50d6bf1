"""Faults of trees, of what is looked for in them, of ☰ menus and pictograms: told by file and line."""

import pytest

from tests.tenancy.folder import broken, faults_of

TIED = ("tenant.yaml", "programmes:\n", "links: {actions: {from: session, to: action}}\nprogrammes:\n")


def tree(said: str, levels: str = "[action, session]") -> str:
    return f"trees: {{t: {{label: T, levels: {levels}, {said}}}}}"


FAULTS = {
    "level": (tree("", "[action, sesion]"), "niveau inconnu « sesion » ; vouliez-vous dire « session » ?"),
    "level out of its place": (tree("", "[session, action]"), "« action » n'est sous aucun des niveaux qui précèdent"),
    "level twice": (tree("", "[action, action]"), "« action » est déjà dans cette arborescence"),
    "level twice, by a link": (
        tree("", "[action, session, {link: actions}]"), "« action » est déjà dans cette arborescence"
    ),
    "link": (tree("", "[action, {link: action}]"), "lien inconnu « action » ; vouliez-vous dire « actions » ?"),
    "link first": (tree("", "[{link: actions}]"), "une arborescence commence par un niveau, non par un lien"),
    "role": (tree("roles: [organisne]"), "rôle inconnu « organisne » ; vouliez-vous dire « organisme » ?"),
    "level looked for": (tree("search: {level: module}"), "niveau inconnu « module » ; possibles : action, session"),
    "level below": (
        tree("search: {level: session, filters: [{id: a, label: A, field: debut, of: action}]}"),
        "niveau inconnu « action »",
    ),
    "words": (tree("search: {level: session, words: [debu]}"), "recherche impossible dans « debu »"),
    "filter": (
        tree("search: {level: session, filters: [{id: a, label: A, field: actions.title}]}"),
        "filtre impossible sur « actions.title »",
    ),
    "title": (tree("titles: {session: ['{debu}']}"), "nom inconnu « debu » ; vouliez-vous dire « debut » ?"),
    "sign": (tree("signs: {session: [debut]}"), "champ inconnu « debut »"),
    "sign of a header": ("headers: {session: {title: S, signs: [debut]}}", "champ inconnu « debut »"),
    "menu": ("menus: {seance: [{label: A, step: dates}]}", "niveau inconnu « seance » ; possibles : action, session"),
    "step": ("menus: {session: [{label: A, step: date}]}", "étape inconnue « date » ; vouliez-vous dire « dates » ?"),
    "tab": ("menus: {session: [{label: A, tab: fiche}]}", "onglet inconnu « fiche »"),
    "list": ("menus: {session: [{label: A, list: l}]}", "liste inconnue « l »"),
    "entry": ("menus: {session: [{label: A}]}", "« step », « tab » ou « list » : un seul des trois"),
}  # fmt: skip
SOUND = (
    "trees: {t: {label: T, levels: [session, {link: actions}], titles: {session: ['{debut}']}, "
    "search: {level: session, words: [title], filters: [{id: d, label: D, field: debut, kind: date_from}]}}}\n"
    "menus: {session: [{label: A, step: dates}]}"
)


def told(desk: str) -> list[str]:
    return faults_of({**broken(TIED), "desk.yaml": desk})


@pytest.mark.parametrize("name", FAULTS)
def test_a_tree_that_does_not_hold_is_told_with_its_line(name: str) -> None:
    desk, expected = FAULTS[name]
    assert told(desk) == [f"tenants/x/desk.yaml:1: {expected}"]


def test_a_sound_tree_has_no_fault() -> None:
    assert [one for one in told(SOUND) if "desk.yaml" in one] == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "- {id: precision, label: Précision, kind: text,",
            "- {id: mode, kind: choice, choices: {a: A}, icons: {b: hand}}\n      - {id: precision, kind: text,",
            "champ « mode » : « icons » : « b » ne fait pas partie de « choices »",
        ),
        (
            "rows: {keys: {a: Un, b: Deux},",
            "rows: {line: '{jour} {heure:typed}', keys: {a: Un, b: Deux},",
            "champ « evenements » : « line » : champ inconnu « heure »",
        ),
    ],
)
def test_pictograms_are_of_values_and_lines_of_cells(old: str, new: str, expected: str) -> None:
    assert [one.partition(": ")[2] for one in faults_of(broken(("forms/session.yaml", old, new)))] == [expected]
