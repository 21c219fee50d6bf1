"""Creating as people do it: the sheet is made, and the unit it joins is open again."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.entry.creating import create_sheet, duplicate_sheet
from portal.domain.moves.perform import reopen
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.tenancy.tenant import Tenant


def create(
    session: Session,
    tenant: Tenant,
    *,
    level: str,
    parent: Sheet | None,
    actor: Actor,
    at: datetime,
    today: date,
    **options: Any,
) -> Sheet:
    """Create a sheet, and let follow what the region declared for a change of its unit (`on: changed`): what was
    approved stays public. `options` are those of `create_sheet`. Flushes; raises CreationRefused.
    """
    made = create_sheet(session, tenant, level=level, parent=parent, actor=actor, at=at, today=today, **options)
    reopen(session, tenant, made, None, actor=actor, at=at)
    return made


def duplicate(
    session: Session, tenant: Tenant, source: Sheet, *, actor: Actor, at: datetime, today: date, **options: Any
) -> Sheet:
    """The same for a copy of a sheet beside it. `options` are those of `duplicate_sheet`."""
    made = duplicate_sheet(session, tenant, source, actor=actor, at=at, today=today, **options)
    reopen(session, tenant, made, None, actor=actor, at=at)
    return made
