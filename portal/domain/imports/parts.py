"""Parts held on the sheets of a file: they are given at once, and whoever is new to the portal is written to."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.imports.known import among
from portal.domain.imports.models import ImportTask
from portal.domain.imports.work import Work
from portal.domain.journal.actions import entry_of
from portal.domain.mails.letters import write_letter
from portal.domain.organisations.actions import create_user
from portal.domain.organisations.models import Membership, User
from portal.domain.sheets.queries import sheets_by_ids
from portal.ids import uuid7
from portal.tenancy.tenant import Tenant

GIVEN = "member.given"
SUBJECT = "{region} : votre accès"
LETTER = """Bonjour {name},

{region} vous a ouvert un accès sur Guichet, avec le rôle « {role} ».

Pour choisir votre mot de passe, indiquez votre adresse électronique sur cette page :

/mot-de-passe

Un lien vous est alors envoyé. Si vous n’attendiez pas ce message, ne faites rien."""


def give_parts(work: Work, tasks: list[ImportTask]) -> None:
    """Give the parts of these tasks, on sheets of one level; those already held stay as they are."""
    rows = work.rows(tasks[0].level or "", {task.said["key"] for task in tasks})
    sheets = sheets_by_ids(work.session, {row.sheet_id for row in rows.values()})
    users = _users(work.session, {task.said["mail"] for task in tasks})
    held = _held(work.session, list(sheets))
    for task in tasks:
        said, row = task.said, rows.get(task.said["key"])
        sheet = sheets.get(row.sheet_id) if row is not None else None
        if sheet is None or sheet.deleted_at is not None:
            continue
        user = users.get(said["mail"])
        if user is None:
            user = users[said["mail"]] = create_user(work.session, email=said["mail"], name=said["name"])
            _write_to(work.session, work.tenant, user, said["role"], work.at)
        if (user.id, said["role"], sheet.id) in held:
            continue
        held.add((user.id, said["role"], sheet.id))
        told: dict[str, Any] = {"name": user.name, "role": said["role"], "sheet": sheet.title or sheet.code}
        work.session.add(Membership(id=uuid7(), user_id=user.id, role=said["role"], sheet_id=sheet.id))
        work.session.add(entry_of(at=work.at, actor=work.actor, sheet_id=None, kind=GIVEN, after=told))
    work.session.flush()


def _users(session: Session, mails: set[str]) -> dict[str, User]:
    return {user.email: user for user in session.scalars(select(User).where(among(User.email, mails)))}


def _held(session: Session, sheets: list[uuid.UUID]) -> set[tuple[uuid.UUID, str, uuid.UUID]]:
    query = select(Membership.user_id, Membership.role, Membership.sheet_id)
    rows = session.execute(query.where(Membership.sheet_id.in_(sheets)))
    return {(user_id, role, sheet_id) for user_id, role, sheet_id in rows if sheet_id is not None}


def _write_to(session: Session, tenant: Tenant, user: User, role: str, at: datetime) -> None:
    """Tell somebody that an account waits for them: it opens with the password they choose."""
    held = tenant.role(role)
    body = LETTER.format(name=user.name, region=tenant.name, role=held.label if held else role)
    subject = SUBJECT.format(region=tenant.name)
    write_letter(session, kind="access", recipient=user.email, subject=subject, body=body, cause=str(user.id), at=at)
