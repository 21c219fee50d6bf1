"""The example data of a region, checked, with days told from today; `docs/tenant-format.md` says what they may hold."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from portal.domain.checking.demo import checked_examples
from portal.tenancy.faults import TenantFaults
from portal.tenancy.source import Source
from portal.tenancy.tenant import Tenant

_DAY = re.compile(r"\{(today|weekday)(?:([+-])([0-9]{1,4}))?\}")
SATURDAY = 5
SECTIONS = ("organisations", "accounts", "sheets", "links", "history")


class DemoFileError(ValueError):
    """The example data say something that cannot be done; the message names what."""


def read_demo(folder: Path, tenant: Tenant, today: date) -> dict[str, Any]:
    """The example data of a region's folder, days told; empty when it has none. Raises DemoFileError.

    Each entry says in `where` at which line it stands, for what is found wrong when it is played.
    """
    try:
        source = checked_examples(folder, tenant)
    except TenantFaults as error:
        raise DemoFileError(str(error)) from None
    if source is None:
        return {}
    data = source.data or {}
    out: dict[str, Any] = {}
    for name in SECTIONS:
        given = data.get(name) or ({} if name == "organisations" else [])
        keys = given if isinstance(given, Mapping) else range(len(given))
        entries = {key: told(given[key], today) | {"where": _where(source, name, key)} for key in keys}
        out[name] = entries if isinstance(given, Mapping) else list(entries.values())
    return out


def _where(source: Source, *path: str | int) -> str:
    return f"{source.name}:{source.line(path)}"


def told(value: Any, today: date) -> Any:
    """What is written, `{today+30}` and `{weekday+30}` told as days, however deep they stand."""
    if isinstance(value, str):
        return _DAY.sub(lambda match: _day(match, today).isoformat(), value)
    if isinstance(value, Mapping):
        return {key: told(inner, today) for key, inner in value.items()}
    return [told(inner, today) for inner in value] if isinstance(value, list) else value


def _day(match: re.Match[str], today: date) -> date:
    days = int(match[3] or 0)
    found = today + timedelta(days=-days if match[2] == "-" else days)
    later = 7 - found.weekday() if match[1] == "weekday" and found.weekday() >= SATURDAY else 0
    return found + timedelta(days=later)


def moment(written: str, zone: str) -> datetime:
    """`2022-02-15 09:30` in the region's time, as an instant. Raises DemoFileError."""
    try:
        return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (TypeError, ValueError):
        raise DemoFileError(f"moment illisible : « {written} »") from None
