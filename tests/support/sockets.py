"""Tests talk to this machine alone."""

import ipaddress
import sys


class OutsideError(Exception):
    """A test tried to reach another machine."""


def refuse_outside() -> None:
    """From now on, a connection to anything but this machine raises OutsideError in this process."""
    sys.addaudithook(_judge)


def _judge(event: str, arguments: tuple) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple) and not _is_local(str(arguments[1][0])):
        raise OutsideError(f"{arguments[1]} is not this machine")


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
