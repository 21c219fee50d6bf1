"""The official tables of LHÉO 2.3: which codes exist and what they say. Facts of the language, carried as they stand.

`lheo_tables.csv` holds them; « obsolete » marks codes that are still read but no longer offered.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

PREFIX = "lheo."
_FILE = Path(__file__).with_suffix(".csv")


@dataclass(frozen=True)
class Table:
    """One official table: every code it ever had, and those one may still choose."""

    name: str
    title: str
    labels: Mapping[str, str]
    current: Sequence[tuple[str, str]]


def _load() -> Mapping[str, Table]:
    with _FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    titles = {row["table"]: row["title"] for row in rows}
    return MappingProxyType({name: _table(name, title, rows) for name, title in titles.items()})


def _table(name: str, title: str, rows: list[dict[str, str]]) -> Table:
    own = [row for row in rows if row["table"] == name]
    current = tuple((row["code"], row["label"]) for row in own if not row["obsolete"])
    return Table(name, title, MappingProxyType({row["code"]: row["label"] for row in own}), current)


TABLES: Mapping[str, Table] = _load()
"""Tables by name; tenants write `lheo.modalites-es` for the table `modalites-es`."""


def names() -> list[str]:
    """The names of the tables, as tenants write them."""
    return [PREFIX + name for name in TABLES]


def find(written: str) -> Table | None:
    """The table a tenant names, with its prefix."""
    return TABLES.get(written.removeprefix(PREFIX)) if written.startswith(PREFIX) else None


def offered(written: str) -> Sequence[tuple[str, str]]:
    """The codes of a table that may still be chosen, with their labels; none for an unknown table."""
    table = find(written)
    return table.current if table else ()


def label(written: str, code: str) -> str | None:
    """The label of a code, obsolete or not; None when the table or the code is unknown."""
    table = find(written)
    return table.labels.get(code) if table else None
