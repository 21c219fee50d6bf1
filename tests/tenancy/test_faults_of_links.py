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
}
SOUND = (
    "lists: {l: {label: L, level: session, columns: [{id: x, label: X, link: actions}], "
    "exports: [{id: e, label: E, together: [l]}]}}\n"
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
