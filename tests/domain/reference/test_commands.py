"""`flask reference …`, as an operator types it."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner

from portal.domain.reference.actions import DATASETS, load_reference
from portal.domain.reference.queries import loaded_datasets
from portal.extensions import db


@pytest.fixture(autouse=True)
def put_back(reference: None) -> Iterator[None]:
    """These commands commit: the table they replace is put back."""
    yield
    db.session.rollback()
    load_reference(db.session, "school_holidays", force=True)
    db.session.commit()


@pytest.fixture
def shorter(tmp_path: Path) -> Path:
    lines = gzip.decompress(DATASETS["school_holidays"].carried_file.read_bytes()).decode().splitlines()
    path = tmp_path / "vacances.csv"
    path.write_text("\n".join(lines[:100]) + "\n")
    return path


def test_load_everything(runner: FlaskCliRunner) -> None:
    done = runner.invoke(args=["reference", "load"])
    assert done.exit_code == 0, done.output
    assert "communes : 37\u202f006 lignes" in done.output
    assert "school_holidays : 153 lignes" in done.output


def test_load_one_says_what_it_did(runner: FlaskCliRunner) -> None:
    done = runner.invoke(args=["reference", "load", "departments"])
    assert done.output == "departments : 109 lignes (0 écrites, 0 retirées)\n"


def test_replacing_by_a_shrunk_file_needs_force(runner: FlaskCliRunner, shorter: Path) -> None:
    replace = ["reference", "load", "school_holidays", "--file", str(shorter)]
    refused = runner.invoke(args=replace)
    assert refused.exit_code == 1
    assert "le fichier compte 99 lignes, la table en compte 153" in refused.output
    assert loaded_datasets()["school_holidays"].carried
    db.session.rollback()
    done = runner.invoke(args=[*replace, "--force"])
    assert done.output == "school_holidays : 99 lignes (0 écrites, 54 retirées)\n"
    shown = runner.invoke(args=["reference", "list"])
    assert "Vacances scolaires : 99 lignes, vacances.csv (remplacé), chargée le" in shown.output


def test_list_names_every_table(runner: FlaskCliRunner) -> None:
    shown = runner.invoke(args=["reference", "list"])
    assert shown.exit_code == 0
    assert [line.split()[0] for line in shown.output.splitlines()] == list(DATASETS)
    assert "37\u202f006 lignes, communes.csv.gz (fourni avec le projet)" in shown.output


def test_list_says_what_is_not_loaded(runner: FlaskCliRunner) -> None:
    db.session.execute(db.text("delete from ref_dataset where name = 'school_holidays'"))
    db.session.commit()
    assert "Vacances scolaires : pas encore chargée" in runner.invoke(args=["reference", "list"]).output


def test_a_file_needs_a_table(runner: FlaskCliRunner, shorter: Path) -> None:
    refused = runner.invoke(args=["reference", "load", "--file", str(shorter)])
    assert refused.exit_code == 2
    assert "Indiquez la table que ce fichier remplace" in refused.output


def test_unknown_table_and_missing_file(runner: FlaskCliRunner) -> None:
    unknown = runner.invoke(args=["reference", "load", "atlantide"])
    assert (unknown.exit_code, "Table inconnue : « atlantide »" in unknown.output) == (1, True)
    missing = runner.invoke(args=["reference", "load", "holidays", "--file", "absent.csv"])
    assert (missing.exit_code, "Fichier illisible : absent.csv" in missing.output) == (1, True)
