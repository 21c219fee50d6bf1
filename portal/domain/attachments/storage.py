"""Files on disk: under their digest, in the folder of their region, outside of what is served; written whole or not at
all.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from portal.domain.attachments.errors import TooHeavy

PIECE = 1 << 16
WAITING = ".recu-"  # the name of a file that is still being received


@dataclass(frozen=True)
class Received:
    """A file written aside, not kept yet."""

    path: Path
    stream: IO[bytes]
    digest: str
    size: int


def path_of(folder: Path, slug: str, digest: str) -> Path:
    """Where the content of a digest is kept: `<folder>/<region>/<aa>/<digest>`."""
    return folder / slug / digest[:2] / digest


@contextmanager
def received(folder: Path, slug: str, stream: IO[bytes], most: int, too_heavy: str) -> Iterator[Received]:
    """Write a stream aside, for it to be looked at; it is gone afterwards unless it was kept.

    Raises TooHeavy, with these words, at the first byte past `most`.
    """
    place = folder / slug
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=WAITING, dir=place)  # readable by us alone
    path = Path(name)
    try:
        with os.fdopen(handle, "w+b") as written:
            digest, size = _copy(stream, written, most, too_heavy)
            written.flush()
            os.fsync(written.fileno())
            yield Received(path, written, digest, size)
    finally:
        path.unlink(missing_ok=True)


def _copy(stream: IO[bytes], written: IO[bytes], most: int, too_heavy: str) -> tuple[str, int]:
    sum_, size = hashlib.sha256(), 0
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > most:
            raise TooHeavy(too_heavy)
        sum_.update(piece)
        written.write(piece)
    return sum_.hexdigest(), size


def keep(folder: Path, slug: str, one: Received) -> None:
    """Give a received file its place, unless the same content is there already."""
    path = path_of(folder, slug, one.digest)
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, exist_ok=True)
    one.path.replace(path)


def forget(folder: Path, slug: str, digest: str) -> None:
    """Remove a content from the disk."""
    path = path_of(folder, slug, digest)
    path.unlink(missing_ok=True)
    with suppress(OSError):  # not empty, or gone
        path.parent.rmdir()


def strays(folder: Path, slug: str, known: set[str], before: float) -> list[Path]:
    """The files last written before a moment that no row knows: uploads whose request did not end well."""
    place = folder / slug
    found = place.rglob("*") if place.is_dir() else ()
    return [p for p in found if p.is_file() and p.name not in known and p.stat().st_mtime < before]
