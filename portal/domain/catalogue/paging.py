"""Paging by key: the next page begins after the last row seen, at any depth for the same price."""

import base64
import binascii
import re
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select, tuple_, union_all
from sqlalchemy.engine import Row

from portal.domain.catalogue.models import PublishedSession

NO_DATE = "00000000"
KEY = re.compile(r"([0-9]{8})([0-9a-f]{32})")
LONGEST_KEY = 80

Rows = Select[*tuple[Any, ...]]
starts_on, row_id = PublishedSession.starts_on, PublishedSession.id


@dataclass(frozen=True)
class Key:
    """Where a page stopped: the row's start and id; sessions without a date come last."""

    starts_on: date | None
    id: uuid.UUID

    def text(self) -> str:
        """As an address carries it."""
        day = self.starts_on.strftime("%Y%m%d").zfill(8) if self.starts_on else NO_DATE
        return base64.urlsafe_b64encode(f"{day}{self.id.hex}".encode()).decode().rstrip("=")


def read_key(text: str) -> Key | None:
    """The key an address carries; None when it is not one we made."""
    if not text or len(text) > LONGEST_KEY or not text.isascii():
        return None
    try:
        read = KEY.fullmatch(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii"))
        if read is None:
            return None
        day, known = read[1], uuid.UUID(read[2])
        return Key(None if day == NO_DATE else date(int(day[:4]), int(day[4:6]), int(day[6:])), known)
    except (ValueError, binascii.Error):
        return None


def key_of(row: Row[Any]) -> Key:
    """The key of a row."""
    return Key(row.starts_on, row.id)


def one_page(rows: Rows, limit: int, *, after: Key | None = None, before: Key | None = None) -> Rows:
    """The rows after a key in order of start, or those before it in reverse order.

    Dated and undated rows are asked for apart: each half walks an index from the key on, and no further than needed.
    """
    backwards, key = (True, before) if before is not None and after is None else (False, after)
    dated, undated = rows.where(starts_on.is_not(None)), rows.where(starts_on.is_(None))
    halves = [dated, undated] if key is None else _beyond(dated, undated, key, backwards=backwards)
    order = _order(starts_on, row_id, backwards=backwards)
    both = union_all(*(select(half.order_by(*order).limit(limit).subquery()) for half in halves)).subquery()
    return select(both).order_by(*_order(both.c.starts_on, both.c.id, backwards=backwards)).limit(limit)


def _beyond(dated: Rows, undated: Rows, key: Key, *, backwards: bool) -> list[Rows]:
    if key.starts_on is not None:
        place, here = tuple_(starts_on, row_id), tuple_(key.starts_on, key.id)
        return [dated.where(place < here)] if backwards else [dated.where(place > here), undated]
    return [dated, undated.where(row_id < key.id)] if backwards else [undated.where(row_id > key.id)]


def _order(day: Any, known: Any, *, backwards: bool) -> tuple[Any, ...]:
    return (day.desc().nulls_first(), known.desc()) if backwards else (day.asc().nulls_last(), known.asc())
