"""`flask tenants …`: what is wrong in the folders, said whole; what a region is, shown."""

import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from portal.domain.catalogue.models import PublishedSession
from portal.extensions import db
from portal.settings import ROOT
from portal.tenancy.loader import load_files
from portal.tenancy.models import ConfigVersion
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from tests.tenancy.test_sofia_fmo import END, fmo

pytestmark = pytest.mark.usefixtures("clean_database")
MODEL = ROOT / "tenants" / "_modele"


def test_sound_folders_are_said_sound(runner: FlaskCliRunner) -> None:
    """The regions and the model, each on its line."""
    done = runner.invoke(args=["tenants", "check", str(ROOT / "tenants" / "eos"), str(MODEL)])
    assert done.exit_code == 0, done.output
    assert "eos : correct" in done.output
    assert "_modele : correct" in done.output


def test_every_fault_is_printed_and_the_exit_is_one(runner: FlaskCliRunner, tmp_path: Path) -> None:
    """A copied model with two slips: both are told, each with its file and line."""
    folder = tmp_path / "nouvelle"
    shutil.copytree(MODEL, folder)
    workflow = (folder / "workflow.yaml").read_text("utf-8")
    (folder / "workflow.yaml").write_text(workflow.replace("to: envoyee", "to: envoye", 1), "utf-8")
    tenant = (folder / "tenant.yaml").read_text("utf-8").replace("slug: modele", "slug: nouvelle")
    (folder / "tenant.yaml").write_text(tenant.replace("side: org}", "side: organisation}"), "utf-8")
    done = runner.invoke(args=["tenants", "check", str(folder)])
    assert done.exit_code == 1
    assert "tenants/nouvelle/tenant.yaml:19: side : valeur inconnue « organisation »" in done.output
    (folder / "tenant.yaml").write_text(tenant, "utf-8")
    done = runner.invoke(args=["tenants", "check", str(folder)])
    assert done.exit_code == 1
    assert "état inconnu « envoye » ; vouliez-vous dire « envoyee » ?" in done.output


def test_publishing_numbers_what_is_new_and_only_that(app: Flask, runner: FlaskCliRunner) -> None:
    """A text already published keeps its number."""
    first = runner.invoke(args=["tenants", "publish", "eos"], catch_exceptions=False).output
    again = runner.invoke(args=["tenants", "publish", "eos"], catch_exceptions=False).output
    assert first == "EOS : version 1\n"
    assert again == "EOS : version 1, déjà publiée\n"
    with app.app_context(), tenant_scope("eos"):
        assert db.session.scalars(select(ConfigVersion.number)).all() == [1]


def test_the_catalogue_is_written_again_when_what_it_shows_changes(
    app: Flask, runner: FlaskCliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An option of the region closes its public pages; other words of the folder leave them as they are."""
    files = registry.get("sofia-fmo").files
    say = {
        "open": files,
        "other": {**files, "tenant.yaml": files["tenant.yaml"] + "\n# rien de public\n"},
        "closed": {**files, "tenant.yaml": files["tenant.yaml"].replace("publique: true", "publique: false")},
    }

    def publish(which: str) -> str:
        monkeypatch.setitem(registry._current, "sofia-fmo", load_files(say[which], "tenants/sofia-fmo", None))
        return runner.invoke(args=["tenants", "publish", "sofia-fmo"], catch_exceptions=False).output

    def shown() -> list[str]:
        with app.app_context(), tenant_scope("sofia-fmo"):
            return list(db.session.scalars(select(PublishedSession.status)))

    with app.app_context(), tenant_scope("sofia-fmo"):
        one = fmo(registry.get("sofia-fmo"), "individuelle")
        one.move("publier", one.pilote, inputs={"fin_publication": END})
        db.session.commit()
    assert "catalogue" not in publish("open") + publish("other")
    assert shown() == ["open"]
    assert publish("closed").endswith("catalogue récrit, 0 session\n")
    assert shown() == []


def test_an_unknown_region_is_refused(runner: FlaskCliRunner) -> None:
    """With the names of those there are."""
    done = runner.invoke(args=["tenants", "publish", "eoss"])
    assert done.exit_code == 2
    assert "région inconnue « eoss »" in done.output


def test_a_region_is_shown_as_diagrams_and_tables(runner: FlaskCliRunner) -> None:
    """Its axes, its moves with who does them, its fields with their terms."""
    shown = runner.invoke(args=["tenants", "show", "eos"], catch_exceptions=False).output
    assert "  [*] --> a_finaliser" in shown
    assert "  a_finaliser --> validee_of: Envoyer vers Région (organisme)" in shown
    assert "  a_finaliser --> [*]: Supprimer définitivement cette session (organisme)" in shown
    assert "| places | `financeurs.effectif` | Effectif | integer | oui | entered | session.funding.seats |" in shown
