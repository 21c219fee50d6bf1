"""What is wrong in a tenant's folder: each fault with its file, its line, and the nearest valid word."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One fault. `str()` gives `tenants/x/workflow.yaml:42: message`."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Finding:
    """A fault before its line is known: the file, the path of keys that leads to it, and the words."""

    file: str
    path: tuple[str | int, ...]
    message: str


class TenantFaults(Exception):
    """A tenant's folder has faults; `faults` holds them all, in order of file and line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(map(str, self.faults)))


def nearest(word: str, options: Iterable[str]) -> str:
    """The end of a message: the nearest valid word, or the list of them when none is near and the list is short."""
    names = sorted(options)
    near = difflib.get_close_matches(word, names, 1, 0.6)
    if near:
        return f" ; vouliez-vous dire « {near[0]} » ?"
    return f" ; possibles : {', '.join(names)}" if 0 < len(names) <= 12 else ""


def unknown(what: str, word: str, options: Iterable[str]) -> str:
    """`état inconnu « transmse » ; vouliez-vous dire « transmise » ?`"""
    return f"{what} « {word} »{nearest(word, options)}"
