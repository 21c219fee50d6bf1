"""What time will do to a sheet by itself, in words: beside its states, until it happens."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import url_for

from portal.domain.catalogue.queries import session_page
from portal.domain.fields import french
from portal.domain.sheets.models import SheetState
from portal.tenancy.schema import Move
from portal.web.durations import until
from portal.web.org.opened import Opened

DEFAULT = "jusqu’au {due}"
LATE = "devait changer de lui-même le {due} : {why}"


def announced(opened: Opened, axis_id: str) -> str:
    """« se ferme le 13/09/2023 à 18h00 (dans 3 jours) », or why it could not; empty when time brings nothing."""
    axis, state = opened.tenant.axis(axis_id), opened.view.node.states.get(axis_id)
    if not any(move.timed and (not move.sources or state in move.sources) for move in axis.moves.values()):
        return ""
    row = next((s for s in opened.sheet.states if s.axis == axis_id), None)
    if row is None or row.due_at is None or row.due_move not in axis.moves:
        return ""
    return _words(opened, row, row.due_at, axis.moves[row.due_move])


def _words(opened: Opened, row: SheetState, due_at: datetime, move: Move) -> str:
    due = due_at.astimezone(ZoneInfo(opened.tenant.who.time_zone))
    if row.due_problem:
        return LATE.format(due=_moment(opened, due, move), why=row.due_problem)
    words = (move.announce or DEFAULT).replace("{due}", _moment(opened, due, move))
    return f"{words} ({until(_day(opened, due, move), opened.view.today)})"


def _moment(opened: Opened, due: datetime, move: Move) -> str:
    day = french.day(_day(opened, due, move))
    return f"{day} au soir" if _at_end_of_day(opened, due, move) else f"{day} à {french.hour(due.time())}"


def _day(opened: Opened, due: datetime, move: Move) -> date:
    return (due - timedelta(days=1) if _at_end_of_day(opened, due, move) else due).date()


def _at_end_of_day(opened: Opened, due: datetime, move: Move) -> bool:
    """Whether a moment is the midnight that ends a day counted in days, not an hour that somebody chose."""
    if due.hour or due.minute:
        return False
    asked = {f.id: f for m in opened.tenant.workflow.axes.values() for one in m.moves.values() for f in one.asks}
    field = opened.tenant.field(opened.sheet.level, move.at) or asked.get(move.at) if move.at else None
    return field is None or field.kind == "date"


def public_page(opened: Opened) -> str | None:
    """The address of the public page of a session, once there is one and until it is withdrawn."""
    if opened.tenant.public is None or not opened.level.session or not opened.sheet.reference:
        return None
    row = session_page(opened.session, opened.tenant, opened.sheet.reference)
    if row is None or row.status == "withdrawn":
        return None
    return url_for("public.session_page", tenant=opened.tenant.slug, reference=row.reference)
