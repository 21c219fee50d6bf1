"""What a change makes of the sheets above and below: the values they are forced to hold, what their rows repeat."""

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.entry.due import settle_values
from portal.domain.entry.mirrors import refresh_mirrors
from portal.domain.entry.reading import readers
from portal.domain.journal.actions import append
from portal.domain.people import Actor
from portal.domain.sheets.errors import SheetNotFound
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.queries import locked_sheet, sheets_by_ids
from portal.domain.sheets.view import View

Followed = list[tuple[Sheet, list[str]]]
"""The other sheets in which values were written, with their fields."""


def follow(
    session: Session,
    view: View,
    sheet: Sheet,
    changed: Collection[str] | None,
    *,
    actor: Actor,
    at: datetime,
    seen: frozenset[uuid.UUID] = frozenset(),
) -> Followed:
    """Bring the sheets that read this one up to date; `changed` names its fields, None when it was made or deleted.

    Flushes. Only the levels whose words in the region's files read these fields are opened at all.
    """
    session.flush()
    written: Followed = []
    levels = readers(view.tenant, sheet.level, changed)
    for level in levels if changed is not None else [lv for lv in levels if view.node.ancestor(lv)]:
        for other, own in list(_relatives(session, view, level)):
            if other.id in seen:
                continue
            before = settle_values(own, other)
            if before:
                _note(session, own, other, before, actor, at)
                written.append((other, list(before)))
            refresh_mirrors(other, own)
            if before:
                written += follow(session, own, other, before, actor=actor, at=at, seen=seen | {sheet.id, other.id})
    session.flush()
    return written


def _relatives(session: Session, view: View, level: str) -> Iterator[tuple[Sheet, View]]:
    """The sheets of a level around the one seen, each with its view. What is above is locked, then read again with all
    that is below it, so that two people who change two of its children each count the other's.
    """
    if (above := view.node.ancestor(level)) is not None:
        try:
            row = locked_sheet(session, above.id)
        except SheetNotFound:
            return
        yield row, View(view.tenant, load_node(session, row), view.today, lookups=view.lookups)
        return
    nodes = {node.id: node for node in view.node.at_level(level)}
    fresh = View(view.tenant, view.node, view.today, lookups=view.lookups)
    for row in sorted(sheets_by_ids(session, nodes).values(), key=lambda found: found.id):
        yield row, fresh.of(nodes[row.id])


def _note(session: Session, view: View, sheet: Sheet, before: dict[str, object], actor: Actor, at: datetime) -> None:
    sheet.version += 1
    sheet.field_versions = {**sheet.field_versions, **dict.fromkeys(before, sheet.version)}
    sheet.changed_at = at
    sheet.config_version = view.tenant.version
    append(
        session, at=at, actor=actor, sheet_id=sheet.id, kind="sheet.edited", config_version=sheet.config_version,
        before=before, after={name: sheet.data.get(name) for name in before},
    )  # fmt: skip
