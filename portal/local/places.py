"""Where things lie on this machine: the data folder, its lock, sockets, free ports."""

import fcntl
import hashlib
import os
import random
import socket
import tempfile
from pathlib import Path
from typing import IO

from portal.local.errors import LocalError

# sockaddr_un holds 108 bytes on Linux and 104 on macOS, the closing zero included.
_LONGEST_SOCKET = 100
_QUIET_PORTS = range(15000, 32000)  # below the ports Linux lends to outgoing connections


def make_folder(folder: Path, *, shared: bool = False) -> Path:
    """Make a folder that is ours alone; `shared` lets others pass through it (PostgreSQL's user when we are root)."""
    if folder.exists():
        return folder
    make_folder(folder.parent, shared=True)
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711 if shared else 0o700)  # said aloud, whatever the umask
    return folder


def lock_folder(folder: Path) -> IO[str]:
    """One run per data folder: keep the result open. Raises LocalError (code 2) when another run holds it."""
    stream = (folder / "lock").open("w")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        stream.close()
        raise LocalError(
            f"Guichet tourne déjà avec le dossier {folder}.\n"
            "Arrêtez-le (Ctrl-C dans son terminal) ou choisissez un autre dossier : GUICHET_VAR=… PORT=… ./run",
            code=2,
        ) from None
    return stream


def is_locked(folder: Path) -> bool:
    """Whether a run holds the folder."""
    try:
        lock_folder(folder).close()
    except (LocalError, OSError):
        return (folder / "lock").exists()
    return False


def socket_folder(folder: Path, name: str, owner: int | None = None) -> Path:
    """A folder where the socket `name` may live: `folder`, or a short one of ours when its path is too long.

    `owner` is the user id of the server, when it is not ours.
    """
    if len(os.fsencode(folder / name)) <= _LONGEST_SOCKET:
        return folder
    short = Path(tempfile.gettempdir()) / f"guichet-{os.getuid()}-{fingerprint(folder)}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.is_symlink() or short.stat().st_uid not in (os.getuid(), owner):
        raise LocalError(f"{short} appartient à quelqu’un d’autre : choisissez un dossier plus court avec GUICHET_VAR.")
    return short


def fingerprint(path: Path) -> str:
    """A short name for a path, the same at each run."""
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]


def check_port(port: int) -> None:
    """Raises LocalError (code 2) when the web port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            message = f"Le port {port} est déjà pris sur cette machine. Choisissez-en un autre : PORT={port + 1} ./run"
            raise LocalError(message, code=2) from None


def free_port() -> int:
    """A port nobody listens on, outside the range lent to clients: one of them might else take it during a restart."""
    for port in random.sample(_QUIET_PORTS, 200):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise LocalError("Aucun port libre n’a été trouvé sur cette machine.")
