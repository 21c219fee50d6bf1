"""The open days to come of the organisation that holds a session, as its page tells them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import g

from portal.domain.catalogue.days import meeting
from portal.domain.directory.queries import open_days_to_come
from portal.domain.fields import KINDS
from portal.domain.sheets.values import ADDRESS
from portal.extensions import db


@dataclass(frozen=True)
class Day:
    """One open day, in words."""

    when: str
    where: str
    text: str
    url: str


def open_days(row: Any) -> Sequence[Day]:
    """Those of the organisation of a published session. One statement."""
    now = datetime.now(UTC).astimezone(ZoneInfo(g.tenant.who.time_zone)).replace(tzinfo=None)
    return [_day(day, site) for day, site in open_days_to_come(db.session(), row.sheet_id, now)]


def _day(day: Any, site: Any) -> Day:
    starts, ends = day.starts_at, day.ends_at
    when = meeting(starts.date(), starts.time(), ends.date() if ends else None, ends.time() if ends else None)
    address = KINDS["address"].show(day.address if site is None else site.address, ADDRESS)
    return Day(when, ", ".join(part for part in (site.name if site else "", address) if part), day.text, day.url or "")
