"""One row of any table, made from its columns alone: for tests that attack every table there is, and will be."""

import itertools
import uuid
from datetime import UTC, date, datetime, time
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier, Placeholder
from psycopg.types.json import Jsonb
from sqlalchemy import Column, Table
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

_number = itertools.count(1)
VALUES: dict[type, Any] = {
    bool: lambda: True,
    int: lambda: next(_number),
    float: lambda: 1.5,
    str: lambda: f"t{next(_number)}",
    bytes: lambda: bytes(32),
    uuid.UUID: uuid.uuid4,
    date: lambda: date(2026, 3, 2),
    datetime: lambda: datetime(2026, 3, 2, tzinfo=UTC),
    time: lambda: time(9, 0),
    list: list,
}


def row_of(table: Table, **known: Any) -> dict[str, Any]:
    """A value for each column that must have one, those given first."""
    return {c.name: known[c.name] if c.name in known else _value(c) for c in table.columns if _is_needed(c, known)}


def insert_row(connection: psycopg.Connection, table: Table, row: dict[str, Any]) -> None:
    """Insert it as whoever the connection is."""
    statement = SQL("insert into {} ({}) values ({})").format(
        Identifier(table.name), SQL(", ").join(map(Identifier, row)), SQL(", ").join(map(Placeholder, row))
    )
    connection.execute(statement, row)


def _is_needed(column: Column[Any], known: dict[str, Any]) -> bool:
    return column.name in known or (not column.nullable and column.server_default is None)


def _value(column: Column[Any]) -> Any:
    if isinstance(column.type, TSVECTOR):
        return "mot"
    if isinstance(column.type, JSONB):
        return Jsonb({})
    return VALUES[column.type.python_type]()
