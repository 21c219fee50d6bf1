"""The sheets below another, for a page that lists them: each read by itself, without what is between or under them."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.desk.among import Among, views
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.view import View
from portal.tenancy.tenant import Tenant

MOST = 100
"""Lines beyond which a page does not go further down."""


def views_below(session: Session, tenant: Tenant, actor: Actor, top: View, level: str) -> list[View]:
    """The sheets of a level below one, that somebody may read, in order of creation. Four queries."""
    among = Among(session, tenant, actor, level, top.today).under(top.node.id, top.node.level)
    ids = session.scalars(among.query(Sheet.id).order_by(Sheet.id)).all()
    return list(_standing(session, tenant, level, ids, top))


def near_below(session: Session, tenant: Tenant, top: View) -> tuple[list[tuple[int, View]], int]:
    """What is below a sheet, each with its depth under it, and how many right below it are left out.

    All of it as long as it makes a page; further down, a rank that would make more is left out with those under it.
    """
    ranks, left = _ranks(session, top.node.id)
    by_level: dict[str, list[uuid.UUID]] = {}
    for row in (row for rank in ranks for row in rank):
        by_level.setdefault(row.level, []).append(row.id)
    known = {v.node.id: v for level, ids in by_level.items() for v in _standing(session, tenant, level, ids, top)}
    under: dict[uuid.UUID, list[uuid.UUID]] = {}
    for row in (row for rank in ranks for row in rank):
        under.setdefault(row.parent_id, []).append(row.id)
    return [(depth, known[one]) for depth, one in _in_order(under, top.node.id)], left


def _in_order(
    under: dict[uuid.UUID, list[uuid.UUID]], top: uuid.UUID, depth: int = 1
) -> Iterator[tuple[int, uuid.UUID]]:
    for one in under.get(top, ()):
        yield depth, one
        yield from _in_order(under, one, depth + 1)


def _ranks(session: Session, top: uuid.UUID) -> tuple[list[Sequence[Any]], int]:
    """The ranks below a sheet, highest first; and how many of the first are left out."""
    first = _rank(session, [top])
    ranks, held = [first[:MOST]], len(first)
    while held <= MOST and ranks[-1]:
        following = _rank(session, [row.id for row in ranks[-1]])
        held += len(following)
        if not following or held > MOST:
            break
        ranks.append(following)
    return ranks, max(len(first) - MOST, 0)


def _rank(session: Session, above: list[uuid.UUID]) -> Sequence[Any]:
    below = select(Sheet.id, Sheet.parent_id, Sheet.level)
    return session.execute(below.where(Sheet.parent_id.in_(above), Sheet.deleted_at.is_(None)).order_by(Sheet.id)).all()


def _standing(session: Session, tenant: Tenant, level: str, ids: Iterable[uuid.UUID], top: View) -> Iterator[View]:
    """The sheets of a level with what their states need to be worded."""
    derived = [axis.derived for axis in tenant.axes_of(level).values() if axis.derived is not None]
    return views(session, tenant, level, ids, top.today, expressions=derived, lookups=top.lookups)
