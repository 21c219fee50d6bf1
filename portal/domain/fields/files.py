"""Files: the sheet holds a reference to what was uploaded, never the content."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from portal.domain.conditions.types import Type
from portal.domain.fields import french
from portal.domain.fields.base import Context, Form, Kind
from portal.domain.fields.faults import Fault
from portal.domain.fields.words import blank, one_line, scalar
from portal.tenancy.schema import FormField

_DIGEST = re.compile(r"[0-9a-f]{64}")
_SIZE = re.compile(r"([0-9]{1,6}) ?([kKmM]?)[oObB]")
_ENDING = re.compile(r"[A-Za-z0-9]{1,5}")
_UNITS = {"": 1, "k": 1000, "m": 1_000_000}
_PARTS = ("digest", "name", "size", "type")

CONTENT_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
"""The types of file that are recognised, and so that a region may accept → how each is served."""

LARGEST = 10_000_000  # bytes of one file: what web servers in front of the portal let through with the rest of its form
_LONGEST_NAME = 150


def size_of(written: str) -> int | None:
    """`10MB`, `500 ko` → bytes; None when it says no size."""
    read = _SIZE.fullmatch(written.strip())
    return int(read[1]) * _UNITS[read[2].lower()] if read else None


def most_of(field: FormField) -> int:
    """The greatest size a field takes, in bytes."""
    return min(size_of(field.max_size) or LARGEST, LARGEST)


def size_words(size: int) -> str:
    """« 12 ko », « 1,5 Mo »."""
    if size < _UNITS["m"]:
        return f"{french.number(max(1, size // 1000))}{french.NBSP}ko"
    whole, tenth = divmod(size // 100_000, 10)
    return f"{whole}{f',{tenth}' if tenth else ''}{french.NBSP}Mo"


def too_heavy_words(field: FormField) -> str:
    """What to tell whoever gives a file that a field does not take for its size."""
    return f"Ce fichier est trop lourd : {size_words(most_of(field))} au plus."


def accepted_words(field: FormField) -> str:
    """What to tell whoever gives a file of another type than those of a field."""
    return f"Types de fichier acceptés : {', '.join(field.types)}."


def safe_name(name: str, kind: str) -> str:
    """A file's name as it may be shown and served: its last part alone, without what nobody sees, with the ending of
    what it is.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in unicodedata.normalize("NFC", last))
    words = " ".join(seen.split())
    stem, dot, ending = words.rpartition(".")
    own = kind if ending.lower() not in _ENDINGS.get(kind, (kind,)) else ending
    stem = (
        (stem if dot and _ENDING.fullmatch(ending) else words).strip(". ")[: _LONGEST_NAME - len(own) - 1].rstrip(". ")
    )
    return f"{stem or 'fichier'}.{own}"


_ENDINGS: Mapping[str, tuple[str, ...]] = {"jpg": ("jpg", "jpeg")}


class File(Kind):
    name = "file"
    doc = (
        "A file uploaded beside the form: `types` accepted, recognised by content (`pdf`, `png`, `jpg`, `docx`, "
        "`xlsx`, `odt`, `ods`), and `max_size` (10 MB at most). Not inside rows, nor among what a move asks."
    )
    stored = "mapping: `digest` (SHA-256), `name`, `size` in bytes, `type`"
    example = "{id: devis, label: Devis, kind: file, types: [pdf], max_size: 10MB}"
    widget = "file"
    condition_type = Type.ANY
    settings = frozenset({"types", "max_size"})

    def read(self, form: Form, name: str, field: FormField) -> Any:
        """What the upload answered, kept in `devis-digest`, `devis-name`, `devis-size`, `devis-type`."""
        return {part: (form.getlist(f"{name}-{part}") or [""])[-1] for part in _PARTS}

    def empty(self, raw: Any) -> bool:
        """No digest, no file."""
        return blank(raw.get("digest")) if isinstance(raw, Mapping) else blank(raw)

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """The reference of the file."""
        if not isinstance(raw, Mapping):
            raise Fault("Ce fichier n'a pas été reçu ; choisissez-le à nouveau.")
        digest, name, size, kind = (one_line(scalar(raw.get(part) or "")) for part in _PARTS)
        if not _DIGEST.fullmatch(digest) or not (size.isascii() and size.isdigit() and len(size) < 12):
            raise Fault("Ce fichier n'a pas été reçu ; choisissez-le à nouveau.")
        kind = kind.lower()[:20]
        return {"digest": digest, "name": safe_name(name, kind), "size": int(size), "type": kind}

    def check(self, value: Any, field: FormField, context: Context) -> list[str]:
        """Type and size."""
        if not isinstance(value, Mapping):
            return []
        faults = [] if value.get("type") in field.types else [accepted_words(field)]
        if isinstance(value.get("size"), int) and value["size"] > most_of(field):
            faults.append(too_heavy_words(field))
        return faults

    def raw(self, value: Any, field: FormField) -> Any:
        """Every part, as texts."""
        held = value if isinstance(value, Mapping) else {}
        return {part: str(held.get(part) or ("0" if part == "size" and held else "")) for part in _PARTS}

    def show(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """« devis.pdf (12 ko) »."""
        if not isinstance(value, Mapping) or not isinstance(value.get("name"), str):
            return ""
        size = value.get("size")
        words = f" ({size_words(size)})" if isinstance(size, int) else ""
        return value["name"] + words

    def python(self, value: Any, field: FormField) -> Any:
        """The mapping: `filled(devis)` is what conditions ask."""
        return dict(value) if isinstance(value, Mapping) and value else None

    def review(self, field: FormField) -> list[str]:
        """A size that cannot be read or is too great, a type that cannot be recognised."""
        most = size_of(field.max_size)
        faults = super().review(field)
        if most is None:
            faults = [*faults, f"« max_size » : taille illisible « {field.max_size} »"]
        elif most > LARGEST:
            faults = [*faults, f"« max_size » : {size_words(LARGEST)} au plus"]
        unknown = [one for one in field.types if one not in CONTENT_TYPES]
        known = ", ".join(CONTENT_TYPES)
        return [*faults, *(f"« types » : « {one} » n'est pas reconnu (reconnus : {known})" for one in unknown)]
