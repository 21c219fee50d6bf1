"""Delays as flows.yaml writes them: `30m`, `48h`, `3d` (days), `2wd` (working days of the region); and batches."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.domain.reference.queries.calendar import is_working_day, working_days_after
from portal.tenancy.schema import Flow
from portal.tenancy.schema.flows import Batch
from portal.tenancy.tenant import Tenant

_WRITTEN = re.compile(r"(?P<count>[0-9]{1,4})(?P<unit>m|h|d|wd)")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_USUAL = {
    "hour": [f"{hour:02}:00" for hour in range(24)],
    "half_day": ["08:00", "14:00"],
    "day": ["21:00"],
    "working_day": ["21:00"],
}
_PLAIN = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def is_delay(written: str) -> bool:
    """Whether the words are a delay."""
    return _WRITTEN.fullmatch(written) is not None


def after(tenant: Tenant, at: datetime, written: str) -> datetime:
    """The moment a delay after `at`. Working days keep the local time of day, in the region's calendar.

    Raises ValueError for words that are no delay.
    """
    match = _WRITTEN.fullmatch(written)
    if match is None:
        raise ValueError(f"« {written} » n'est pas un délai : écrivez 30m, 48h, 3d ou 2wd")
    count, unit = int(match["count"]), match["unit"]
    if unit in _PLAIN:
        return at + count * _PLAIN[unit]
    local = at.astimezone(ZoneInfo(tenant.who.time_zone))
    day = working_days_after(local.date(), count, tenant.who.holidays)
    return datetime.combine(day, local.time(), local.tzinfo).astimezone(at.tzinfo)


def is_time(written: str) -> bool:
    """Whether the words are a time of day, `21:00`."""
    return _TIME.fullmatch(written) is not None


def departure(tenant: Tenant, flow: Flow, *, decided: datetime, now: datetime) -> datetime:
    """When something owed since `decided` may leave: after the flow's delay, with the next batch of its target.

    Raises ValueError for words that are no delay.
    """
    ready = max(now, after(tenant, decided, flow.plus) if flow.plus else decided)
    target = tenant.flows.targets.get(flow.target)
    return next_batch(tenant, ready, target.batch) if target and target.batch else ready


def next_batch(tenant: Tenant, at: datetime, batch: Batch) -> datetime:
    """The first departure of a batch at or after a moment, in the region's own time."""
    zone = ZoneInfo(tenant.who.time_zone)
    times = sorted(time.fromisoformat(written) for written in batch.at or _USUAL[batch.every])
    moments = (
        datetime.combine(day, moment, zone)
        for day in _days(tenant, at.astimezone(zone).date(), batch)
        for moment in times
    )
    return next(moment for moment in moments if moment >= at).astimezone(at.tzinfo)


def _days(tenant: Tenant, first: date, batch: Batch) -> Iterator[date]:
    day = first
    while True:
        if batch.every != "working_day" or is_working_day(day, tenant.who.holidays):
            yield day
        day += timedelta(days=1)
