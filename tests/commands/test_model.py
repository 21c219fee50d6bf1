"""The model, copied under another name and nothing else changed, is a region that opens with something to show."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.commands.demo import fill_region
from portal.domain.checking import check
from portal.extensions import db
from portal.local.folders import all_folders
from portal.settings import ROOT, Settings
from portal.tenancy.loader import load_tenant
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope

pytestmark = pytest.mark.usefixtures("clean_database")


@pytest.fixture
def regions(tmp_path: Path) -> Path:
    """A folder of regions that holds the copy alone."""
    copied = shutil.copytree(ROOT / "tenants" / "_modele", tmp_path / "nouvelle")
    who = copied / "tenant.yaml"
    who.write_text(who.read_text("utf-8").replace("slug: modele", "slug: nouvelle"), "utf-8")
    return tmp_path


def test_a_copy_of_the_model_is_filled_and_shown(
    app: Flask, client: FlaskClient, regions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder,) = all_folders(regions)
    monkeypatch.setitem(registry._current, "nouvelle", load_tenant(folder, check))
    settings: Settings = app.config["GUICHET"]
    with app.app_context(), tenant_scope("nouvelle"):
        assert fill_region(registry.get("nouvelle"), replace(settings, tenants_dir=regions)) == 5
        db.session.commit()
    shown = client.get("/nouvelle/sessions")
    assert "Employé polyvalent de restauration" in shown.text
    assert "1 session" in shown.text
