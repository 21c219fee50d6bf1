"""imports.yaml is checked when a region is loaded: every name it uses, by file and line."""

import pytest

from portal.domain.checking import check
from portal.tenancy.faults import TenantFaults
from portal.tenancy.loader import load_files
from tests.support.tenants import tenant_named

FILES = tenant_named("declare").files
BESIDE = tenant_named("plan").files
BESIDE_SLIPS = [
    (
        "{sheet: module, mail",
        "{mail",
        "une personne l'est d'un organisme (« organisation ») ou d'une fiche (« sheet »)",
    ),
    ("sheet: module, mail", "sheet: modul, mail", "niveau non décrit « modul » ; vouliez-vous dire « module » ?"),
    (
        "sheet: module, mail",
        "sheet: dispositif, mail",
        "le rôle « pilote » ne se tient pas pour une fiche « dispositif » : un fichier ne le donne pas",
    ),
    ("link: modules", "link: module", "lien inconnu « module » ; vouliez-vous dire « modules » ?"),
    (
        "      - {level: uf, key: [Parcours, UF], code: UF, organisation: ecole}\n",
        "",
        "le niveau « uf », d'où part le lien, n'est pas décrit dans « sheets »",
    ),
    (
        "        code: Module\n        update_only: true",
        "        update_only: true",
        "« update_only » trouve la fiche par son seul code : « code », sans parent ni organisme",
    ),
    (
        "level: module\n        key: Module\n        code: Module\n        update_only",
        "level: groupe\n        key: Module\n        code: Module\n        update_only",
        "le code d'une fiche « groupe » ne suffit pas à la trouver : il reprend sous chaque parent",
    ),
    (
        "duties: [intervenant]",
        "duties: [intervenan]",
        "mission inconnue « intervenan » ; vouliez-vous dire « intervenant » ?",
    ),
    (
        "    contacts:\n      - {organisation: ecole, key: Numéro, name: Nom, mail: Courriel, phone: Téléphone, "
        "duties: [intervenant]}\n",
        "",
        "un import fait des fiches (« sheets ») ou des contacts (« contacts »)",
    ),
]
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


@pytest.mark.parametrize(("write", "instead", "says"), BESIDE_SLIPS, ids=[says[:40] for _, _, says in BESIDE_SLIPS])
def test_a_slip_beside_the_sheets_is_told(write, instead, says):
    text = BESIDE["imports.yaml"]
    assert text.count(write) == 1

    with pytest.raises(TenantFaults) as refusal:
        load_files({**BESIDE, "imports.yaml": text.replace(write, instead)}, "tenants/x", check)

    assert says in [fault.message for fault in refusal.value.faults]
    assert all(fault.file.endswith("imports.yaml") and fault.line for fault in refusal.value.faults)


def test_only_imported_fields_follow_a_file_that_makes_nothing():
    forms = BESIDE["forms/module.yaml"].replace(", unit: h, origin: imported", ", unit: h")
    assert forms != BESIDE["forms/module.yaml"]

    with pytest.raises(TenantFaults, match="ne change que des champs importés : « plafond_heures » ne l'est pas"):
        load_files({**BESIDE, "forms/module.yaml": forms}, "tenants/x", check)


def test_a_constant_that_its_field_refuses_is_told():
    wrong = FILES["imports.yaml"].replace("{field: origine, value: gestion}", "{field: heures, value: beaucoup}")
    wrong = wrong.replace(
        "          - {column: Heures, field: heures}\n", "          - {field: heures, value: beaucoup}\n"
    )
    wrong = wrong.replace("          - {field: heures, value: beaucoup}\n", "", 1)

    with pytest.raises(TenantFaults, match=r"imports\.yaml:\d+: Indiquez un nombre entier"):
        load_files({**FILES, "imports.yaml": wrong}, "tenants/x", check)
