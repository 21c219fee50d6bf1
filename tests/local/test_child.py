"""A child goes when we go, takes its family along, and says why it did not start."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from portal.local.child import Child, is_gone, wait_until
from portal.local.errors import LocalError

WAITS = "import signal; signal.pause()"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); signal.pause()"
WITH_A_GRANDCHILD = """
import signal, subprocess, sys
print(subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]).pid, flush=True)
signal.pause()
"""


def python(code: str, tmp_path: Path, **options) -> Child:
    return Child("essai", [sys.executable, "-c", code], log=tmp_path / "essai.log", **options)


def words(child: Child) -> str:
    assert child.log is not None
    return child.log.read_text() if child.log.exists() else ""


def with_grandchild(tmp_path: Path) -> tuple[Child, psutil.Process]:
    child = python(WITH_A_GRANDCHILD, tmp_path)
    child.start()
    assert wait_until(lambda: words(child).endswith("\n"))
    return child, psutil.Process(int(words(child)))


def test_stop_asks_and_the_child_ends():
    child = Child("essai", ["sleep", "60"])
    child.start()

    child.stop()

    assert not child.alive()
    assert child.exit_code == -signal.SIGTERM


def test_stop_insists_when_the_child_is_deaf(tmp_path):
    child = python(DEAF, tmp_path, grace=0.1)
    child.start()
    assert wait_until(lambda: "ready" in words(child))

    child.stop()

    assert child.exit_code == -signal.SIGKILL


@pytest.mark.parametrize("end", [Child.stop, Child.kill])
def test_the_whole_family_ends_with_the_child(tmp_path, end):
    child, grandchild = with_grandchild(tmp_path)

    end(child)

    assert is_gone(grandchild)


def test_grandchildren_of_a_killed_child_are_swept_when_its_death_is_seen(tmp_path):
    child, grandchild = with_grandchild(tmp_path)

    psutil.Process(child.pid).kill()

    assert wait_until(lambda: not child.alive())
    assert wait_until(lambda: is_gone(grandchild))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_a_child_does_not_survive_a_killed_parent(tmp_path):
    parent_code = f"""
import signal
from portal.local.child import Child
child = Child("essai", [{sys.executable!r}, "-c", {WAITS!r}])
child.start()
print(child.pid, flush=True)
signal.pause()
"""
    with subprocess.Popen([sys.executable, "-c", parent_code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))

        parent.kill()

        assert wait_until(lambda: is_gone(child))


def test_a_child_that_ends_at_start_is_reported_with_the_end_of_its_log(tmp_path):
    child = python("print('la clé manque'); raise SystemExit(3)", tmp_path, ready=lambda: False)
    child.start()

    with pytest.raises(LocalError, match=r"(?s)s’est arrêté au démarrage.*la clé manque"):
        child.wait_ready()


def test_a_child_that_is_never_ready_is_reported(tmp_path):
    child = python(WAITS, tmp_path, ready=lambda: False)
    child.start()

    with pytest.raises(LocalError, match="n’est pas prêt"):
        child.wait_ready(seconds=0.1)

    child.stop()


def test_waiting_ends_when_asked_to_stop(tmp_path):
    asked = threading.Event()
    asked.set()
    child = python(WAITS, tmp_path, ready=lambda: False)
    child.start()

    with pytest.raises(KeyboardInterrupt):
        child.wait_ready(stopping=asked)
    with pytest.raises(KeyboardInterrupt):
        child.wait_end(stopping=asked)

    child.stop()


def test_a_command_that_fails_is_reported_with_its_code(tmp_path):
    child = python("print('rien'); raise SystemExit(4)", tmp_path)
    child.start()

    with pytest.raises(LocalError, match=r"(?s)code 4.*rien"):
        child.wait_end()
