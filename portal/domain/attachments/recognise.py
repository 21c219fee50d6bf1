"""What a file is, by its content: its name and what the browser says of it are not believed."""

import zipfile
from collections.abc import Mapping
from typing import IO

from portal.domain.attachments.errors import Unusable

DAMAGED = "Ce fichier est endommagé, ou n'est pas ce que dit son nom. Ouvrez-le, enregistrez-le à nouveau, réessayez."
MACROS = "Ce document contient des macros : enregistrez-le sans macros, puis déposez-le à nouveau."
SWOLLEN = "Ce document est anormalement compressé : il ne peut pas être accepté."
LOCKED = "Ce document est protégé par un mot de passe : retirez-le, puis déposez-le à nouveau."

SIGNATURES: Mapping[str, bytes] = {
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
}
ENDINGS: Mapping[str, bytes] = {"pdf": b"%%EOF", "png": b"IEND"}
"""What the end of a whole file holds: one cut on the way lacks it. Cameras write what they like after a JPEG."""

TAIL = 2048
ZIP = b"PK\x03\x04"
OFFICE: Mapping[str, str] = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
OPEN: Mapping[str, bytes] = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
}
MOST_MEMBERS = 2000
MOST_UNPACKED = 100_000_000  # bytes; an honest document of 10 MB unpacks to much less
MOST_SWOLLEN = 200  # times; text compresses twenty times, zeros a thousand


def recognise(stream: IO[bytes]) -> str | None:
    """The type of a file (`pdf`, `docx`…), or None when it is none of those known. Raises Unusable."""
    stream.seek(0)
    head = stream.read(16)
    if head.startswith(ZIP):
        return _document(stream)
    found = next((name for name, sign in SIGNATURES.items() if head.startswith(sign)), None)
    if ENDINGS.get(found or "", b"") not in _tail(stream):
        raise Unusable(DAMAGED)
    return found


def _tail(stream: IO[bytes]) -> bytes:
    size = stream.seek(0, 2)
    stream.seek(max(0, size - TAIL))
    return stream.read(TAIL)


def _document(stream: IO[bytes]) -> str | None:
    """The type of an office document, by the members of its archive; nothing of it is unpacked but one short line."""
    size = stream.seek(0, 2)
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            _refuse_bombs(members, size)
            return _office(members) or _open(archive, members)
    except Unusable:  # a ValueError too, as the library's own
        raise
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError):
        raise Unusable(DAMAGED) from None


def _refuse_bombs(members: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse what would fill the memory or the disk of whoever opens it, or write outside of where it is opened."""
    unpacked = sum(m.file_size for m in members)
    packed = sum(m.compress_size for m in members)
    swollen = unpacked > MOST_SWOLLEN * size or any(m.file_size > 1000 * max(1, m.compress_size) for m in members)
    overlapping = packed > size
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or swollen or overlapping:
        raise Unusable(SWOLLEN)
    if any(m.flag_bits & 0x1 for m in members):
        raise Unusable(LOCKED)
    names = [m.filename.replace("\\", "/") for m in members]
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise Unusable(DAMAGED)
    if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
        raise Unusable(MACROS)


def _office(members: list[zipfile.ZipInfo]) -> str | None:
    names = {m.filename for m in members}
    if "[Content_Types].xml" not in names:
        return None
    return next((kind for kind, main in OFFICE.items() if main in names), None)


def _open(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> str | None:
    """An OpenDocument says what it is in its first member, not compressed."""
    first = members[0] if members else None
    if first is None or first.filename != "mimetype" or first.compress_type != zipfile.ZIP_STORED:
        return None
    if first.file_size > max(map(len, OPEN.values())):
        return None
    said = archive.read(first)
    return next((kind for kind, words in OPEN.items() if words == said), None)
