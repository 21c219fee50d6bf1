"""Somebody new writes a region: whatever the mistake, the check says the file, the line and what to write instead."""

import shutil
from pathlib import Path

import pytest
import yaml

from portal.domain.checking import check
from portal.domain.checking.demo import checked_examples
from portal.tenancy.faults import TenantFaults
from portal.tenancy.loader import load_tenant
from tests.support.tenants import ROOT

REGION = ROOT / "tests" / "tenants" / "vigie"
MISTAKES = yaml.safe_load(Path(__file__).with_name("mistakes.yaml").read_text("utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the region, its example data included."""
    return Path(shutil.copytree(REGION, tmp_path / "vigie"))


def told(folder: Path) -> list[str]:
    """What `flask tenants check` says of the folder."""
    try:
        checked_examples(folder, load_tenant(folder, check))
    except TenantFaults as error:
        return [str(fault) for fault in error.faults]
    return []


def test_the_region_is_sound_before_anybody_breaks_it(folder: Path) -> None:
    assert told(folder) == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["slip"])
def test_a_mistake_is_told_where_it_stands(folder: Path, mistake: dict[str, str]) -> None:
    file = folder / mistake["file"]
    text = file.read_text("utf-8")
    assert text.count(mistake["write"]) == 1
    file.write_text(text.replace(mistake["write"], mistake["instead"]), "utf-8")
    assert told(folder) == [f"tenants/vigie/{said}" for said in mistake["says"]]


def test_a_file_that_nothing_reads_is_told(folder: Path) -> None:
    """Nothing that stands in the folder is passed over in silence."""
    (folder / "forms" / "escale.yml").write_text("level: escale\n", "utf-8")
    (folder / "import.csv").write_text("a;b\n1;2\n", "utf-8")
    assert told(folder) == [
        "tenants/vigie/forms/escale.yml:1: fichier inconnu « forms/escale.yml » ; nommez-le « forms/escale.yaml »",
        "tenants/vigie/import.csv:1: fichier inconnu « import.csv » ; vouliez-vous dire « imports.yaml » ?",
    ]


def test_example_data_saved_in_another_alphabet_are_told(folder: Path) -> None:
    """Their marks and their ends of lines are no fault."""
    data = folder / "demo" / "data.yaml"
    written = data.read_text("utf-8")
    data.write_bytes(b"\xef\xbb\xbf" + written.replace("\n", "\r\n").encode())
    assert told(folder) == []
    data.write_bytes(written.encode("cp1252"))
    assert told(folder) == ["tenants/vigie/demo/data.yaml:1: fichier illisible : enregistrez-le en UTF-8"]
