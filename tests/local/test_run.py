"""`./run` as a visitor runs it: from an empty data folder to an open portal, through every death, to a clean stop."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from portal.local import places
from portal.local.child import is_gone, wait_until
from portal.local.product import responds
from portal.settings import ROOT


class Run:
    """A `./run` in progress, its output in a file."""

    def __init__(self, folder: Path) -> None:
        self.port = places.free_port()
        self.output = folder / "output.txt"
        self.env = {**os.environ, "GUICHET_VAR": str(folder / "var"), "PORT": str(self.port)}
        with self.output.open("wb") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal"], cwd=ROOT, env=self.env, stdout=stream, stderr=subprocess.STDOUT
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def answers(self, path: str) -> bool:
        return responds(f"http://127.0.0.1:{self.port}{path}")

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "portal", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=120)

    def part(self, words: str) -> psutil.Process | None:
        """The living child whose command line holds these words."""
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):  # it ends while we look, or waits to be buried
                if words in " ".join(child.cmdline()):
                    return child
        return None

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture(scope="module")
def run(folder: Path) -> Iterator[Run]:
    started = Run(folder)
    opened = wait_until(lambda: "Ctrl-C" in started.said or started.process.poll() is not None, seconds=120)
    assert opened, started.said
    assert started.process.poll() is None, started.said
    yield started
    started.process.terminate()
    started.process.wait(40)


def test_it_says_its_address_and_who_may_sign_in(run):
    assert f"Guichet est ouvert : http://localhost:{run.port}" in run.said
    assert "demo-guichet" in run.said
    assert run.answers("/healthz")


def test_web_and_worker_are_not_the_owner_of_the_tables(run):
    environment = (Path(run.env["GUICHET_VAR"]) / "run.env").read_text()

    assert re.search(r"^DATABASE_URL=postgresql://portal_app@", environment, re.M)
    for words in ("granian", "portal.jobs.worker"):
        assert run.part(words).environ()["DATABASE_URL"].startswith("postgresql://portal_app@")


def test_a_second_run_is_refused_and_a_flask_command_is_served(run):
    run.env["PORT"] = str(places.free_port())
    second, listed = run.command(), run.command("flask", "reference", "list")

    assert (second.returncode, listed.returncode) == (2, 0), second.stderr + listed.stderr
    assert "tourne déjà" in second.stderr
    assert "communes" in listed.stdout


@pytest.mark.parametrize("words", ["postgres -D", "redis-server", "granian", "portal.jobs.worker"])
def test_a_part_killed_is_started_again_and_the_portal_answers(run, words):
    victim = run.part(words)

    victim.kill()

    assert wait_until(lambda: run.part(words) not in (None, victim), seconds=20)
    assert wait_until(lambda: run.answers("/readyz"), seconds=20)


def test_asked_to_stop_it_stops_everything_and_leaves_no_address_behind(run):
    family = run.family()

    run.process.send_signal(signal.SIGTERM)

    assert run.process.wait(40) == 0
    assert wait_until(lambda: all(is_gone(process) for process in family))
    assert "Tout est arrêté" in run.said
    assert not (Path(run.env["GUICHET_VAR"]) / "run.env").exists()
