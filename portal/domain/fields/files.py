"""Files: the sheet holds a reference to what was uploaded, never the content."""

import re
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
_UNITS = {"": 1, "k": 1000, "m": 1_000_000}
_PARTS = ("digest", "name", "size", "type")


def size_of(written: str) -> int | None:
    """`10MB`, `500 ko` → bytes; None when it says no size."""
    read = _SIZE.fullmatch(written.strip())
    return int(read[1]) * _UNITS[read[2].lower()] if read else None


class File(Kind):
    name = "file"
    doc = "A file uploaded beside the form: `types` accepted (recognised by content) and `max_size`."
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
        name = name.replace("\\", "/").rpartition("/")[2][-150:] or "fichier"
        return {"digest": digest, "name": name, "size": int(size), "type": kind.lower()[:20]}

    def check(self, value: Any, field: FormField, context: Context) -> list[str]:
        """Type and size."""
        if not isinstance(value, Mapping):
            return []
        faults, most = [], size_of(field.max_size)
        if value.get("type") not in field.types:
            faults.append(f"Types de fichier acceptés : {', '.join(field.types)}.")
        if most is not None and isinstance(value.get("size"), int) and value["size"] > most:
            faults.append(f"Ce fichier est trop lourd : {field.max_size.replace('B', 'o')} au plus.")
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
        words = f" ({french.number(max(1, size // 1000))}{french.NBSP}ko)" if isinstance(size, int) else ""
        return value["name"] + words

    def python(self, value: Any, field: FormField) -> Any:
        """The mapping: `filled(devis)` is what conditions ask."""
        return dict(value) if isinstance(value, Mapping) and value else None

    def review(self, field: FormField) -> list[str]:
        """A size that cannot be read."""
        wrong = size_of(field.max_size) is None
        return [*super().review(field), *([f"« max_size » : taille illisible « {field.max_size} »"] if wrong else [])]
