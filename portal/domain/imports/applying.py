"""Applying an accepted file, some tasks at a time: each kind of task has its function, parents come before children."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal.domain.accounts.errors import InvitationRefusedError
from portal.domain.accounts.invitations import invite
from portal.domain.imports.changing import change_sheets
from portal.domain.imports.contacts import withdraw_contacts, write_contacts
from portal.domain.imports.entries import SEPARATOR
from portal.domain.imports.known import organisations_of, parts_held, sites_of
from portal.domain.imports.linking import make_links, undo_links
from portal.domain.imports.making import make_sheets
from portal.domain.imports.models import ImportedRow, ImportRun, ImportTask
from portal.domain.imports.parts import give_parts
from portal.domain.imports.table import bare
from portal.domain.imports.work import Work
from portal.domain.moves.perform import local_day
from portal.domain.organisations.models import Organisation, Site
from portal.tenancy.tenant import Tenant


def apply_some(session: Session, tenant: Tenant, run: ImportRun, *, at: datetime, most: int) -> bool:
    """Do the next tasks of a run, at most so many; True while some remain. Flushes; the caller commits.

    The tasks done are deleted with what they did: a worker killed in the middle has done nothing of this chunk.
    """
    query = select(ImportTask).where(ImportTask.run_id == run.id).order_by(ImportTask.rank).limit(most)
    tasks = list(session.scalars(query))
    first = [task for task in tasks if (task.kind, task.level) == (tasks[0].kind, tasks[0].level)]
    if first:
        work = Work(session, tenant, run, tenant.imports.imports[run.import_id], local_day(tenant, at), at)
        TASKS[first[0].kind](work, first)
        session.execute(delete(ImportTask).where(ImportTask.id.in_([task.id for task in first])))
        run.done += len(first)
        if session.scalar(select(ImportTask.id).where(ImportTask.run_id == run.id).limit(1)) is not None:
            return True
    _seen(session, tenant, run)
    return False


def _seen(session: Session, tenant: Tenant, run: ImportRun) -> None:
    """Everything that did not vanish was in this file."""
    own = update(ImportedRow).where(ImportedRow.import_id == run.import_id, ImportedRow.vanished_at.is_(None))
    definition = tenant.imports.imports.get(run.import_id)
    if definition is not None and definition.series is not None:
        own = own.where(func.split_part(ImportedRow.key, SEPARATOR, 1).in_(run.report.get("series", [])))
    session.execute(own.values(run_id=run.id), execution_options={"synchronize_session": False})


def _organisations(work: Work, tasks: list[ImportTask]) -> None:
    """Enter the organisations that are new, and the sites that known ones have not."""
    session = work.session
    known = organisations_of(session, [task.said["siret"] for task in tasks])
    new = {
        siret: Organisation(siret=siret, name=task.said["name"], code=task.said["code"])
        for task in tasks
        if (siret := task.said["siret"]) not in known
    }
    session.add_all(new.values())
    session.flush()
    ids = known | {siret: organisation.id for siret, organisation in new.items()}
    held = sites_of(session, list(known.values()))
    for task in tasks:
        owner = ids[task.said["siret"]]
        named = {bare(site.name) for site in held.get(owner, [])}
        session.add_all(
            Site(organisation_id=owner, name=site["name"], code=site["code"], address=site["address"])
            for site in task.said["sites"]
            if bare(site["name"]) not in named
        )
    session.flush()


def _sheets(work: Work, tasks: list[ImportTask]) -> None:
    """Make or change sheets: what was planned as new may have come meanwhile."""
    rows = work.rows(tasks[0].level or "", {task.said["key"] for task in tasks})
    work.read_organisations(tasks)
    known = [task for task in tasks if task.said["key"] in rows or task.said["sheet_id"]]
    new = [task for task in tasks if task.said["key"] not in rows and not task.said["sheet_id"]]
    if new:
        make_sheets(work, new)
    if known:
        change_sheets(work, known, rows)


def _people(work: Work, tasks: list[ImportTask]) -> None:
    """Invite those who have no part yet in the organisation of their line."""
    ids = organisations_of(work.session, {task.said["siret"] for task in tasks})
    query = select(Organisation).where(Organisation.id.in_(ids.values()))
    holders = {organisation.siret: organisation for organisation in work.session.scalars(query)}
    held = parts_held(work.session, {task.said["role"] for task in tasks})
    for task in tasks:
        said, holder = task.said, holders.get(task.said["siret"])
        if holder is None or (said["mail"], said["role"], holder.id) in held:
            continue
        try:
            invite(
                work.session, work.tenant, work.actor, email=said["mail"], name=said["name"], role=said["role"],
                organisation=holder, at=work.at,
            )  # fmt: skip
        except InvitationRefusedError:
            continue  # somebody let them in meanwhile


def _vanished(work: Work, tasks: list[ImportTask]) -> None:
    """Flag the sheets that the file does not name any more; nothing of them is touched."""
    _flag(work, tasks, work.at)


def _back(work: Work, tasks: list[ImportTask]) -> None:
    """Take the flag away from those it names again."""
    _flag(work, tasks, None)


def _flag(work: Work, tasks: list[ImportTask], at: datetime | None) -> None:
    ids = [uuid.UUID(one) for task in tasks for one in task.said["rows"]]
    marked = update(ImportedRow).where(ImportedRow.id.in_(ids)).values(vanished_at=at)
    work.session.execute(marked, execution_options={"synchronize_session": False})


TASKS: Mapping[str, Callable[[Work, list[ImportTask]], None]] = {
    "organisation": _organisations,
    "sheet": _sheets,
    "person": _people,
    "part": give_parts,
    "link": make_links,
    "unlink": undo_links,
    "contact": write_contacts,
    "gone": withdraw_contacts,
    "vanished": _vanished,
    "back": _back,
}
