"""Taking back a part that somebody plays. Callers commit."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.accounts.errors import LastManagerError, UnknownPartError
from portal.domain.accounts.held import titles_of
from portal.domain.accounts.managers import managers_of
from portal.domain.journal.actions import append
from portal.domain.organisations.models import Membership
from portal.domain.people import Actor
from portal.tenancy.tenant import Tenant


def remove_part(session: Session, tenant: Tenant, actor: Actor, part_id: uuid.UUID, *, at: datetime) -> Membership:
    """Take a part away; its person loses it at their next page, and keeps their account and their other parts.

    Raises UnknownPartError, and LastManagerError for the last part that may let people in, whoever asks.
    """
    part = session.get(Membership, part_id)
    if part is None or part.tenant != tenant.slug:
        raise UnknownPartError
    # Locked: two administrators who remove each other at the same moment come here one after the other.
    managers = managers_of(session, tenant, lock=True)
    if [one.id for one in managers] == [part.id]:
        raise LastManagerError
    said = {"name": part.user.name, "role": part.role, "organisation": part.organisation_name}
    if part.sheet_id is not None:
        said["sheet"] = titles_of(session, [part.sheet_id]).get(part.sheet_id, "")
    append(session, at=at, actor=actor, sheet_id=None, kind="member.removed", before=said)
    session.delete(part)
    session.flush()
    return part
