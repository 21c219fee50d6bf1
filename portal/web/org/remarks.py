"""What is asked to be corrected, as fields and steps show it."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.domain.corrections.models import Correction
from portal.domain.sheets.view import View


def remarks_of(corrections: Sequence[Correction], view: View) -> Mapping[str, list[dict[str, Any]]]:
    """The remarks on the fields of one sheet, by path, as components/field_parts.html shows them."""
    title = view.tenant.desk.corrections.one
    found: dict[str, list[dict[str, Any]]] = {}
    for one in corrections:
        if one.sheet_id == view.node.id and one.path:
            said = {"title": title, "by": one.by_name, "text": one.text, "answer": one.answer}
            found.setdefault(one.path, []).append(said)
    return found


def remarks_on_step(corrections: Sequence[Correction], view: View, step_id: str) -> list[Correction]:
    """Those on a whole step of a sheet, or on the whole sheet."""
    return [one for one in corrections if one.sheet_id == view.node.id and not one.path and one.step in ("", step_id)]
