"""imports.yaml is checked when a region is loaded: every name it uses, by file and line."""

import pytest

from portal.domain.checking import check
from portal.tenancy.faults import TenantFaults
from portal.tenancy.loader import load_files
from tests.support.tenants import tenant_named

FILES = tenant_named("declare").files
SLIPS = [
    (
        "roles: [region]",
        "roles: [regoin]",
        "rôle inconnu « regoin » ; vouliez-vous dire « region » ?",
    ),
    (
        "help: session",
        "help: sesion",
        "aide inconnue « sesion » ; vouliez-vous dire « session » ?",
    ),
    (
        "Général: general",
        "Général: generale",
        "programme inconnu « generale » ; vouliez-vous dire « general » ?",
    ),
    (
        "level: contrat",
        "level: contrats",
        "niveau inconnu « contrats » ; vouliez-vous dire « contrat » ?",
    ),
    (
        "field: numero,",
        "field: nunero,",
        "champ inconnu « nunero » ; vouliez-vous dire « numero » ?",
    ),
    (
        "field: quota}",
        "field: debut}",
        "le champ « debut » est déjà rempli",
    ),
    (
        "organisation: porteur, mail",
        "organisation: porter, mail",
        "organisme inconnu « porter » ; vouliez-vous dire « porteur » ?",
    ),
    (
        "role: etablissement",
        "role: region",
        "le rôle « region » ne se tient pas pour un organisme : un fichier ne le donne pas",
    ),
    (
        "field: origine, value: gestion",
        "field: origine, organisation: porteur",
        "le champ « origine » n'est ni un organisme ni un site",
    ),
    (
        "{field: site, organisation: porteur}",
        "{field: site, column: Site}",
        "une cellule ne remplit pas un champ de type « site »",
    ),
    (
        "parent: {column: Contrat}",
        "code: Numéro",
        "« parent » manque : le niveau « contrat » n'est pas décrit avant « composante »",
    ),
    (
        "field: origine, value: gestion",
        "field: origine",
        "un champ prend une colonne (« column »), une valeur (« value ») ou un organisme",
    ),
    (
        "{fixed: general}",
        "{}",
        "le programme vient d'une colonne (« column ») ou est toujours le même (« fixed »)",
    ),
]


@pytest.mark.parametrize(("write", "instead", "says"), SLIPS, ids=[says[:40] for _, _, says in SLIPS])
def test_a_slip_is_told_by_its_line(write, instead, says):
    text = FILES["imports.yaml"]
    assert write in text
    wrong = text.replace(write, instead, 1)
    if instead == "code: Numéro":
        wrong = wrong.replace("        code: Numéro\n        organisation", "        organisation")

    with pytest.raises(TenantFaults) as refusal:
        load_files({**FILES, "imports.yaml": wrong}, "tenants/x", check)

    first = refusal.value.faults[0]
    assert first.message == says
    written = [number for number, line in enumerate(wrong.splitlines(), 1) if instead in line or write in line]
    assert abs(first.line - written[0]) <= 8


def test_a_constant_that_its_field_refuses_is_told():
    wrong = FILES["imports.yaml"].replace("{field: origine, value: gestion}", "{field: heures, value: beaucoup}")
    wrong = wrong.replace(
        "          - {column: Heures, field: heures}\n", "          - {field: heures, value: beaucoup}\n"
    )
    wrong = wrong.replace("          - {field: heures, value: beaucoup}\n", "", 1)

    with pytest.raises(TenantFaults, match=r"imports\.yaml:\d+: Indiquez un nombre entier"):
        load_files({**FILES, "imports.yaml": wrong}, "tenants/x", check)
