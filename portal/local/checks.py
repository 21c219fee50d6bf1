"""`./run test`, `./run check`, `./run bench` and `./run flask …`: the commands that become another program."""

import os
import subprocess
import sys
import time
from pathlib import Path

from portal.local import places
from portal.local.browser import ensure_chromium
from portal.local.errors import LocalError
from portal.local.product import FLASK
from portal.local.screen import duration, say
from portal.local.start import data_folder, environment_file
from portal.settings import ROOT

PROCESSES = "2"
_python = (sys.executable, "-m")

CHECKS = {
    "règles de code (ruff)": (*_python, "ruff", "check"),
    "mise en forme (ruff format)": (*_python, "ruff", "format", "--check"),
    "types (mypy)": (*_python, "mypy"),
    "configuration des régions": (*_python, "portal.local.folders"),
}


def check(arguments: list[str]) -> int:
    """Run every check, then say which held; 1 when one did not. With folders, only the check of these regions."""
    if arguments:
        return subprocess.run([*_python, "portal.local.folders", *arguments], check=False).returncode  # noqa: S603
    results = {title: _run_check(title, command) for title, command in CHECKS.items()}
    say("\nRésumé")
    for title, (held, seconds) in results.items():
        say(f"  {'bon  ' if held else 'FAUTE'}  {title} ({duration(seconds)})")
    return 0 if all(held for held, _ in results.values()) else 1


def _run_check(title: str, command: tuple[str, ...]) -> tuple[bool, float]:
    say(f"— {title}")
    began = time.monotonic()
    done = subprocess.run(command, check=False)  # noqa: S603 — a table of ours
    return done.returncode == 0, time.monotonic() - began


def test(arguments: list[str]) -> int:
    """Become pytest, with a browser at hand when browser tests may be among those asked for."""
    paths = asked_paths(arguments)
    if not paths or any(may_hold_browser_tests(path) for path in paths):
        ensure_chromium()
    return _become([*_python, "pytest", *spread(arguments, paths), *arguments])


def asked_paths(arguments: list[str]) -> list[Path]:
    """The files and folders named on pytest's command line."""
    named = (Path(argument.partition("::")[0]) for argument in arguments if not argument.startswith("-"))
    return [path for path in named if path.exists()]


def may_hold_browser_tests(path: Path) -> bool:
    """Whether `path` is in tests/browser or holds it."""
    browser, asked = ROOT / "tests" / "browser", path.resolve()
    return browser.is_relative_to(asked) or asked.is_relative_to(browser)


def spread(arguments: list[str], paths: list[Path]) -> list[str]:
    """The options that share the tests out, unless the person chose, debugs, or asks for a single file."""
    chosen = any(argument.startswith(("-n", "--numprocesses", "--pdb", "--collect-only")) for argument in arguments)
    if chosen or (len(paths) == 1 and paths[0].is_file()):
        return []
    return ["-n", PROCESSES, "--dist", "loadfile"]  # a file keeps the servers it started


def bench(arguments: list[str]) -> int:
    """Become the benchmark."""
    if not (ROOT / "bench").is_dir():
        raise LocalError("Les mesures de vitesse ne sont pas encore écrites : il n’y a pas de dossier bench/.", code=2)
    return _become([*_python, "bench", *arguments])


def flask(arguments: list[str]) -> int:
    """Become `flask …`, with the services of the run in progress unless DATABASE_URL names others."""
    if not os.environ.get("DATABASE_URL"):
        os.environ.update(running_environment())
    return _become([*FLASK, *arguments])


def running_environment() -> dict[str, str]:
    """How the services of the run in progress are reached. Raises LocalError (code 2) when there is none."""
    var = data_folder()
    if not places.is_locked(var) or not environment_file(var).exists():
        raise LocalError("Guichet n’est pas démarré : lancez ./run dans un autre terminal, puis recommencez.", code=2)
    lines = environment_file(var).read_text().splitlines()
    return {key: value for key, _, value in (line.partition("=") for line in lines)}


def _become(command: list[str]) -> int:
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606 — no shell; our place is taken, its exit code is ours
