"""Each fault of a region's folder is told by file and line, in exact words, with the nearest valid word."""

from pathlib import Path

import pytest
import yaml

from tests.tenancy.folder import FILES, broken, faults_of

SLIPS = yaml.safe_load(Path(__file__).with_name("slips.yaml").read_text("utf-8"))


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip["slip"])
def test_one_fault_is_told_with_its_line(slip: dict[str, str]) -> None:
    """The whole message, and no other: one mistake never hides behind the faults it causes."""
    said = faults_of(broken((slip["file"], slip["write"], slip["instead"])))
    assert said == [f"tenants/x/{slip['file']}:{slip['says']}"]


def test_the_region_without_its_faults_loads() -> None:
    """What the table above breaks is sound to begin with."""
    assert faults_of(dict(FILES)) == []


def test_all_the_faults_are_told_at_once_in_order_of_file_and_line() -> None:
    """Nobody mends a folder one fault at a time."""
    files = broken(
        ("workflow.yaml", "effects: [publish]", "effects: [publie]"),
        ("workflow.yaml", "to: submitted", "to: submited"),
        ("tenant.yaml", "by: [organisme]", "by: [organismes]"),
        ("desk.yaml", "list: sessions", "list: session"),
    )
    assert [fault.partition(": ")[0] for fault in faults_of(files)] == [
        "tenants/x/desk.yaml:5",
        "tenants/x/tenant.yaml:15",
        "tenants/x/workflow.yaml:13",
        "tenants/x/workflow.yaml:16",
    ]


def test_faults_of_reading_come_before_faults_of_sense() -> None:
    """A file that cannot be read leaves nothing to check; those that can are still read, and their faults told."""
    files = broken(("workflow.yaml", "initial: draft", "initial: drafte"), ("tenant.yaml", "name: X", "nom: X"))
    files["desk.yaml"] = "home: {organisme: tasks"
    assert [fault.partition(": ")[0] for fault in faults_of(files)] == [
        "tenants/x/desk.yaml:2",
        "tenants/x/tenant.yaml:1",
        "tenants/x/tenant.yaml:2",
    ]
