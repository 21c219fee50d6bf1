"""A process of ours: in a session of its own, gone when we are gone, its whole family stopped with it."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from portal.local.errors import LocalError

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_never = threading.Event()


@dataclass
class Child:
    """One program, its log and the way to stop it; it may be started again after its end.

    Start it from a thread that lives as long as it should: Linux ends the child with the *thread* that made it.
    `prepare` runs before each start, `ready` says when it serves.
    """

    name: str
    argv: Sequence[str | Path]
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    env: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None
    user: pwd.struct_passwd | None = None
    prepare: Callable[[], None] = lambda: None
    ready: Callable[[], bool] = lambda: True
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0

    @property
    def pid(self) -> int:
        """The process id; raises LocalError before the first start."""
        if self.process is None:
            raise LocalError(f"{self.name} n’a pas été démarré.")
        return self.process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended (negative: by that signal), or None while it lives."""
        return self.process.returncode if self.process else None

    def start(self) -> None:
        """Start the program; what an earlier life left behind is removed first."""
        self._sweep()
        self.prepare()
        with self._output() as output, warnings.catch_warnings():
            # Python 3.12 warns of any fork beside a thread; ours only calls prctl before it becomes another program.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.process = subprocess.Popen(  # noqa: S603 — our own command line, no shell
                [str(part) for part in self.argv],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.env},
                cwd="/" if self.user else None,  # another user may not be allowed to stand where we stand
                user=self.user.pw_uid if self.user else None,
                group=self.user.pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
                umask=0o077,
                start_new_session=True,  # Ctrl-C reaches us alone: we stop the others in order
                preexec_fn=_tie_to(os.getpid(), self.stop_signal),
            )
        self.started_at = time.monotonic()

    def alive(self) -> bool:
        """Whether it runs; at the first sight of its end, the rest of its process group is removed."""
        if self.process is None:
            return False
        already_known = self.process.returncode is not None
        if self.process.poll() is None:
            return True
        if not already_known:
            self._sweep()
        return False

    def stop(self) -> None:
        """Ask politely, wait `grace` seconds, then insist; no process of its family is left."""
        if self.process is None or not self.alive():
            return
        family = self._family()
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(self.grace)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        _kill_all(family)

    def kill(self) -> None:
        """End it and all it started at once, as a power cut would."""
        if self.process is None or not self.alive():
            return
        family = self._family()
        self.process.kill()
        self.process.wait()
        _kill_all(family)

    def wait_ready(self, seconds: float = 30.0, stopping: threading.Event = _never) -> None:
        """Wait until it serves. Raises LocalError when it ends first or is too slow, with the end of its log."""
        deadline = time.monotonic() + seconds
        while not self.ready():
            if not self.alive():
                raise LocalError(f"{self.name} s’est arrêté au démarrage.{self.last_words()}")
            if time.monotonic() > deadline:
                raise LocalError(f"{self.name} n’est pas prêt après {seconds:.0f} s.{self.last_words()}")
            if stopping.wait(0.02):
                raise KeyboardInterrupt

    def wait_end(self, stopping: threading.Event = _never) -> None:
        """Wait for a program that does one thing. Raises LocalError when it fails, with the end of its log."""
        while self.alive():
            if stopping.wait(0.02):
                raise KeyboardInterrupt
        if self.exit_code:
            raise LocalError(f"{self.name} : échec (code {self.exit_code}).{self.last_words()}")

    def last_words(self, lines: int = 15) -> str:
        """The end of the log, ready to follow a sentence."""
        if self.log is None or not self.log.exists():
            return ""
        tail = self.log.read_text(errors="replace").splitlines()[-lines:]
        return "\n".join(["", f"Fin de {self.log} :", *("  " + line for line in tail)])

    @contextlib.contextmanager
    def _output(self) -> Iterator[IO[bytes] | None]:
        if self.log is None:
            yield None
            return
        with self.log.open("ab") as stream:
            yield stream

    def _family(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def _sweep(self) -> None:
        # A server killed with -9 leaves its own workers behind, still listening.
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def wait_until(check: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Ask again and again until `check` holds; False when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            return False
        _never.wait(0.02)
    return True


def is_gone(process: psutil.Process) -> bool:
    """Whether a process has ended, buried or not."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _tie_to(parent: int, stop_signal: int) -> Callable[[], None] | None:
    """What the child does before it becomes its program: ask Linux for a signal at its parent's death."""
    libc = _LIBC
    if libc is None:
        return None

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != parent:  # the parent died before the request was heard
            os._exit(1)

    return tie


def _kill_all(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):  # psutil compares start times: a reused number is safe
            process.kill()
    wait_until(lambda: all(is_gone(process) for process in processes), seconds=5)
