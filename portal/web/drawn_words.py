"""What a drawn field says of itself: where a value that nobody types comes from, what a row is called."""

from collections.abc import Sequence
from typing import Any

from portal.domain.fields import KINDS, Context, Fault
from portal.domain.fields.rows import row_name
from portal.domain.sheets.certified import KIND, fetches, source_of
from portal.domain.sheets.effective import EffectiveField
from portal.domain.sheets.repeated import repeated_field
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField
from portal.web.coded import CERTIF_INFO, comes_from_certification


def why_locked(view: View, shown: EffectiveField) -> str | None:
    """Where a field that nobody types here comes from; what repeats another one comes from where that one does."""
    definition = repeated_field(view.tenant, shown.field) or shown.field
    if definition.kind == "computed" or definition.value is not None:
        return None
    if definition.origin == "imported":
        return f"Repris de : {definition.source}" if definition.source else "Importé"
    if comes_from_certification(view, definition):
        return CERTIF_INFO
    taken = shown.field.fill
    if taken is not None and taken.locked and fetches(view, taken):
        return "Repris automatiquement"
    return shown.why


def taken_from(view: View, rows: FormField) -> str:
    """Where the cells that people do not type come from, in rows that a source gives."""
    origin = rows.rows.origin if rows.rows else None
    found = source_of(view.tenant, view.node.level, origin) if origin else None
    return CERTIF_INFO if found is not None and found.kind == KIND else "Repris automatiquement"


def legend(definition: FormField, key: str, index: int, cells: Sequence[tuple[str, str]]) -> str:
    """What a row is called: its key's label, its legend once something is typed, or its place. `cells`: (id, words)."""
    shape = definition.rows
    if shape and shape.keys:
        return shape.keys.get(key, key)
    pattern = shape.legend if shape else None
    if pattern and (counted := row_name(pattern, index + 1)) is not None:
        return counted
    for name, shown in (("n", str(index + 1)), *cells):
        pattern = pattern.replace("{" + name + "}", shown) if pattern else None
    told = (pattern or "").strip(" ()-–:,")
    return f"{index + 1}. {told}" if told and "{" not in told else f"N° {index + 1}"


def typed_words(context: Context, definition: FormField, raw: Any) -> str:
    """What was typed, in French words; as typed when it means nothing."""
    kind = KINDS[definition.kind]
    if definition.kind == "rows":
        return ""
    try:
        return kind.show(kind.clean(raw, definition, context), definition, context)
    except Fault:
        return raw if isinstance(raw, str) else ""
