"""Reading sheets: by id for whom may see them, by level for lists."""

import uuid
from collections.abc import Iterable

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from portal.domain.people import Actor
from portal.domain.sheets.errors import SheetNotFound
from portal.domain.sheets.models import Sheet, SheetState


def visible_sheets(actor: Actor) -> Select[Sheet]:
    """The sheets somebody may see in the region: their organisations' and their own for an OF, all for those who
    decide.
    """
    query = select(Sheet).where(Sheet.deleted_at.is_(None))
    if actor.side == "org":
        mine = Sheet.organisation_id.in_(actor.organisations)
        query = query.where(or_(mine, Sheet.id.in_(actor.sheets)) if actor.sheets else mine)
    return query


def sheet_for(session: Session, actor: Actor, sheet_id: uuid.UUID) -> Sheet:
    """A sheet somebody may see. Raises SheetNotFound otherwise, without saying whether it exists."""
    sheet = session.scalar(visible_sheets(actor).where(Sheet.id == sheet_id))
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
