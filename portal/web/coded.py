"""Fields of codes as the page draws them: the words of the code, the code that takes its place, what comes with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portal.domain.fields import KINDS
from portal.domain.sheets.certified import KIND, fetches, source_of
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField

CERTIF_INFO = "Certif Info"
NOT_YOURS = "Les éléments repris de Certif Info sont marqués d’un cadenas. Ces éléments ne sont pas modifiables."
PICKED = ("certification", "formacode")  # the kinds that have a page where their codes are looked for
BETWEEN = " ; "


@dataclass(frozen=True)
class Replaced:
    """A code that is no longer used, and the one that takes its place, with its words."""

    code: str
    by: str
    words: str


def table_of(definition: FormField) -> str | None:
    """The reference table of a field of codes; None for another field."""
    return definition.table if definition.kind == "reference" else KINDS[definition.kind].lookup


def codes_of(raw: Any) -> list[str]:
    """The codes a field holds, as typed."""
    return [code for code in (raw if isinstance(raw, list) else [raw]) if isinstance(code, str) and code]


def typed_codes(raw: Any) -> str:
    """Several codes in one text, as they are read back."""
    return BETWEEN.join(codes_of(raw))


def replaced(view: View, definition: FormField, raw: Any) -> list[Replaced]:
    """The codes of a field that others have replaced."""
    table = table_of(definition)
    return list(_replaced(view, table, raw)) if table else []


def _replaced(view: View, table: str, raw: Any) -> Iterator[Replaced]:
    for code in codes_of(raw):
        if (by := view.lookups.replacement(table, code)) is not None:
            label = view.lookups.label(table, by)
            yield Replaced(code, by, f"{label} ({by})" if label else by)


def comes_from_certification(view: View, definition: FormField) -> bool:
    """Whether a field repeats, here, what is known of the certification that the sheet names."""
    fill = definition.fill
    if fill is None or not fill.locked or not fetches(view, fill):
        return False
    found = source_of(view.tenant, view.node.level, fill.origin)
    return found is not None and found.kind == KIND
