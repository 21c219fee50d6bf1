"""The file outlet: a numbered batch in the folder of a target, all at once or not at all; its receipts read back.

`envois/<region>-<target>-000042.zip` holds one document a delivery and `manifeste.json`. The target leaves its answers
as JSON files in `accuses/`; those that were read go to `accuses/lus/`, those that cannot be to `accuses/illisibles/`.
"""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.domain.deliveries.parcels import Answer, Lot, Parcel

SENT, RECEIPTS, READ, UNREADABLE = "envois", "accuses", "lus", "illisibles"
LARGEST = 5_000_000  # bytes of a file of receipts
MANIFEST = "manifeste.json"


class FileOutlet:
    """One target that fetches files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send_lot(self, lot: Lot) -> Answer:
        """Write the batch under a name nobody reads, then give it its own: whoever looks sees it whole."""
        try:
            place = self.folder / SENT
            place.mkdir(parents=True, exist_ok=True)
            unfinished = place / f".{lot.name}.part"
            with unfinished.open("wb") as stream:
                stream.write(packed(lot))
                stream.flush()
                os.fsync(stream.fileno())
            unfinished.replace(place / f"{lot.name}.zip")
            _keep_names(place)
        except OSError as error:
            return Answer("failed", error=f"{type(error).__name__}: {error.strerror}")
        return Answer("accepted", receipt={})

    def close(self) -> None:
        """Nothing is open."""


def packed(lot: Lot) -> bytes:
    """The bytes of a batch: the same at every try, for nothing in them says when they were written."""
    moment = lot.made_at.timetuple()[:6]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in _entries(lot):
            archive.writestr(zipfile.ZipInfo(name, moment), body, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _entries(lot: Lot) -> Iterator[tuple[str, bytes]]:
    documents = [_line(parcel) for parcel in lot.parcels]
    manifest = {"lot": lot.number, "made_at": lot.made_at.isoformat(), "documents": documents}
    yield MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2).encode()
    yield from ((parcel.name, parcel.body) for parcel in lot.parcels)


def _line(parcel: Parcel) -> dict[str, str]:
    digest = hashlib.sha256(parcel.body).hexdigest()
    return {"delivery": str(parcel.delivery_id), "verb": parcel.verb, "file": parcel.name, "sha256": digest}


def _keep_names(place: Path) -> None:
    """A name given just before the power fails is kept too."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True)
class ReceiptFile:
    """One file of receipts: what it says, or None when it cannot be read."""

    path: Path
    digest: str
    said: list[dict[str, Any]] | None

    def put_away(self, *, readable: bool) -> None:
        """Move it out of the way, under a name of its own."""
        place = self.path.parent / (READ if readable else UNREADABLE)
        place.mkdir(exist_ok=True)
        self.path.replace(place / f"{self.digest[:12]}-{self.path.name}")


def receipt_files(folder: Path) -> Iterator[ReceiptFile]:
    """The files of receipts that wait in a folder, in the order of their names."""
    place = folder / RECEIPTS
    for path in sorted(place.glob("*.json")) if place.is_dir() else []:
        if path.is_symlink() or not path.is_file():
            continue
        body = path.read_bytes()[: LARGEST + 1]
        yield ReceiptFile(path, hashlib.sha256(body).hexdigest(), _said(body))


def _said(body: bytes) -> list[dict[str, Any]] | None:
    try:
        read = json.loads(body) if len(body) <= LARGEST else None
    except (ValueError, RecursionError):
        return None
    said = read.get("accuses") if isinstance(read, dict) else None
    return said if isinstance(said, list) and all(isinstance(one, dict) for one in said) else None
