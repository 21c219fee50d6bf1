"""What a region's folder may say wrong of the directory."""

import shutil
from pathlib import Path

import pytest

from portal.domain.checking import check
from portal.tenancy.faults import TenantFaults
from portal.tenancy.loader import load_tenant

FOLDER = Path(__file__).resolve().parents[2] / "tenants" / "revue"


@pytest.mark.parametrize(
    ("file", "write", "instead", "says"),
    [
        ("tenant.yaml", "{code} - {organisation} - {name}", "{cod} - {name}", "nom inconnu « cod »"),
        ("forms/session.yaml", "from: lieu.adresse", "from: lieu.adrese", "partie inconnue de « lieu » « adrese »"),
        ("forms/session.yaml", "from: lieu.adresse", "from: lieux.adresse", "champ inconnu « lieux.adresse »"),
        ("forms/session.yaml", "from: lieu.adresse", "from: lieu.adresse.comune", "vouliez-vous dire « commune » ?"),
        (
            "forms/session.yaml",
            "from: lieu.adresse",
            "from: lieu.nom",
            "ne convient pas à un champ de type « address »",
        ),
        ("forms/session.yaml", "lieu.organisation_id", "lieu.organisation", "se prend par « organisation_id »"),
        ("forms/session.yaml", "lieu.organisation_id", "lieu.organisation_d", "dire « organisation_id » ?"),
        (
            "forms/session.yaml",
            "from: partenaire,",
            "from: lieu,",
            "ne convient pas à un champ de type « organisation »",
        ),
        ("forms/session.yaml", "duty: handicap", "duty: handicape", "vouliez-vous dire « handicap » ?"),
        ("forms/session.yaml", "duty: mobilite, duty_only", "duty_only", "« duty_only » veut une mission"),
        ("public.yaml", 'visible: "recrutement', "visible: \"lieu.comune == 'X' or recrutement", "dire « commune » ?"),
        ("overrides.yaml", "formation.blocs.retenu", "formation.blocs.retenue", "vouliez-vous dire « retenu » ?"),
        ("overrides.yaml", "etendue: {value: totale", "etendue: {value: total", "« total »"),
        (
            "overrides.yaml",
            'blocs.retenu: {value: "oui"}',
            "blocs.retenu: {hidden: true}",
            "une colonne ne se cache pas",
        ),
    ],
)
def test_a_name_that_entries_do_not_have_is_a_fault(tmp_path, file, write, instead, says):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "revue"))
    text = (folder / file).read_text(encoding="utf-8")
    assert write in text
    (folder / file).write_text(text.replace(write, instead), encoding="utf-8")

    with pytest.raises(TenantFaults) as refusal:
        load_tenant(folder, check)

    assert says in str(refusal.value)
