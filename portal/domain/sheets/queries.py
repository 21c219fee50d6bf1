"""Reading sheets: by id for whom may see them, by level for lists."""

import uuid
from collections.abc import Iterable
from typing import Any, Literal

from sqlalchemy import Select, or_, select, union
from sqlalchemy.orm import Session

from portal.domain.people import Actor
from portal.domain.sheets.errors import SheetNotFound
from portal.domain.sheets.models import Sheet, SheetLink, SheetState

Reach = Literal["read", "work"]


def visible_sheets(actor: Actor, to: Reach = "work") -> Select[Sheet]:
    """The sheets on which somebody may work in the region: their organisations', and those they hold a role on with all
    that is below, for an OF; all for those who decide.

    `to="read"` adds what one needs to find one's way to a sheet held by itself: those above it, and those that a link
    ties to it, with those above these.
    """
    query = select(Sheet).where(Sheet.deleted_at.is_(None))
    if actor.side == "org":
        mine = Sheet.organisation_id.in_(actor.organisations)
        held = _held(actor) if to == "work" else _around(actor)
        query = query.where(or_(mine, Sheet.id.in_(held)) if actor.parts else mine)
    return query


# The recursive queries below are anonymous: two of one name cannot stand in the same UNION.


def _held(actor: Actor) -> Select[uuid.UUID]:
    """The sheets on which a role was given sheet by sheet, and everything below them."""
    held = select(Sheet.id).where(Sheet.id.in_(actor.parts)).cte(recursive=True)
    held = held.union(select(Sheet.id).join(held, Sheet.parent_id == held.c.id))
    return select(held.c.id)


def _around(actor: Actor) -> Any:
    """The same, with what is above them or tied to them by a link."""
    tied = union(
        select(SheetLink.from_id.label("id")).where(SheetLink.to_id.in_(_held(actor))),
        select(SheetLink.to_id).where(SheetLink.from_id.in_(_held(actor))),
    ).subquery()
    start = or_(Sheet.id.in_(actor.parts), Sheet.id.in_(select(tied.c.id)))
    up = select(Sheet.id, Sheet.parent_id).where(start).cte(recursive=True)
    up = up.union(select(Sheet.id, Sheet.parent_id).join(up, Sheet.id == up.c.parent_id))
    return union(_held(actor), select(up.c.id))


def readable_among(session: Session, actor: Actor, ids: Iterable[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Which of some sheets this person may read. One query, none for those who read everything."""
    wanted = list(ids)
    if actor.side != "org" or not wanted:
        return frozenset(wanted)
    query = visible_sheets(actor, "read").with_only_columns(Sheet.id).where(Sheet.id.in_(wanted))
    return frozenset(session.scalars(query))


def sheet_for(session: Session, actor: Actor, sheet_id: uuid.UUID, to: Reach = "work") -> Sheet:
    """A sheet somebody may see. Raises SheetNotFound otherwise, without saying whether it exists."""
    sheet = session.scalar(visible_sheets(actor, to).where(Sheet.id == sheet_id))
    if sheet is None:
        raise SheetNotFound
    return sheet


def locked_sheet(session: Session, sheet_id: uuid.UUID) -> Sheet:
    """A sheet, its row locked against concurrent saves and moves until the end of the transaction. Raises
    SheetNotFound.
    """
    query = select(Sheet).where(Sheet.id == sheet_id, Sheet.deleted_at.is_(None)).with_for_update()
    sheet = session.scalar(query.execution_options(populate_existing=True))
    if sheet is None:
        raise SheetNotFound
    return sheet


def sheets_by_ids(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Sheet]:
    """Some sheets, by id."""
    return {s.id: s for s in session.scalars(select(Sheet).where(Sheet.id.in_(list(ids))))}


def sheets_in_states(actor: Actor, level: str, states: dict[str, list[str]]) -> Select[Sheet]:
    """The visible sheets of a level that stand in the given states, axis by axis."""
    query = visible_sheets(actor).where(Sheet.level == level)
    for axis, wanted in states.items():
        stands = select(SheetState.sheet_id).where(SheetState.axis == axis, SheetState.state.in_(wanted))
        query = query.where(Sheet.id.in_(stands))
    return query


def children_of(session: Session, sheet: Sheet, level: str | None = None) -> list[Sheet]:
    """The sheets directly below, in order of creation."""
    query = select(Sheet).where(Sheet.parent_id == sheet.id, Sheet.deleted_at.is_(None))
    if level is not None:
        query = query.where(Sheet.level == level)
    return list(session.scalars(query.order_by(Sheet.created_at, Sheet.id)))


def has_below(session: Session, sheet_id: uuid.UUID) -> bool:
    """Whether a sheet holds others."""
    below = select(Sheet.id).where(Sheet.parent_id == sheet_id, Sheet.deleted_at.is_(None))
    return bool(session.scalar(select(below.exists())))
