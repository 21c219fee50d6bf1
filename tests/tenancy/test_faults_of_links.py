"""Faults of a side hierarchy as desk.yaml shows it: told by file and line."""

import pytest

from tests.tenancy.folder import broken, faults_of

TIED = ("tenant.yaml", "programmes:\n", "links: {actions: {from: session, to: action}}\nprogrammes:\n")
FAULTS = {
    "tab": (
        "tabs: {session: [{id: liees, label: Liées, show: linked, link: modules}]}",
        "lien inconnu « modules » ; possibles : actions",
    ),
    "tab without a link": (
        "tabs: {session: [{id: liees, label: Liées, show: linked}]}",
        "« link » manque : quel lien montrer ?",
    ),
    "column": (
        "lists: {l: {label: L, level: session, columns: [{id: x, label: X, link: actons}]}}",
        "lien inconnu « actons » ; vouliez-vous dire « actions » ?",
    ),
    "level above": (
        "lists: {l: {label: L, level: session, columns: [{id: x, label: X, link: actions, value: session}]}}",
        "niveau inconnu « session » ; possibles : action",
    ),
    "beside": (
        "lists: {l: {label: L, level: session, columns: [{id: debut, label: D}], "
        "exports: [{id: e, label: E, together: [m]}]}}",
        "liste inconnue « m » ; possibles : l",
    ),
    "in an export that goes below": (
        "lists: {l: {label: L, level: action, columns: [{id: title, label: T}], exports: [{id: e, label: E, "
        "below: session, extra: [{id: x, label: X, of: session, link: actions}]}]}}",
        "« x » passe par un lien, qu'un export « below » ne lit pas : dites-la dans la liste",
    ),
    "counted in a column": (
        "lists: {l: {label: L, level: session, columns: [{id: x, label: X, value: count(actons)}]}}",
        "colonne 7 : champ inconnu « actons » ; vouliez-vous dire « actions » ?",
    ),
    "searched": (
        "lists: {l: {label: L, level: session, search: [actions.title], columns: [{id: debut, label: D}]}}",
        "recherche impossible dans « actions.title » ; possibles : debut, fin, places, precision",
    ),
    "sorted by": (
        "lists: {l: {label: L, level: session, sort: x, columns: [{id: x, label: X, value: count(actions)}]}}",
        "tri impossible « x » ; possibles : changed_at, code, created_at, title",
    ),
}
SOUND = (
    "lists: {l: {label: L, level: session, columns: [{id: x, label: X, link: actions}, "
    "{id: n, label: N, value: count(actions)}], exports: [{id: e, label: E, together: [l]}]}}\n"
    "tabs: {action: [{id: liees, label: Liées, show: linked, link: actions}]}"
)


def told(desk: str) -> list[str]:
    return faults_of({**broken(TIED), "desk.yaml": desk})


@pytest.mark.parametrize("name", FAULTS)
def test_a_link_that_is_not_one_is_told_with_its_line(name: str) -> None:
    desk, said = FAULTS[name]
    assert told(desk) == [f"tenants/x/desk.yaml:1: {said}"]


def test_links_named_from_either_end_are_sound() -> None:
    assert told(SOUND) == []


def test_a_name_that_a_link_gives_means_nothing_else() -> None:
    tied = "links: {places: {from: session, to: action}}\nprogrammes:\n"
    slip = ("tenant.yaml", "programmes:\n", tied)
    assert faults_of(broken(slip)) == ["tenants/x/tenant.yaml:16: « places » est déjà un nom du niveau « session »"]


def test_what_is_read_on_versions_sent_does_not_go_through_a_link() -> None:
    flows = (
        "targets: {si: {label: SI, outlet: desk}}\nflows: [{on: etat.approuver, target: si, when: count(actions) > 0}]"
    )
    assert faults_of({**broken(TIED), "flows.yaml": flows}) == [
        "tenants/x/flows.yaml:2: « actions » passe par un lien : une version envoyée n'en garde pas"
    ]
