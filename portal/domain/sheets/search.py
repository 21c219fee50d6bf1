"""Finding sheets by the words of their code, title, reference and organisation, however these are accented."""

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, literal, select
from sqlalchemy.orm import Session

from portal.domain.organisations.models import Organisation
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet, SheetState
from portal.domain.sheets.queries import visible_sheets

MOST_WORDS = 8  # what follows narrows nothing that people would notice


@dataclass(frozen=True)
class Found:
    """One sheet of a list: what a row shows of it, without opening it."""

    id: uuid.UUID
    level: str
    code: str
    title: str
    organisation: str | None
    programme: str | None
    states: dict[str, str]
    parent_id: uuid.UUID | None


def holds_words(text: str) -> ColumnElement[bool]:
    """Every word is somewhere in the sheet's code, title, reference, or in its organisation's name or SIRET.

    The query it goes into joins Organisation.
    """
    named = func.concat_ws(
        " ", Sheet.code, Sheet.title, Sheet.reference, Organisation.name, Organisation.siret, Organisation.code
    )
    said = func.unaccent(func.lower(named))
    wanted = text.replace("\x00", "").lower().split()[:MOST_WORDS]
    return and_(True, *(said.contains(func.unaccent(_literal(word)), autoescape=False) for word in wanted))


def _literal(word: str) -> str:
    """A word that LIKE takes letter by letter."""
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def find_sheets(
    session: Session, actor: Actor, text: str, *, level: str | None = None, limit: int = 20, offset: int = 0
) -> tuple[list[Found], int]:
    """A page of the visible sheets that hold these words, and how many there are in all. Three queries."""
    query = _searched(actor, text, level)
    total = session.scalar(query.with_only_columns(func.count(Sheet.id)).order_by(None)) or 0
    columns = (Sheet.id, Sheet.level, Sheet.code, Sheet.title, Sheet.programme, Sheet.parent_id)
    page = query.with_only_columns(*columns, Organisation.name.label("organisation"))
    rows = session.execute(page.order_by(Sheet.title, Sheet.id).limit(limit).offset(offset)).all()
    states = states_of(session, [row.id for row in rows])
    return [Found(states=states.get(row.id, {}), **row._mapping) for row in rows], total


def _searched(actor: Actor, text: str, level: str | None) -> Select[Sheet]:
    query = visible_sheets(actor, "read").outerjoin(Organisation, Organisation.id == Sheet.organisation_id)
    query = query.where(holds_words(text))
    return query.where(Sheet.level == level) if level is not None else query


def states_of(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    """The states of some sheets, by axis. One query."""
    rows = select(SheetState.sheet_id, SheetState.axis, SheetState.state).where(SheetState.sheet_id.in_(ids))
    found: dict[uuid.UUID, dict[str, str]] = {}
    for row in session.execute(rows):
        found.setdefault(row.sheet_id, {})[row.axis] = row.state
    return found


@dataclass(frozen=True)
class Above:
    """A sheet above another, as a list names it."""

    id: uuid.UUID
    level: str
    title: str


def lineages(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Above]]:
    """The sheets above some others, nearest first. One query, whatever their number."""
    first = select(Sheet.id.label("of"), Sheet.parent_id.label("above"), literal(1).label("rank"))
    up = first.where(Sheet.id.in_(ids)).cte("up", recursive=True)
    up = up.union_all(select(up.c.of, Sheet.parent_id, up.c.rank + 1).join(Sheet, Sheet.id == up.c.above))
    found_above = select(up.c.of, Sheet.id, Sheet.level, Sheet.title).join(Sheet, Sheet.id == up.c.above)
    rows = session.execute(found_above.order_by(up.c.rank))
    found: dict[uuid.UUID, list[Above]] = {}
    for row in rows:
        found.setdefault(row.of, []).append(Above(row.id, row.level, row.title))
    return found
