"""Exports that go below their list: one line per sheet of a lower level, said by each sheet from the list's down.

A sheet that has nothing below keeps its line, the columns of what is missing left empty.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from portal.domain.desk.among import CHUNK
from portal.domain.desk.cells import Cell
from portal.domain.desk.columns import Facts, cell_of
from portal.domain.desk.lists import CODE_WIDTH, seen
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.queries import visible_sheets
from portal.domain.sheets.view import View
from portal.tenancy.schema import Column
from portal.tenancy.tenant import Tenant

Path = tuple[uuid.UUID | None, ...]


@dataclass(frozen=True)
class Descent:
    """From the level of a list to the level of its lines."""

    level: str
    below: str

    def levels(self, tenant: Tenant) -> list[str]:
        """The levels gone through, the list's left out."""
        above = tenant.ancestors(self.below)
        return [*reversed(above[: above.index(self.level)]), self.below]


def lines_below(
    session: Session,
    tenant: Tenant,
    actor: Actor,
    descent: Descent,
    own: Sequence[Column],
    extra: Sequence[Column],
    ids: Sequence[uuid.UUID],
    today: date,
) -> Iterator[list[Cell]]:
    """The lines of an export, in the order of the list, then of the codes below; memory holds a chunk of them."""
    levels = descent.levels(tenant)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        heads = {
            v.node.id: [cell_of(v, c, f) for c in own]
            for v, f in seen(session, tenant, actor, descent.level, own, chunk, today)
        }
        paths = _paths(session, tenant, actor, levels, chunk)
        for part in (paths[at : at + CHUNK] for at in range(0, len(paths), CHUNK)):
            views = _views(session, tenant, actor, [descent.level, *levels], extra, part, today)
            for path in part:
                first = path[0]
                deepest = next((i for i in reversed(path) if i is not None), None)
                if first in heads and deepest in views:
                    yield [*heads[first], *(_cell(*views[deepest], c, descent.level) for c in extra)]


def _cell(view: View, facts: Facts, column: Column, level: str) -> Cell:
    node = view.node.ancestor(column.of or level)
    return cell_of(view.of(node), column, facts) if node is not None else Cell()


def _paths(
    session: Session, tenant: Tenant, actor: Actor, levels: Sequence[str], ids: Sequence[uuid.UUID]
) -> list[Path]:
    """From each sheet down: its id, then those of the sheets below it that this person may see, or None."""
    query, above, order = select(Sheet.id).select_from(Sheet).where(Sheet.id.in_(ids)), Sheet, []
    for level in levels:
        seen_here: Any = aliased(Sheet, visible_sheets(actor).where(Sheet.level == level).subquery(f"below_{level}"))
        query = query.outerjoin(seen_here, seen_here.parent_id == above.id).add_columns(seen_here.id)
        order += [func.lpad(seen_here.code, CODE_WIDTH, " "), seen_here.id]
        above = seen_here
    places = {sheet_id: place for place, sheet_id in enumerate(ids)}
    found = [tuple(row) for row in session.execute(query.order_by(*order))]
    return sorted(found, key=lambda path: places[cast(uuid.UUID, path[0])])


def _views(
    session: Session,
    tenant: Tenant,
    actor: Actor,
    levels: Sequence[str],
    columns: Sequence[Column],
    paths: Sequence[Path],
    today: date,
) -> dict[uuid.UUID, tuple[View, Facts]]:
    """The deepest sheet of each path, with what its cells need."""
    by_level: dict[str, list[uuid.UUID]] = {}
    for path in paths:
        depth = max(place for place, sheet_id in enumerate(path) if sheet_id is not None)
        sheet_id = path[depth]
        assert sheet_id is not None
        by_level.setdefault(levels[depth], []).append(sheet_id)
    return {
        view.node.id: (view, facts)
        for level, ids in by_level.items()
        for view, facts in seen(
            session, tenant, actor, level, [c for c in columns if c.of in (None, level)], ids, today
        )
    }
