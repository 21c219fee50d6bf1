"""Changing the sheets of a chunk: imported fields alone, then what is in force where they are frozen."""

import uuid
from typing import Any

from sqlalchemy import insert, select

from portal.domain.entry.due import settle_values
from portal.domain.entry.mirrors import refresh_mirrors
from portal.domain.entry.reading import readers
from portal.domain.entry.relatives import follow
from portal.domain.imports.entries import PROGRAMME
from portal.domain.imports.making import kept, row_of, view_of
from portal.domain.imports.models import IMPORTED, ImportedRow, ImportTask
from portal.domain.imports.planning import changes
from portal.domain.imports.work import Work
from portal.domain.journal.actions import append, entry_of
from portal.domain.moves.amending import AMENDED, Change, amend_in_force, owe_amended, parts_of
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import Node, load_nodes_by_ids
from portal.domain.sheets.queries import locked_sheet
from portal.domain.sheets.view import View

Written = dict[str, Any]


def change_sheets(work: Work, tasks: list[ImportTask], rows: dict[str, ImportedRow]) -> None:
    """Write what the source says otherwise of these sheets, all of one level."""
    level_id = tasks[0].level or ""
    wanted = {_sheet_id(task, rows): task for task in tasks}
    query = select(Sheet).where(Sheet.id.in_(wanted), Sheet.deleted_at.is_(None)).order_by(Sheet.id)
    sheets = list(work.session.scalars(query.with_for_update().execution_options(populate_existing=True)))
    units = _unit_levels(work, level_id)
    own = work.tenant.unit_level(level_id)
    below = bool(readers(work.tenant, level_id, None)) or (own is None and bool(units))
    nodes = load_nodes_by_ids(work.session, [sheet.id for sheet in sheets], below=below)
    written: dict[uuid.UUID, Written] = {}
    for sheet in sheets:
        task = wanted[sheet.id]
        written[sheet.id] = _write(work, sheet, nodes[sheet.id], task, rows.get(task.said["key"]))
    _remember(work, tasks, rows, {sheet.id for sheet in sheets})
    work.session.flush()
    changed = [sheet for sheet in sheets if written[sheet.id]]
    for sheet in changed:
        if readers(work.tenant, level_id, written[sheet.id]):
            view = View(work.tenant, nodes[sheet.id], work.today, lookups=work.lookups)
            follow(work.session, view, sheet, list(written[sheet.id]), actor=work.actor, at=work.at)
    _amend(work, {sheet.id: written[sheet.id] for sheet in changed}, nodes, units)


def _sheet_id(task: ImportTask, rows: dict[str, ImportedRow]) -> uuid.UUID:
    row = rows.get(task.said["key"])
    return row.sheet_id if row is not None else uuid.UUID(task.said["sheet_id"])


def _write(work: Work, sheet: Sheet, node: Node, task: ImportTask, row: ImportedRow | None) -> Written:
    """Write the values that changed in one sheet, and say so in the journal; what was written."""
    said = changes(row.values if row is not None else {}, kept(task.said))
    sheet.programme = node.programme = said.pop(PROGRAMME, sheet.programme)
    values = {n: v for n, v in work.resolved(sheet.level, said).items() if v != sheet.data.get(n)}
    if not values:
        return {}
    before = {name: sheet.data.get(name) for name in values}
    sheet.data = {n: v for n, v in {**sheet.data, **values}.items() if v is not None}
    sheet.raw = {n: v for n, v in sheet.raw.items() if n not in values}
    view = view_of(work, node)
    before = {**settle_values(view, sheet, values), **before}
    after = {name: sheet.data.get(name) for name in before}
    sheet.version += 1
    sheet.field_versions = {**sheet.field_versions, **dict.fromkeys(before, sheet.version)}
    sheet.changed_at, sheet.config_version = work.at, work.tenant.version
    refresh_mirrors(sheet, view)
    work.session.add(
        entry_of(
            at=work.at, actor=work.actor, sheet_id=sheet.id, kind=IMPORTED, before=before, after=after,
            reason=work.run.file_name, config_version=work.tenant.version,
        )
    )  # fmt: skip
    return after


def _remember(work: Work, tasks: list[ImportTask], rows: dict[str, ImportedRow], there: set[uuid.UUID]) -> None:
    new = []
    for task in tasks:
        row = rows.get(task.said["key"])
        if row is not None:
            row.values, row.run_id = kept(task.said), work.run.id
        elif (sheet_id := _sheet_id(task, rows)) in there:
            new.append(row_of(work, task, sheet_id))
    if new:
        work.session.execute(insert(ImportedRow), new)


# — what is in force ————————————————————————————————————————————————————————————


def _unit_levels(work: Work, level_id: str) -> set[str]:
    """The levels of the units that freeze the sheets of a level: their own, or those that do so from below."""
    own = work.tenant.unit_level(level_id)
    if own is not None:
        return {own}
    units = (axis.unit for axis in work.tenant.workflow.axes.values() if axis.unit)
    return {unit.level for unit in units if level_id in unit.ancestors}


def _amend(work: Work, written: dict[uuid.UUID, Written], nodes: dict[uuid.UUID, Node], levels: set[str]) -> None:
    """Carry what was written into the versions in force, and give them to the public. What waits for a decision stays
    as it was sent: the journal tells who reads it that the source has changed.
    """
    around: dict[uuid.UUID, set[uuid.UUID]] = {}
    for sheet_id in written:
        node = nodes[sheet_id]
        for unit in [*node.up(), *node.down()]:
            if unit.level in levels:
                around.setdefault(unit.id, set()).add(sheet_id)
    query = select(Sheet.id).where(Sheet.id.in_(around), Sheet.approved_revision_id.is_not(None))
    for unit_id in work.session.scalars(query.order_by(Sheet.id)).all():
        unit = locked_sheet(work.session, unit_id)
        inside = {sheet_id: written[sheet_id] for sheet_id in around[unit_id]}
        parts: dict[uuid.UUID, dict[str, Any]] = {}
        for sheet_id, values in inside.items():
            view = View(work.tenant, nodes[sheet_id], work.today, lookups=work.lookups)
            parts |= {one: dict(part) for one, part in parts_of(view, values).items()}
        change = Change(inside, parts=parts)
        revision = amend_in_force(work.session, work.tenant, unit, change, at=work.at, actor=work.actor)
        if revision is not None:
            entry = append(
                work.session, at=work.at, actor=work.actor, sheet_id=unit.id, kind=AMENDED, reason=work.run.file_name,
                config_version=work.tenant.version,
            )  # fmt: skip
            owe_amended(work.session, work.tenant, unit, revision, entry, at=work.at)
