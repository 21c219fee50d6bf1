"""Contacts of the directory as a file describes them: found by their number, followed, no longer offered once gone."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.directory.actions import Writing, offer_again, stop_offering, write_entry
from portal.domain.directory.nouns import values_of
from portal.domain.fields import Context
from portal.domain.imports.beside import CONTACT
from portal.domain.imports.cells import Cells
from portal.domain.imports.entries import SaidContact
from portal.domain.imports.known import contacts_of, organisations_of
from portal.domain.imports.lines import Reader
from portal.domain.imports.models import ImportRun, ImportTask
from portal.domain.imports.planning import Planner
from portal.domain.imports.reading import read
from portal.domain.imports.work import Work
from portal.domain.moves.perform import local_day
from portal.domain.organisations.models import Contact, Organisation
from portal.tenancy.schema import Import
from portal.tenancy.tenant import Tenant

Named = Mapping[tuple[str, str], SaidContact]
APPLIED = ("done", "failed")


def named_before(session: Session, tenant: Tenant, definition: Import, run: ImportRun) -> Named:
    """The contacts that the last file applied named, read in it again: files are kept whole."""
    if not definition.contacts:
        return {}
    query = select(ImportRun).where(
        ImportRun.import_id == run.import_id, ImportRun.state.in_(APPLIED), ImportRun.accepted_at.is_not(None)
    )
    last = session.scalar(query.order_by(ImportRun.at.desc(), ImportRun.id.desc()).limit(1))
    if last is None:
        return {}
    table = read(last.content, last.form, definition)
    if table.faults.count or not table.at:
        return {}  # the region has changed what it reads since
    cells = Cells(table, Context(local_day(tenant, last.at), tenant.slug, trusted=True))
    return Reader(tenant, definition, table, cells).read(_silent).contacts


def _silent(done: int, total: int) -> None:
    """Nobody watches."""


def plan_contacts(planner: Planner, before: Named) -> None:
    """Add to a plan the contacts of its file, and those that the file before named and this one does not."""
    said, plan = planner.said.contacts, planner.plan
    organisations = organisations_of(planner.session, {siret for siret, _ in (*said, *before)})
    known = contacts_of(planner.session, list(organisations.values()))

    def held(siret: str, code: str) -> Contact | None:
        return known.get((organisations[siret], code)) if siret in organisations else None

    for key, one in said.items():
        contact = held(*key)
        if contact is not None and not _differs(contact, one, back=key not in before):
            plan.contacts["unchanged"] += 1
            continue
        plan.contacts["create" if contact is None else "update"] += 1
        plan.owe("contact", {**_as_task(one), "back": key not in before}, line=one.line)
    there = [key for key in before if (contact := held(*key)) is not None and contact.offered]
    gone = [key for key in there if key not in said]
    planner.bound("contacts de l'annuaire", len(gone), len(there))
    plan.contacts["withdraw"] += len(gone)
    for key in gone:
        plan.owe("gone", _as_task(before[key]))


def _differs(contact: Contact, said: SaidContact, *, back: bool) -> bool:
    changed = any((getattr(contact, name) or None) != value for name, value in said.values.items())
    return changed or not set(said.duties) <= set(contact.duties) or (back and not contact.offered)


def _as_task(said: SaidContact) -> dict[str, Any]:
    return {"siret": said.siret, "code": said.code, "values": dict(said.values), "duties": list(said.duties)}


def write_contacts(work: Work, tasks: list[ImportTask]) -> None:
    """Enter the contacts that are new, follow the source for the others; duties given by people stay."""
    for task, writing, contact in _entries(work, tasks):
        kept = values_of(CONTACT, work.tenant, contact) if contact is not None else {"code": task.said["code"]}
        duties = list(dict.fromkeys([*(kept.get("duties") or []), *task.said["duties"]]))
        entry = write_entry(work.session, CONTACT, {**kept, **task.said["values"], "duties": duties}, writing, contact)
        if contact is not None and task.said["back"]:
            offer_again(work.session, CONTACT, entry, writing)


def withdraw_contacts(work: Work, tasks: list[ImportTask]) -> None:
    """Take back the duties that a file gave to those it names no more; without any left, they are not offered."""
    for task, writing, contact in _entries(work, tasks):
        if contact is None:
            continue
        kept = values_of(CONTACT, work.tenant, contact)
        left = [duty for duty in kept.get("duties") or [] if duty not in task.said["duties"]]
        if left:
            write_entry(work.session, CONTACT, {**kept, "duties": left}, writing, contact)
        else:
            stop_offering(work.session, CONTACT, contact, writing)


def _entries(work: Work, tasks: list[ImportTask]) -> list[tuple[ImportTask, Writing, Contact | None]]:
    """Each task with the organisation it writes for, and the contact that is there."""
    query = select(Organisation).where(Organisation.siret.in_({task.said["siret"] for task in tasks}))
    holders = {organisation.siret: organisation for organisation in work.session.scalars(query)}
    known = contacts_of(work.session, _ids(holders))
    found = []
    for task in tasks:
        holder = holders.get(task.said["siret"])
        if holder is not None:
            writing = Writing(work.tenant, holder, work.actor, work.at, work.today)
            found.append((task, writing, known.get((holder.id, task.said["code"]))))
    return found


def _ids(holders: Mapping[str, Organisation]) -> list[uuid.UUID]:
    return [organisation.id for organisation in holders.values()]
