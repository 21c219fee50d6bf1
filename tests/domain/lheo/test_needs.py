"""What a folder must say before LHÉO can be made of its sheets is told when it is checked."""

import pytest

from portal.domain.checking import check
from portal.domain.lheo.needs import wanted
from portal.domain.vocabulary import TERMS
from portal.tenancy.faults import TenantFaults
from portal.tenancy.loader import load_files
from tests.support.tenants import tenant_named

FLOWS = """targets:
  carif:
    label: le Carif
    outlet: http
    format: lheo-2.3
    says: {%s}
flows:
  - {target: carif, on: session.approuver}
"""
WHOLE = (
    'action.publics: ["80006"], session.teaching_mode: "0", action.level_in_required: non, '
    'session.costs_covered: oui, formation.path_type: "1"'
)


def faults(says: str) -> list[str]:
    files = {**tenant_named("eos").files, "flows.yaml": FLOWS % says}
    try:
        load_files(files, "tenants/essai", check)
    except TenantFaults as found:
        return [str(fault).removeprefix("tenants/essai/flows.yaml:") for fault in found.faults]
    return []


def test_a_folder_that_says_everything_is_right() -> None:
    assert faults(WHOLE) == []


def test_each_missing_term_is_named_at_its_line() -> None:
    told = faults(WHOLE.replace('session.teaching_mode: "0", ', ""))

    assert told == [
        "5: le document LHÉO demande « Formation présentielle ou à distance » : liez-y un champ "
        "(as: session.teaching_mode), ou dites-le pour toutes les fiches (says)"
    ]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("action.publicz: a", "terme inconnu « action.publicz » ; vouliez-vous dire « action.publics » ?"),
        ("dossier.lot: a", "« dossier.lot » n'a pas de place en LHÉO"),
        ('session.teaching_mode: "7"', "« 7 » n'est pas un code de lheo.modalites-enseignement"),
        ('session.costs_covered: "1"', "« session.costs_covered » attend oui ou non"),
        ("session.venue: Vichy", "« session.venue » attend une valeur de son type"),
        ("formation.path_type: [a]", "« formation.path_type » attend une valeur de son type"),
    ],
)
def test_a_constant_that_is_none_is_told(said: str, words: str) -> None:
    name = said.partition(":")[0]
    others = ", ".join(one for one in WHOLE.split(", ") if not one.startswith(name))

    assert faults(f"{others}, {said}") == [f"6: {words}"] or any(words in told for told in faults(f"{others}, {said}"))


def test_what_is_wanted_are_places_of_terms() -> None:
    places = {term.lheo for term in TERMS.values()}

    assert set(wanted()) <= places
    assert "formation/intitule-formation" in set(wanted())
    assert "formation/objectif-formation" not in set(wanted()), "a dash stands for it"
