"""What the sandbox keeps: every request it received, and one effect per idempotency key. SQLite, in one file."""

import json
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TABLES = """
create table if not exists request (
    n integer primary key, at text not null, tenant text not null, target text not null, key text not null,
    session text not null, verb text not null, verdict text not null, status integer not null, receipt text not null);
create table if not exists effect (
    tenant text not null, target text not null, key text not null, at text not null, session text not null,
    verb text not null, receipt text not null, document text not null, primary key (tenant, target, key));
"""


@dataclass(frozen=True)
class Arrival:
    """One document, as it came in."""

    at: str
    tenant: str
    target: str
    key: str
    session: str
    verb: str
    document: str = ""


class Store:
    """One connection, one caller at a time: a toy may be slow, never wrong."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, check_same_thread=False)
        self._base.row_factory = sqlite3.Row
        self._base.executescript("pragma journal_mode = wal; pragma synchronous = normal;" + _TABLES)

    def take(self, arrival: Arrival, receipt: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        """Keep the effect of a document; the receipt, and whether it is the first time this key is seen.

        The same key gives the receipt it gave the first time.
        """
        with self._lock, self._base:
            key = (arrival.tenant, arrival.target, arrival.key)
            known = self._base.execute(
                "select receipt from effect where (tenant, target, key) = (?, ?, ?)", key
            ).fetchone()
            if known:
                return json.loads(known["receipt"]), False
            values = (*key, arrival.at, arrival.session, arrival.verb, json.dumps(receipt), arrival.document)
            self._base.execute("insert into effect values (?, ?, ?, ?, ?, ?, ?, ?)", values)
            return receipt, True

    def note(self, arrival: Arrival, verdict: str, status: int, receipt: dict[str, Any] | None = None) -> None:
        """Keep the trace of a request, whatever became of it."""
        values = (arrival.at, arrival.tenant, arrival.target, arrival.key, arrival.session, arrival.verb)
        with self._lock, self._base:
            self._base.execute(
                "insert into request (at, tenant, target, key, session, verb, verdict, status, receipt)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, verdict, status, json.dumps(receipt or {}, ensure_ascii=False)),
            )

    def requests(self, target: str = "", limit: int = 200) -> list[dict[str, Any]]:
        """The last requests, of one target or of all, latest first."""
        return self._rows("select * from request where ? in ('', target) order by n desc limit ?", target, limit)

    def targets(self) -> list[str]:
        """The targets that received something."""
        return [row["target"] for row in self._rows("select distinct target from request order by target")]

    def document(self, tenant: str, target: str, key: str) -> str | None:
        """The document taken under a key."""
        query = "select document from effect where (tenant, target, key) = (?, ?, ?)"
        return next((row["document"] for row in self._rows(query, tenant, target, key)), None)

    def effects(self) -> list[dict[str, Any]]:
        """Every effect, in order of arrival."""
        return self._rows("select rowid, * from effect order by rowid")

    def counts(self) -> dict[str, int]:
        """How many requests and effects."""
        (row,) = self._rows(
            "select (select count(*) from request) as requests, (select count(*) from effect) as effects"
        )
        return row

    def forget(self) -> None:
        """Empty the store."""
        with self._lock, self._base:
            self._base.execute("delete from request")
            self._base.execute("delete from effect")

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def _rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self._lock:
            return [dict(row) for row in self._base.execute(query, values)]
