"""The numbers of sheets: each level has its own pattern, and no number is given twice."""

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, cast, func, select, text
from sqlalchemy.orm import Session

from portal.domain.sheets.models import Sheet
from portal.domain.sheets.values import canonical
from portal.tenancy.schema import Level

NUMBER = re.compile(r"\{n(?::(\d+))?\}")


def next_code(session: Session, level: Level, level_id: str, scope: uuid.UUID | None, values: Mapping[str, Any]) -> str:
    """The code of a new sheet: its pattern with `{n}` the number after the greatest ever given (deleted ones
    included).
    """
    return next_codes(session, level, level_id, scope, [values])[0]


def next_codes(
    session: Session, level: Level, level_id: str, scope: uuid.UUID | None, several: Sequence[Mapping[str, Any]]
) -> list[str]:
    """The codes of several new sheets under one scope, in order."""
    last: dict[tuple[str, str], int] = {}
    codes = []
    for said in (_said(level, values) for values in several):
        match = NUMBER.search(said)
        if match is None and "{" not in said:
            codes.append(said)
            continue
        before, after = (said[: match.start()], said[match.end() :]) if match else ("", "")
        if (before, after) not in last:
            last[before, after] = int(_next_number(session, level, level_id, scope, before, after)) - 1
        last[before, after] += 1
        codes.append(f"{before}{str(last[before, after]).zfill(int(match[1] or 0) if match else 0)}{after}")
    return codes


def _next_number(
    session: Session, level: Level, level_id: str, scope: uuid.UUID | None, before: str, after: str
) -> str:
    key = f"{level_id}:{scope}:{before}:{after}"
    session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(current_setting('app.tenant') || :key, 0))"), {"key": key}
    )
    digits = func.substring(Sheet.code, f"^{re.escape(before)}([0-9]{{1,15}}){re.escape(after)}$")
    same_scope = Sheet.scope_id == scope if scope else Sheet.scope_id.is_(None)
    query = select(func.max(cast(digits, BigInteger))).where(Sheet.level == level_id, same_scope)
    return str(max((session.scalar(query) or 0) + 1, level.code.start))


def _said(level: Level, values: Mapping[str, Any]) -> str:
    """The pattern of a level's codes with the values that it names."""
    pattern = level.code.pattern
    for name, value in values.items():
        if value is not None:
            pattern = pattern.replace("{" + name + "}", str(canonical(value)))
    return pattern


def code_of(level: Level, values: Mapping[str, Any]) -> str | None:
    """The code that the values of a sheet say by themselves; None when a number must be given."""
    said = _said(level, values)
    return None if "{" in said else said
