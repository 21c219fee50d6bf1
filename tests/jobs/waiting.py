"""Waiting for something that another process does, without sleeping longer than it takes."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_never = threading.Event()


def until(check: Callable[[], T], seconds: float = 15.0) -> T:
    """Ask until the answer is true, and give it; an AssertionError names what never came."""
    deadline = time.monotonic() + seconds
    while not (answer := check()):
        assert time.monotonic() < deadline, f"nothing after {seconds} s: {check}"
        _never.wait(0.02)
    return answer
