"""A file as the page draws it: the one that is there, what says so in the form, where another is sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.fields.files import accepted_words, most_of, too_heavy_words
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField
from portal.web.files import PARTS, seal_of

Href = Callable[[str], str]


@dataclass
class DrawnFile:
    """What `components/field_inputs.html` asks of a file."""

    parts: Mapping[str, str]  # what the form says of it
    seal: str
    href: str | None  # where it is read; None where the sheet does not hold it yet
    upload_href: str | None
    most: int
    too_heavy: str
    accepted: str


def draw_file(view: View, definition: FormField, raw: Any, *, read_at: Href | None, sent_to: Href | None) -> DrawnFile:
    """The file of a field: `read_at` leads from a digest to its page, `sent_to` from a field to where it is sent."""
    said = raw if isinstance(raw, Mapping) else {}
    parts = {part: str(said.get(part) or "") for part in PARTS}
    held = view.stored(definition.id)
    there = isinstance(held, Mapping) and bool(parts["digest"]) and held.get("digest") == parts["digest"]
    return DrawnFile(
        parts,
        seal_of(view.node.id, definition.id, parts) if parts["digest"] else "",
        read_at(parts["digest"]) if there and read_at else None,
        sent_to(definition.id) if sent_to else None,
        most_of(definition),
        too_heavy_words(definition),
        accepted_words(definition),
    )
