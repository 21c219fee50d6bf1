"""Making the sheets of a chunk: a few queries, whatever their number."""

import uuid
from datetime import timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import insert

from portal.domain.entry.creating import write_first_values
from portal.domain.entry.numbering import next_codes
from portal.domain.entry.reading import readers
from portal.domain.entry.relatives import follow
from portal.domain.fields import Context
from portal.domain.imports.entries import ORGANISATION, PROGRAMME
from portal.domain.imports.models import ImportedRow, ImportTask
from portal.domain.imports.work import Work
from portal.domain.journal.actions import entry_of
from portal.domain.organisations.directory import LiveDirectory
from portal.domain.sheets.answering import PATTERN
from portal.domain.sheets.chosen import picks
from portal.domain.sheets.models import Sheet, SheetState
from portal.domain.sheets.nodes import Node, load_nodes_by_ids
from portal.domain.sheets.queries import sheets_by_ids
from portal.domain.sheets.view import View
from portal.domain.workflow import stored_axes
from portal.ids import uuid7


class BulkView(View):
    """A sheet read without what its fields may choose among: the directory of a region is not listed for each."""

    @cached_property
    def context(self) -> Context:
        """What surrounds the values of this sheet; they come from a source."""
        return Context(self.today, self.tenant.slug, {}, self.lookups, trusted=True)


def view_of(work: Work, node: Node) -> View:
    """The view of a sheet of a chunk: whole where its title names an entry of the directory."""
    level = work.tenant.level(node.level)
    named = {match[1].partition(".")[0] for text in (level.title, level.reference) for match in PATTERN.finditer(text)}
    chosen = {dotted for dotted, _ in picks(work.tenant.fields(node.level).values())}
    kind = View if named & chosen else BulkView
    return kind(work.tenant, node, work.today, lookups=work.lookups)


def kept(said: dict[str, Any]) -> dict[str, Any]:
    """What is remembered of a sheet, to see what changes next time."""
    return {**said["follows"], ORGANISATION: said["organisation"], PROGRAMME: said["programme"]}


def make_sheets(work: Work, tasks: list[ImportTask]) -> None:
    """Make the sheets of these tasks, all of one level. One whose parent is gone meanwhile is left out."""
    level_id = tasks[0].level or ""
    parents = _parents(work, level_id, tasks)
    nodes = load_nodes_by_ids(work.session, list(set(parents.values())), below=False)
    if work.tenant.level(level_id).parent is not None:
        tasks = [task for task in tasks if task.id in parents]
    directory = LiveDirectory(work.session, {card.id for card in work.cards.values()})
    made = []
    for task, code in zip(tasks, _codes(work, level_id, tasks, parents), strict=True):
        parent = nodes[parents[task.id]] if task.id in parents else None
        made.append((task, *_made(work, level_id, task, code, parent, directory)))
    work.session.add_all([sheet for _, sheet, _ in made])
    work.session.flush()
    _write_around(work, level_id, [(task, sheet) for task, sheet, _ in made])
    _tell_parents(work, level_id, [sheet for _, sheet, _ in made])


def _parents(work: Work, level_id: str, tasks: list[ImportTask]) -> dict[uuid.UUID, uuid.UUID]:
    """Task → the parent of its sheet, when that is still there."""
    above = work.tenant.level(level_id).parent
    rows = work.rows(above, {t.said["parent"] for t in tasks if t.said["parent"]}) if above else {}
    named = {t.id: uuid.UUID(t.said["parent_id"]) for t in tasks if t.said["parent_id"]}
    named |= {t.id: rows[t.said["parent"]].sheet_id for t in tasks if t.said["parent"] in rows}
    there = {i for i, sheet in sheets_by_ids(work.session, set(named.values())).items() if sheet.deleted_at is None}
    return {task: parent for task, parent in named.items() if parent in there}


