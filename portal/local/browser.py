"""Chromium for the tests: the one that is there, else the one that can be had."""

import os
import shutil
import subprocess
import sys

from portal.local.errors import LocalError
from portal.local.screen import say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """CHROMIUM if it is set, else a browser on PATH; None leaves the choice to Playwright."""
    names = (os.environ.get("CHROMIUM"), *NAMES)
    return next((path for name in names if name and (path := shutil.which(name))), None)


def ensure_chromium() -> None:
    """Make sure that browser tests can run. Raises LocalError (code 2) when no browser can be had."""
    if find_chromium():
        return
    say("Aucun navigateur sur PATH : celui de Playwright est cherché, ou téléchargé…")
    if _succeeds([sys.executable, "-m", "playwright", "install", "chromium"]):  # does nothing when it is already there
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installation de chromium par apt-get…")
        _succeeds(["apt-get", "update", "-q"])
        _succeeds(["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"])
    if not find_chromium():
        raise LocalError("Aucun navigateur : installez chromium, ou donnez CHROMIUM=/chemin/vers/chromium.", code=2)


def launch_options() -> dict[str, object]:
    """How Playwright starts it: quietly, without talking to its maker."""
    args = ["--disable-background-networking", "--disable-component-update", "--no-first-run", "--disable-quic"]
    if os.geteuid() == 0:
        args.append("--no-sandbox")  # Chromium refuses root otherwise; nobody else should lose the sandbox
    executable = find_chromium()
    return {"args": args, **({"executable_path": executable} if executable else {})}


def _succeeds(command: list[str]) -> bool:
    try:
        return subprocess.run(command, timeout=600, check=False).returncode == 0  # noqa: S603 — our own commands
    except (OSError, subprocess.TimeoutExpired):
        return False
