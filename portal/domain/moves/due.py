"""Moves that time performs: when each is due. Days end at midnight in the region; hours are counted as they pass."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.domain.reference.queries import working_days_after
from portal.domain.sheets.models import SheetState
from portal.domain.sheets.view import View
from portal.tenancy.schema import Delay, Move
from portal.tenancy.tenant import Tenant

Due = tuple[datetime | None, str | None]


def due_time(tenant: Tenant, view: View, axis_id: str, row: SheetState, asked: Mapping[str, Any]) -> Due:
    """When the next timed move leaves the state a sheet stands in, and which; (None, None) when none does."""
    found = []
    for move_id, move in tenant.axis(axis_id).moves.items():
        leaves = move.timed and (not move.sources or row.state in move.sources)
        if leaves and (moment := _moment(tenant, view, move, row, asked)) is not None:
            found.append((moment, move_id))
    return min(found) if found else (None, None)


def _moment(tenant: Tenant, view: View, move: Move, row: SheetState, asked: Mapping[str, Any]) -> datetime | None:
    zone = ZoneInfo(tenant.who.time_zone)
    if move.at is not None:
        value = asked.get(move.at, view.stored(move.at))
        return _instant(value, zone)
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
