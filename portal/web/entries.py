"""Fields that choose in the directory: a plain list while it is short, words that name an entry once it is long."""

from collections.abc import Sequence
from typing import Any

from portal.domain.fields import offers
from portal.domain.organisations.directory import TABLES
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField

LISTED = 50  # entries in a plain list; beyond, one types words
Offered = Sequence[tuple[str, str]]


def picks_entry(definition: FormField) -> bool:
    """Whether a field or a cell chooses an entry of the directory."""
    return definition.kind in TABLES and not definition.among


def entries_offered(view: View, definition: FormField, rows: str | None = None) -> Offered:
    """(id, words) of what a field, or a cell of some rows, may choose."""
    return offers(definition, view.context.inside(rows) if rows else view.context) or ()


def words_of(key: Any, offered: Offered) -> str:
    """What an entry is called; anything else as it was typed."""
    return next((words for one, words in offered if one == key), str(key or ""))


def key_of(typed: Any, offered: Offered, held: Any) -> Any:
    """The id of the entry that words name; of two called the same, the one that was there. Anything else as typed."""
    if not isinstance(typed, str) or not typed.strip():
        return typed
    wanted = _bare(typed)
    found = [key for key, words in offered if key == typed or _bare(words) == wanted]
    if held in found:
        return held
    return found[0] if len(found) == 1 else typed


def _bare(text: str) -> str:
    return " ".join(text.split()).casefold()
