"""Faults of what is counted across sheets and of what is counted in days: told by file, with the nearest word."""

import pytest

from tests.support.tenants import tenant_named
from tests.tenancy.folder import faults_of

TOTAL = 'function: sum_across, args: {of: "sum(intervenants.*.heures)", level: session, under: module}'
FORM = "forms/session.yaml"
FAULTS = {
    "function": (FORM, "sum_across,", "sum_accross,", "fonction inconnue « sum_accross » ; vouliez-vous dire"),
    "argument": (FORM, TOTAL, TOTAL.replace("under: module", "sous: module"), "argument manquant, « under »"),
    "level": (FORM, TOTAL, TOTAL.replace("session", "sesion"), "niveau inconnu « sesion »"),
    "above": (FORM, TOTAL, TOTAL.replace("under: module", "under: parcours"), "niveau qui n'est pas au-dessus"),
    "expression": (FORM, TOTAL, TOTAL.replace("heures)", "heure)"), "« heure »"),
    "not a number": (FORM, TOTAL, TOTAL.replace('"sum(intervenants.*.heures)"', "debut"), "un nombre"),
    "in circles": (
        FORM,
        TOTAL,
        TOTAL.replace('"sum(intervenants.*.heures)"', "heures_reste"),
        "lit déjà d'autres fiches",
    ),
    "public": (FORM, f"{TOTAL}, unit: h, public: false", f"{TOTAL}, unit: h", "« public: false »"),
    "across": (FORM, "across: {level: session, under: module}", "across: {level: session, under: modul}", "« modul »"),
    "elsewhere": (FORM, "elsewhere: session", "elsewhere: sessions", "niveau inconnu « sessions »"),
    "elsewhere of whom": (FORM, "by: personne, elsewhere", "elsewhere", "« elsewhere » veut aussi « by »"),
    "closed": (FORM, "closed: [public, school]", "closed: [public, scholl]", "« scholl » : écrivez public, school"),
    "no school zone": ("tenant.yaml", "school_zone: B\n", "", "tenant.yaml ne dit pas la zone des vacances scolaires"),
    "school zone": ("tenant.yaml", "school_zone: B", "school_zone: D", "school_zone"),
    "day of a planning": (FORM, "      day: debut\n", "      day: debout\n", "champ inconnu « debout »"),
    "day that is none": (FORM, "      day: debut\n", "      day: stagiaires\n", "n'est pas une date"),
    "done": (FORM, "done: publication != 'jamais'", "done: publication != 'jamis'", "« jamis »"),
    "two delays": (FORM, "weeks: 6, done", "weeks: 6, working_days: 3, done", "l'un des deux"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_is_told_where_it_is_written(name: str) -> None:
    file, old, new, said = FAULTS[name]
    files = dict(tenant_named("plan").files)
    assert old in files[file]
    told = faults_of({**files, file: files[file].replace(old, new, 1)})
    assert any(said in fault for fault in told), told
    assert all(fault.startswith("tenants/x/") and fault.split(":")[1].isdigit() for fault in told)
