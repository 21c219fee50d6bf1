"""Servers of their own for tests that break them; the run's shared ones are never touched."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.local.postgres import Postgres, postgres
from portal.local.redis_server import RedisServer, redis_server


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A data folder PostgreSQL's own user may walk through (pytest's are closed to it)."""
    with tempfile.TemporaryDirectory(prefix="guichet-local-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL server, started."""
    server = postgres(folder, log=folder / "postgres.log", durable=False)
    server.child.start()
    server.child.wait_ready()
    yield server
    server.child.stop()


@pytest.fixture(scope="module")
def queue(folder: Path) -> Iterator[RedisServer]:
    """A Redis server, started."""
    queue = redis_server(folder, log=folder / "redis.log")
    queue.child.start()
    queue.child.wait_ready()
    yield queue
    queue.child.stop()


@pytest.fixture
def quiet_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """The environment of a person who has set nothing, with a data folder of the test's own."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PORT", "BASE_URL", "GUICHET_DEMO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GUICHET_VAR", str(tmp_path / "var"))
    return dict(os.environ)
