"""The same change found across submissions that wait."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from portal.domain.batches.signature import signature_of
from portal.domain.organisations.models import Organisation
from portal.domain.people import Actor
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.changed import is_given
from portal.domain.sheets.compare import Difference, compare
from portal.domain.sheets.models import Decision, Revision, Sheet
from portal.domain.sheets.narrowing import Wanted
from portal.domain.sheets.nodes import Snapshot, unit_of
from portal.domain.sheets.queue import Basket, queue_order
from portal.domain.sheets.view import View
from portal.tenancy.schema import Move
from portal.tenancy.tenant import Tenant

MOST = 1000  # submissions among which the same change is looked for


@dataclass(frozen=True)
class Item:
    """One submission of a group: the version that waits, beside the one in force."""

    sheet_id: uuid.UUID
    revision_id: uuid.UUID
    title: str
    organisation: str
    before: Snapshot
    after: Snapshot


@dataclass(frozen=True)
class Group:
    """The submissions that make the same change."""

    signature: str
    items: list[Item]


@dataclass(frozen=True)
class Told:
    """One line of a change, in French words."""

    label: str
    old: str
    new: str


def groups_waiting(session: Session, tenant: Tenant, actor: Actor, basket: Basket, *, today: date) -> list[Group]:
    """The groups of one tab of the queue, the largest first; a submission alone of its kind makes a group too. The same
    number of queries whatever waits.
    """
    ids = queue_order(session, tenant, actor, basket, Wanted(), today=today)[:MOST]
    found: dict[str, list[Item]] = {}
    for item in _items(session, ids):
        signature = signature_of(tenant, item.before, item.after)
        if signature is not None:
            found.setdefault(signature, []).append(item)
    groups = [Group(signature, items) for signature, items in found.items()]
    return sorted(groups, key=lambda group: -len(group.items))


def _items(session: Session, ids: list[uuid.UUID]) -> list[Item]:
    """Some units with the version that waits and the one in force; those never approved are left out. One query."""
    pending, approved = aliased(Revision), aliased(Revision)
    decided = select(Decision.id).where(Decision.revision_id == pending.id).exists()
    waits = and_(pending.unit_id == Sheet.id, pending.kind == "submitted", ~decided)
    query = (
        select(Sheet.id, Sheet.title, Sheet.code, Organisation.name, pending.id, approved.snapshot, pending.snapshot)
        .select_from(Sheet)
        .join(pending, waits)
        .join(approved, approved.id == Sheet.approved_revision_id)
        .outerjoin(Organisation, Organisation.id == Sheet.organisation_id)
        .where(Sheet.id.in_(ids))
        .order_by(pending.number)
    )
    latest = {
        row[0]: Item(row[0], row[4], row[1] or row[2], row[3] or "", row[5], row[6]) for row in session.execute(query)
    }
    return [latest[i] for i in ids if i in latest]


def told(tenant: Tenant, item: Item, today: date) -> list[Told]:
    """What the change is, in words, as one of its submissions says it."""
    old, new = (View(tenant, unit_of(one), today, lookups=ReferenceLookups()) for one in (item.before, item.after))
    return [line for one in compare(old, new) for line in _lines(tenant, one, item.sheet_id)]


def _lines(tenant: Tenant, one: Difference, unit_id: uuid.UUID) -> list[Told]:
    definition = tenant.field(one.level, one.field) if one.field else None
    if definition is not None and not is_given(definition):
        return []
    above = "" if one.sheet_id == unit_id else f"{tenant.level(one.level).label} › "
    return [Told(f"{above}{one.label}", one.old_shown, one.new_shown)]


def batch_moves(tenant: Tenant, basket: Basket, roles: frozenset[str]) -> list[tuple[str, Move]]:
    """The moves that these roles may do to many sheets of a tab at once: (id, move)."""
    return [
        (move_id, move)
        for move_id, move in tenant.axis(basket.axis).moves.items()
        if move.batch and not move.asks and not move.automatic
        and any(state in move.sources and roles & set(move.roles_from(state)) for state in basket.states[basket.axis])
    ]  # fmt: skip
