"""Moves that time performs: when each is due, and which one. Days end at midnight in the region; hours are counted as
they pass.

Several may leave one state: the first whose guard holds is the one announced. A guard is read when the state is
entered, each time the sheet is saved or moved on any axis, and again when the moment comes.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.domain.reference.queries import working_days_after
from portal.domain.sheets.models import Sheet, SheetState
from portal.domain.sheets.view import View
from portal.domain.workflow import blocked_by
from portal.tenancy.schema import Axis, Delay, Move
from portal.tenancy.tenant import Tenant

Due = tuple[datetime | None, str | None]


def due_time(tenant: Tenant, view: View, axis_id: str, row: SheetState, asked: Mapping[str, Any]) -> Due:
    """When the next timed move leaves the state a sheet stands in, and which; (None, None) when none does.

    While no guard holds, the earliest waits for its own to.
    """
    found = timed_moves(tenant, view, axis_id, row, asked)
    states = view.states
    allowed = [one for one in found if not blocked_by(tenant, tenant.axis(axis_id).moves[one[1]], states, view.holds)]
    return min(allowed or found, default=(None, None))


def timed_moves(
    tenant: Tenant, view: View, axis_id: str, row: SheetState, asked: Mapping[str, Any]
) -> list[tuple[datetime, str]]:
    """The timed moves that leave the state a sheet stands in, each with its moment, the earliest first."""
    found = []
    axis = tenant.axis(axis_id)
    for move_id in _leaving(axis, row.state):
        if (moment := _moment(tenant, view, axis_id, axis.moves[move_id], row, asked)) is not None:
            found.append((moment, move_id))
    return sorted(found)


def reschedule(
    session: Session, tenant: Tenant, view: View, sheet: Sheet, at: datetime, *, entered: str | None = None
) -> None:
    """Work out anew what time brings to a sheet that has just changed: values and states its guards read, the moment
    itself; on every axis but the one `entered`, already settled. The sheet's row is locked by the caller. What is past
    happens at once, not in the past.
    """
    axes = tenant.axes_of(sheet.level)
    waited = {a for a, axis in axes.items() if a != entered and _leaving(axis, view.node.states.get(a))}
    for row in sheet.states if waited else ():
        if row.axis not in waited:
            continue
        stored = session.get_one(SheetState, row.id, with_for_update=True, populate_existing=True)
        due_at, due_move = due_time(tenant, view, row.axis, stored, {})
        if due_at is not None and due_at < at:
            due_at = at
        if (due_at, due_move) != (stored.due_at, stored.due_move):
            stored.due_at, stored.due_move, stored.due_problem = due_at, due_move, None
    session.flush()


def _leaving(axis: Axis, state: str | None) -> list[str]:
    """The timed moves that leave a state."""
    return [m for m, move in axis.moves.items() if move.timed and (not move.sources or state in move.sources)]


def _moment(
    tenant: Tenant, view: View, axis_id: str, move: Move, row: SheetState, asked: Mapping[str, Any]
) -> datetime | None:
    zone = ZoneInfo(tenant.who.time_zone)
    if move.at is not None:
        if move.at in asked or move.at in tenant.fields(view.node.level):
            return _instant(asked.get(move.at, view.stored(move.at)), zone)
        known = tenant.axis(axis_id).moves.get(row.due_move or "")  # what was asked is kept nowhere else
        return row.due_at if known is not None and known.at == move.at else None
    if move.after is not None and move.after.of == row.state:
        return _after(tenant, move.after, row.since.astimezone(zone), zone)
    return None


def _instant(value: Any, zone: ZoneInfo) -> datetime | None:
    """A stored date (its end) or local date and time as an instant."""
    if not isinstance(value, str):
        return None
    try:
        if "T" not in value and " " not in value:
            return _midnight_after(date.fromisoformat(value), zone)
        return datetime.fromisoformat(value).replace(tzinfo=zone)
    except ValueError:
        return None


def _after(tenant: Tenant, delay: Delay, since: datetime, zone: ZoneInfo) -> datetime | None:
    if delay.hours is not None:
        return (since.astimezone(ZoneInfo("UTC")) + timedelta(hours=delay.hours)).astimezone(zone)
    if delay.working_days is not None:
        return _midnight_after(working_days_after(since.date(), delay.working_days, tenant.who.holidays), zone)
    if delay.days is not None:
        return _midnight_after(since.date() + timedelta(days=delay.days), zone)
    return None


def _midnight_after(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, zone)
