"""Starts the children in order, starts again what dies, stops all in reverse order."""

import signal
import threading
import time
from types import TracebackType

from portal.local.child import Child
from portal.local.screen import say

_LONG_LIFE = 60.0  # after that many seconds a process is held to be sound, and its past failures are forgotten
_LONGEST_PAUSE = 30.0


class Supervisor:
    """The parent of a set of processes; use it as a context: leaving it stops them all."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.stopping = threading.Event()
        self._failures: dict[str, int] = {}

    def __enter__(self) -> "Supervisor":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # The handler only raises a flag: every wait looks at it, and no start is cut in the middle.
            signal.signal(number, lambda *_: self.stopping.set())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop_all()

    def bring_up(self, child: Child, seconds: float = 30.0) -> float:
        """Start a child, wait until it serves, keep it from now on; the seconds it took.

        Raises LocalError when it does not come up, KeyboardInterrupt when asked to stop meanwhile.
        """
        self.keep(child)
        child.wait_ready(seconds, self.stopping)
        return time.monotonic() - child.started_at

    def keep(self, child: Child) -> None:
        """Start a child and keep it, without waiting until it serves."""
        child.start()
        self.children.append(child)

    def run_once(self, child: Child) -> float:
        """Run a program to its end; the seconds it took. Raises LocalError when it fails."""
        child.start()
        try:
            child.wait_end(self.stopping)
        finally:
            child.stop()
        return time.monotonic() - child.started_at

    def watch(self) -> None:
        """Start again what dies, until asked to stop."""
        while not self.stopping.wait(0.3):
            self.revive()

    def revive(self) -> None:
        """One look at every child: the dead ones whose pause is over are started again."""
        for child in self.children:
            if child.alive():
                continue
            lived = time.monotonic() - child.started_at
            failures = 0 if lived > _LONG_LIFE else self._failures.get(child.name, 0)
            if lived > min(2**failures, _LONGEST_PAUSE):
                say(f"{child.name} s’est arrêté ({_cause(child)}) : je le relance.")
                self._failures[child.name] = failures + 1
                child.start()

    def stop_all(self) -> None:
        """Stop the children, the last started first."""
        for child in reversed(self.children):
            child.stop()
        self.children.clear()


def _cause(child: Child) -> str:
    code = child.exit_code or 0
    return f"signal {-code}" if code < 0 else f"code {code}"
