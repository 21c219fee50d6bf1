"""Many sheets at once, written as rows: what a tree of thousands of nodes is tried on."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.domain.sheets.models import Sheet, SheetState
from portal.ids import uuid7

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def plant(session: Session, slug: str, shape: dict[str, int], first: int = 1, **states: str) -> int:
    """A tree: `shape` gives, level by level, how many sheets each sheet above has; the tops are numbered from `first`.
    The sheets of the last level stand at `states`, axis by axis. How many sheets were made.
    """
    rows: list[dict[str, object]] = []
    above: list[uuid.UUID | None] = [None]
    for level, number in shape.items():
        start = 1 if above != [None] else first
        made = [_row(slug, level, parent, n) for parent in above for n in range(start, start + number)]
        rows += made
        above = [row["id"] for row in made]  # type: ignore[misc]
    session.execute(insert(Sheet), rows)
    if states:
        session.execute(insert(SheetState), list(_standing(slug, above, states)))
    return len(rows)


def _row(slug: str, level: str, parent: uuid.UUID | None, number: int) -> dict[str, object]:
    key = uuid7()
    return {
        "id": key,
        "tenant": slug,
        "level": level,
        "parent_id": parent,
        "scope_id": parent or key,
        "code": f"{number:02}",
        "title": f"{level.capitalize()} {number:02}",
        "data": {},
        "raw": {},
        "field_versions": {},
        "created_at": AT,
        "changed_at": AT,
    }


def _standing(slug: str, ids: list[uuid.UUID | None], states: dict[str, str]) -> Iterator[dict[str, object]]:
    for sheet_id in ids:
        for axis, state in states.items():
            yield {"id": uuid7(), "tenant": slug, "sheet_id": sheet_id, "axis": axis, "state": state, "since": AT}
