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
