"""Checking a file whole: reading, what its lines say, what it would do, its faults; and the file itself, annotated."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.domain.fields import Context
from portal.domain.imports.annotating import annotated
from portal.domain.imports.cells import Cells
from portal.domain.imports.contacts import named_before, plan_contacts
from portal.domain.imports.entries import Said
from portal.domain.imports.known import batches, titles_of
from portal.domain.imports.lines import Reader
from portal.domain.imports.linking import plan_links
from portal.domain.imports.models import ImportRun, ImportTask
from portal.domain.imports.plan import Plan
from portal.domain.imports.planning import Planner
from portal.domain.imports.reading import read
from portal.domain.imports.remarks import SHOWN
from portal.domain.imports.table import Table
from portal.domain.moves.perform import local_day
from portal.tenancy.tenant import Tenant

WRITTEN = 2_000  # tasks in one statement


@dataclass
class Checked:
    """What came out of a check."""

    report: dict[str, Any]
    tasks: list[dict[str, Any]]
    annotated: bytes | None

    def write(self, session: Session, run: ImportRun) -> None:
        """Write it on a run. Nothing is owed by a file that is refused."""
        run.report, run.annotated = self.report, self.annotated
        run.done, run.total = 0, len(self.tasks)
        for some in batches(self.tasks, WRITTEN):
            session.execute(insert(ImportTask), [{"run_id": run.id, **task} for task in some])


def check_file(session: Session, tenant: Tenant, run: ImportRun, beat: Callable[[int, int], None]) -> Checked:
    """Check the file of a run against its declaration and against what the region knows. Writes nothing."""
    definition = tenant.imports.imports[run.import_id]
    import_id, form, content, day = run.import_id, run.form, run.content, local_day(tenant, run.at)
    table = read(content, form, definition)
    said, plan = Said(sheets={sheet.level: {} for sheet in definition.sheets}), Plan()
    if table.at and not table.faults.count:
        cells = Cells(table, Context(day, tenant.slug, trusted=True))
        said = Reader(tenant, definition, table, cells).read(beat)
        planner = Planner(session, tenant, import_id, definition, said, table)
        plan = planner.make()
        plan_links(planner)
        plan_contacts(planner, named_before(session, tenant, definition, run))
    beat(len(table.lines), len(table.lines))
    report = _report(session, table, plan, said)
    refused = bool(table.faults.count)
    return Checked(report, [] if refused else plan.tasks, annotated(content, table) if refused else None)


def _report(session: Session, table: Table, plan: Plan, said: Said) -> dict[str, Any]:
    shown = plan.vanished[:SHOWN]
    titles: dict[uuid.UUID, str] = titles_of(session, [row.sheet_id for row in shown])
    return {
        "columns": {name: table.headings[place] for name, place in table.at.items()},
        "encoding": table.encoding,
        "worksheet": table.worksheet,
        "rows": len(table.lines),
        "create": dict(plan.create),
        "update": dict(plan.update),
        "unchanged": dict(plan.unchanged),
        "vanished": [{"level": r.level, "key": r.key, "title": titles.get(r.sheet_id, "")} for r in shown],
        "vanished_count": len(plan.vanished),
        "organisations": plan.organisations,
        "invitations": plan.invitations,
        "parts": plan.parts,
        "contacts": dict(plan.contacts),
        "links": dict(plan.links),
        "series": sorted(said.series),
        "faults": table.faults.shown(),
        "fault_count": table.faults.count,
        "warnings": table.warnings.shown(),
        "warning_count": table.warnings.count,
    }
