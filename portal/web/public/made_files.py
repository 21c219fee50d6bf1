"""Files made for the public: made once for each state of what they tell, kept on disk, and served from there.

One file is made at a time in a process: whoever comes meanwhile is asked to come back, so that making a long document
takes one thread and no more.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import IO

from flask import current_app

PATIENCE = 2.0  # seconds one waits for the file that is being made
_making = Lock()


class BusyError(Exception):
    """Another file is being made."""


def made_file(slug: str, name: str, state: str, form: str, make: Callable[[IO[bytes]], None]) -> IO[bytes]:
    """The file of a region under a name, as of a state, open at its beginning. `make` writes it when there is none yet.

    Older states of it are removed. Raises BusyError when another is being made.
    """
    folder = Path(current_app.config["GUICHET"].var_dir) / "catalogues" / slug
    path = folder / f"{name}-{state}.{form}"
    if (found := _opened(path)) is not None:
        return found
    if not _making.acquire(timeout=PATIENCE):
        raise BusyError
    try:
        return _opened(path) or _made(folder, path, make, f"{name}-*.{form}")
    finally:
        _making.release()


def _opened(path: Path) -> IO[bytes] | None:
    try:
        return path.open("rb")
    except FileNotFoundError:
        return None


def _made(folder: Path, path: Path, make: Callable[[IO[bytes]], None], older: str) -> IO[bytes]:
    """Written beside, then put in its place at once: nobody ever reads half a file."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=folder, prefix=".", suffix=".draft")
    try:
        with os.fdopen(handle, "wb") as file:
            make(file)
        known = Path(draft).open("rb")  # noqa: SIM115 — the answer closes it
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    for old in folder.glob(older):
        if old != path:
            old.unlink(missing_ok=True)
    return known
