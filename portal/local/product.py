"""The parts of the product as children: web, worker, sandbox, and the `flask` commands that prepare their database."""

import os
import secrets
import socket
import sys
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from alembic.script import ScriptDirectory

from portal.local import places
from portal.local.child import Child
from portal.settings import ROOT

FLASK = (sys.executable, "-m", "flask", "--app", "app")
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy has no business on this machine


@dataclass(frozen=True)
class Product:
    """How the parts find each other (one environment, see `environment`) and where they write their logs."""

    env: Mapping[str, str]
    logs: Path

    @property
    def url(self) -> str:
        """The address a person opens."""
        return self.env["BASE_URL"]

    @property
    def demo(self) -> bool:
        """Whether demonstration data and accounts belong to it."""
        return self.env["GUICHET_DEMO"] == "1"

    def web(self) -> Child:
        """The web server: two processes, few threads each (more than the cores can serve only adds waiting)."""
        port = self.env["PORT"]
        listen = ["--host", "127.0.0.1", "--port", port]
        size = ["--workers", "2", "--blocking-threads", "3"]
        respawn = ["--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "5"]
        argv = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", *listen, *size, *respawn, "app:app"]
        return self._child("web", argv, ready=lambda: responds(f"http://127.0.0.1:{port}/healthz"))

    def worker(self) -> Child:
        """The worker of the queues."""
        return self._child("worker", [sys.executable, "-m", "portal.jobs.worker"])

    def sandbox(self) -> Child:
        """The target deliveries go to in a demonstration."""
        port = urlsplit(self.env["SANDBOX_URL"]).port or 80
        return self._child("sandbox", [*FLASK, "sandbox", "target", "--port", str(port)], ready=lambda: listens(port))

    def flask(self, *command: str) -> Child:
        """One `flask` command, to be run to its end."""
        name = "-".join(("flask", *command[:2]))
        return self._child(name, [*FLASK, *command])

    def _child(self, name: str, argv: list[str], ready: Callable[[], bool] = lambda: True) -> Child:
        return Child(name, argv, env=self.env, log=self.logs / f"{name}.log", ready=ready)


def environment(var: Path, *, database_url: str, owner_url: str, redis_url: str, port: int) -> dict[str, str]:
    """What portal/settings.py reads, for a demonstration; what the person's own environment says comes first."""
    given = os.environ
    return {
        "DATABASE_URL": database_url,
        "DATABASE_OWNER_URL": owner_url,
        "REDIS_URL": redis_url,
        "GUICHET_VAR": str(var),
        "GUICHET_DEMO": given.get("GUICHET_DEMO", "1"),
        "SECRET_KEY": given.get("SECRET_KEY") or own_secret(var / "secret-key"),
        "PORT": str(port),
        "BASE_URL": given.get("BASE_URL") or f"http://localhost:{port}",
        "SANDBOX_URL": f"http://127.0.0.1:{places.free_port()}",
        "PYTHONUNBUFFERED": "1",
    }


def own_secret(path: Path) -> str:
    """The secret of this data folder, drawn at first use and readable by its owner alone."""
    if not path.exists():
        write_private(path, secrets.token_hex(32))
    return path.read_text().strip()


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 600, at once or not at all."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
    fresh.replace(path)


def responds(url: str) -> bool:
    """Whether an address answers 200."""
    try:
        with _direct.open(url, timeout=5) as answer:
            return answer.status == 200
    except OSError:  # refused, reset, or an HTTP error
        return False


def listens(port: int) -> bool:
    """Whether something accepts connections on a port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def migration_heads() -> set[str]:
    """The revisions a migrated database is at."""
    return set(ScriptDirectory(str(ROOT / "migrations")).get_heads())
