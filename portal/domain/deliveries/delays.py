"""Delays as flows.yaml writes them: `30m`, `48h`, `3d` (days), `2wd` (working days of the region)."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from portal.domain.reference.queries.calendar import working_days_after
from portal.tenancy.tenant import Tenant

_WRITTEN = re.compile(r"(?P<count>[0-9]{1,4})(?P<unit>m|h|d|wd)")
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
