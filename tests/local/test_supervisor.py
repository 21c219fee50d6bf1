"""The supervisor as a process: what dies is started again, and nothing outlives it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from portal.local.child import Child, is_gone, wait_until
from portal.local.supervisor import Supervisor

HOUSEHOLD = """
import sys
from pathlib import Path
from portal.local.child import Child
from portal.local.postgres import postgres
from portal.local.redis_server import redis_server
from portal.local.supervisor import Supervisor

var = Path(sys.argv[1])
with Supervisor() as supervisor:
    supervisor.bring_up(postgres(var, log=var / "postgres.log", durable=False).child)
    supervisor.bring_up(redis_server(var, log=var / "redis.log").child)
    supervisor.keep(Child("web", [sys.executable, "-c", "import signal; signal.pause()"]))
    print(*(child.pid for child in supervisor.children), flush=True)
    supervisor.watch()
"""


class Household:
    """A supervisor in a process of its own, and the pids it announced."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen([sys.executable, "-c", HOUSEHOLD, str(folder)], stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        self.children = [psutil.Process(int(pid)) for pid in self.process.stdout.readline().split()]
        self.everyone = [*self.children, *(p for child in self.children for p in child.children(recursive=True))]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def household(folder: Path) -> Iterator[Callable[[], Household]]:
    made: list[Household] = []

    def start() -> Household:
        made.append(Household(folder))
        return made[-1]

    yield start
    for each in made:
        each.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_nothing_survives_a_killed_supervisor_and_the_next_start_is_clean(household):
    first = household()
    assert len(first.children) == 3
    assert len(first.everyone) > 5  # PostgreSQL's own processes among them

    first.process.kill()

    assert wait_until(lambda: all(is_gone(process) for process in first.everyone))
    second = household()
    second.process.send_signal(signal.SIGTERM)
    assert second.process.wait(10) == 0
    assert all(is_gone(process) for process in second.everyone)


@pytest.mark.parametrize("ask", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_way_of_asking_stops_all(tmp_path, ask):
    with psutil.Popen(
        [sys.executable, "-c", re.sub(r".*(postgres|redis).*\n", "", HOUSEHOLD), str(tmp_path)], stdout=subprocess.PIPE
    ) as process:
        child = psutil.Process(int(process.stdout.readline()))

        process.send_signal(ask)

        assert process.wait(10) == 0
        assert is_gone(child)


def test_a_dead_child_is_started_again_after_a_pause_that_grows(capsys):
    supervisor = Supervisor()
    child = Child("travail", ["sleep", "60"])
    supervisor.keep(child)

    def die(*, lived: float) -> None:
        child.started_at = time.monotonic() - lived
        os.kill(child.pid, signal.SIGKILL)
        assert wait_until(lambda: not child.alive())
        supervisor.revive()

    die(lived=1.5)
    assert child.alive()  # the first time, at once
    die(lived=1.5)
    assert not child.alive()  # again so soon: two seconds
    child.started_at -= 1
    supervisor.revive()
    assert child.alive()
    die(lived=61)
    assert child.alive()  # it has been sound for a minute: its past is forgotten
    supervisor.stop_all()

    assert capsys.readouterr().out.count("travail s’est arrêté (signal 9) : je le relance.") == 3


def test_children_are_stopped_in_reverse_order():
    order: list[str] = []

    class Noted(Child):
        def stop(self) -> None:
            order.append(self.name)
            super().stop()

    supervisor = Supervisor()
    for name in ("base", "file", "web"):
        supervisor.keep(Noted(name, ["sleep", "60"]))

    supervisor.stop_all()

    assert order == ["web", "file", "base"]
