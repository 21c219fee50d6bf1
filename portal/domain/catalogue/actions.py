"""Publishing: the public's copy is rewritten in the transaction that puts a revision in force."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.catalogue.copies import Copy, Publication, copies_of
from portal.domain.catalogue.history import approved_at, in_force, units, withdrawn_at
from portal.domain.catalogue.places import Gazetteer
from portal.domain.catalogue.writing import WITHDRAWN, forget_others, withdraw_others, write
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.models import Revision, Sheet
from portal.tenancy.tenant import Tenant


def publish(session: Session, tenant: Tenant, unit: Sheet, revision: Revision, at: datetime) -> None:
    """Give the public the sessions of a unit as its revision in force has them; those that left it are withdrawn.

    An amendment of a unit that was withdrawn does not bring it back: only a move that publishes does. Flushes; the
    caller commits.
    """
    if withdrawn_at(session, tenant, unit) is not None:
        return
    decided = approved_at(session, unit.id, at)
    copies = copies_of(Publication(tenant, revision, at, decided, ReferenceLookups(), Gazetteer()))
    write(session, copies)
    withdraw_others(session, unit.id, [c.id for c in copies], at)


def withdraw(session: Session, tenant: Tenant, unit: Sheet, at: datetime, status: str = WITHDRAWN) -> None:
    """Take the sessions of a unit away from the public; their addresses go on saying so."""
    withdraw_others(session, unit.id, [], at, status)


def rebuild(session: Session, tenant: Tenant) -> int:
    """Write a region's catalogue again from its revisions; returns how many sessions it holds, withdrawn included.

    What comes out is what publishing wrote, word for word, unless the region's files changed since: then it is worded
    as they now say. Rows that no revision explains are removed.
    """
    lookups, gazetteer = ReferenceLookups(), Gazetteer()
    written: set[uuid.UUID] = set()
    for unit in units(session, tenant):
        copies: dict[uuid.UUID, Copy] = {}
        gone = withdrawn_at(session, tenant, unit)
        for past in in_force(session, unit):
            if gone is None or past.at <= gone:
                made = copies_of(Publication(tenant, past.revision, past.at, past.approved_at, lookups, gazetteer))
                _take_away(copies, {c.id for c in made}, past.at)
                copies |= {c.id: c for c in made}
        if gone is not None:
            _take_away(copies, set(), gone)
        write(session, list(copies.values()))
        written |= set(copies)
    forget_others(session, tenant.slug, written)
    return len(written)


def _take_away(copies: dict[uuid.UUID, Copy], kept: set[uuid.UUID], at: datetime) -> None:
    for sheet_id, copy in copies.items():
        if sheet_id not in kept and copy.row["status"] != WITHDRAWN:
            copy.row |= {"status": WITHDRAWN, "published_at": at}
            copy.events.clear()