def _codes(work: Work, level_id: str, tasks: list[ImportTask], parents: dict[uuid.UUID, uuid.UUID]) -> list[str]:
    """The codes of new sheets: those the file says, else the next numbers, under each parent where they start again."""
    level = work.tenant.level(level_id)
    scopes: dict[uuid.UUID | None, list[ImportTask]] = {}
    for task in tasks:
        if not task.said["code"]:
            scopes.setdefault(parents.get(task.id) if level.code.restart == "parent" else None, []).append(task)
    given: dict[uuid.UUID, str] = {}
    for scope, some in scopes.items():
        values = [{**task.said["first"], **task.said["follows"]} for task in some]
        given |= dict(zip((t.id for t in some), next_codes(work.session, level, level_id, scope, values), strict=True))
    return [task.said["code"] or given[task.id] for task in tasks]


def _made(
    work: Work, level_id: str, task: ImportTask, code: str, parent: Node | None, directory: LiveDirectory
) -> tuple[Sheet, Node]:
    said, level = task.said, work.tenant.level(level_id)
    card = work.cards.get(said["organisation"] or "")
    card = card or (parent.organisation if parent else None)
    values = {n: v for n, v in work.resolved(level_id, {**said["first"], **said["follows"]}).items() if v is not None}
    made_at = work.at + timedelta(microseconds=task.rank)  # lists by age keep the order of the file
    sheet = Sheet(
        id=uuid7(), level=level_id, parent_id=parent.id if parent else None, created_at=made_at, changed_at=work.at,
        scope_id=parent.id if parent and level.code.restart == "parent" else None, code=code, title="", version=1,
        organisation_id=card.id if card else None, config_version=work.tenant.version, data=values, raw={},
        programme=said["programme"] or (parent.programme if parent else None), field_versions={},
    )  # fmt: skip
    states = {axis_id: axis.initial or "" for axis_id, axis in stored_axes(work.tenant, level_id).items()}
    node = Node(
        sheet.id, level_id, code, None, "", sheet.programme, card, dict(values), states=states,
        since=dict.fromkeys(states, work.at), parent=parent, created_at=made_at, directory=directory,
    )  # fmt: skip
    if parent is not None:
        parent.children = [node]
    write_first_values(view_of(work, node), sheet)
    return sheet, node


def _write_around(work: Work, level_id: str, made: list[tuple[ImportTask, Sheet]]) -> None:
    """The states of new sheets, what the source said of them, their first entry in the journal."""
    if not made:
        return
    axes = stored_axes(work.tenant, level_id)
    states = [
        {"sheet_id": sheet.id, "axis": axis_id, "state": axis.initial or "", "since": work.at}
        for _, sheet in made
        for axis_id, axis in axes.items()
    ]
    if states:
        work.session.execute(insert(SheetState), states)
    work.session.execute(insert(ImportedRow), [row_of(work, task, sheet.id) for task, sheet in made])
    work.session.add_all(
        entry_of(
            at=work.at, actor=work.actor, sheet_id=sheet.id, kind="sheet.created", after=dict(sheet.data),
            reason=work.run.file_name, config_version=work.tenant.version,
        )
        for _, sheet in made
    )  # fmt: skip
    work.session.flush()


def row_of(work: Work, task: ImportTask, sheet_id: uuid.UUID) -> dict[str, Any]:
    """What is kept of a sheet beside it."""
    return {
        "import_id": work.run.import_id, "level": task.level, "key": task.said["key"], "sheet_id": sheet_id,
        "values": kept(task.said), "run_id": work.run.id,
    }  # fmt: skip


def _tell_parents(work: Work, level_id: str, made: list[Sheet]) -> None:
    """What is above and reads these sheets is brought up to date, once for each parent."""
    if not set(readers(work.tenant, level_id, None)) & set(work.tenant.ancestors(level_id)):
        return
    one_each = {sheet.parent_id: sheet for sheet in made}
    nodes = load_nodes_by_ids(work.session, [sheet.id for sheet in one_each.values()], below=False)
    for sheet in one_each.values():
        view = View(work.tenant, nodes[sheet.id], work.today, lookups=work.lookups)
        follow(work.session, view, sheet, None, actor=work.actor, at=work.at)
