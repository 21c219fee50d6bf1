"""`./run <command>` as a person types it: clear sentences, right exit codes."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from portal.local import checks, places
from portal.local.product import own_secret, write_private
from portal.settings import ROOT


def portal(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "portal", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120
    )


def test_help_lists_every_command():
    done = portal("help")

    assert done.returncode == 0
    for name in ("run", "test", "check", "bench", "flask"):
        assert f"./run {name}" in done.stdout


def test_an_unknown_command_is_refused_with_the_list():
    done = portal("rnu")

    assert done.returncode == 2
    assert "Commande inconnue : « rnu »" in done.stderr
    assert "./run test" in done.stderr


@pytest.mark.parametrize("port", ["huit-mille", "0", "70000"])
def test_a_port_that_is_none_is_refused(quiet_environment, port):
    done = portal(PORT=port)

    assert done.returncode == 2
    assert f"pas « {port} »" in done.stderr


def test_a_busy_port_is_refused_before_anything_is_made(quiet_environment):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = portal(PORT=str(port))

    assert done.returncode == 2
    assert f"Le port {port} est déjà pris" in done.stderr
    assert not Path(quiet_environment["GUICHET_VAR"]).exists()


def test_a_second_run_is_refused(quiet_environment):
    var = places.make_folder(Path(quiet_environment["GUICHET_VAR"]))
    with places.lock_folder(var):
        done = portal(PORT=str(places.free_port()))

    assert done.returncode == 2
    assert "tourne déjà" in done.stderr


def test_flask_needs_a_run_in_progress(quiet_environment):
    done = portal("flask", "routes")

    assert done.returncode == 2
    assert "n’est pas démarré" in done.stderr


def test_flask_reads_how_the_run_in_progress_is_reached(quiet_environment):
    var = places.make_folder(Path(quiet_environment["GUICHET_VAR"]))
    write_private(var / "run.env", "DATABASE_URL=postgresql://a@/b?host=/c\nREDIS_URL=unix:///d?db=0\n")

    with places.lock_folder(var):
        assert checks.running_environment() == {
            "DATABASE_URL": "postgresql://a@/b?host=/c",
            "REDIS_URL": "unix:///d?db=0",
        }


def test_private_files_are_readable_by_their_owner_alone(tmp_path):
    write_private(tmp_path / "run.env", "A=1\n")
    write_private(tmp_path / "run.env", "A=2\n")

    assert (tmp_path / "run.env").read_text() == "A=2\n"
    assert (tmp_path / "run.env").stat().st_mode & 0o777 == 0o600


def test_a_data_folder_has_one_secret_of_its_own(tmp_path):
    secret = own_secret(tmp_path / "one")

    assert len(secret) >= 64
    assert own_secret(tmp_path / "one") == secret
    assert own_secret(tmp_path / "two") != secret


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["-n", "2", "--dist", "loadfile"]),
        (["tests/local"], ["-n", "2", "--dist", "loadfile"]),
        (["-k", "journal", "-x"], ["-n", "2", "--dist", "loadfile"]),
        (["tests/local/test_commands.py"], []),
        (["tests/local/test_commands.py::test_help_lists_every_command"], []),
        (["-n", "0"], []),
        (["-n4"], []),
        (["--numprocesses=3"], []),
        (["--pdb"], []),
    ],
)
def test_tests_are_shared_out_unless_the_person_chose(monkeypatch, arguments, expected):
    monkeypatch.chdir(ROOT)
    assert checks.spread(arguments, checks.asked_paths(arguments)) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("tests", True), ("tests/browser", True), ("tests/browser/conftest.py", True), ("tests/local", False)],
)
def test_a_browser_is_looked_for_only_when_a_browser_test_may_run(path, expected):
    assert checks.may_hold_browser_tests(ROOT / path) is expected


@pytest.fixture
def broken_region(tmp_path):
    """The folder of the regions, with one in it that has a fault."""
    copied = Path(shutil.copytree(ROOT / "tenants" / "_modele", tmp_path / "bocage"))
    who, form = copied / "tenant.yaml", copied / "forms" / "session.yaml"
    who.write_text(who.read_text("utf-8").replace("slug: modele", "slug: bocage"), "utf-8")
    form.write_text(form.read_text("utf-8").replace("kind: phone", "kind: telephone"), "utf-8")
    return copied


def test_a_region_is_checked_where_nothing_runs(quiet_environment, broken_region):
    wrong, sound = portal("check", str(broken_region)), portal("check", str(ROOT / "tenants" / "_modele"))
    fault = "tenants/bocage/forms/session.yaml:9: type de champ inconnu « telephone » ; vouliez-vous dire « phone » ?"

    assert (wrong.returncode, wrong.stdout.strip(), wrong.stderr.strip()) == (1, fault, "1 faute")
    assert (sound.returncode, sound.stdout.startswith("_modele : correct"), sound.stderr) == (0, True, "")


def test_a_folder_that_is_not_there_is_said(quiet_environment):
    done = portal("check", "tenants/nulle-part")

    assert (done.returncode, done.stderr) == (2, "Dossier introuvable : tenants/nulle-part\n")


def test_the_portal_says_why_it_does_not_start_in_plain_words(quiet_environment, broken_region):
    settings = {"DATABASE_URL": "postgresql:///x", "SECRET_KEY": "x" * 40, "GUICHET_TENANTS": str(broken_region.parent)}
    done = portal("flask", "routes", **settings)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Guichet ne démarre pas" in done.stderr
    assert "tenants/bocage/forms/session.yaml:9: type de champ inconnu « telephone »" in done.stderr
