"""Filling the reference tables from the files the project carries, or from a newer one."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session, scoped_session

from portal.domain.reference.actions.cells import Values
from portal.domain.reference.actions.datasets import DATASETS, Dataset, find_dataset
from portal.domain.reference.actions.files import read_rows
from portal.domain.reference.models import LoadedDataset
from portal.domain.reference.validators import validate_not_shrunk
from portal.extensions import Base

AnySession = Session | scoped_session[Any]

# Only names of our own models are put in: nothing here comes from a file or from a person.
MERGE = """
with fresh as materialized (select * from jsonb_populate_recordset(null::{table}, cast(:rows as jsonb))),
written as (
    insert into {table} as held ({columns}) select {columns} from fresh on conflict ({keys}) do {then} returning 1
),
removed as (
    delete from {table} held where not exists (select 1 from fresh where {same}) returning 1
)
select (select count(*) from written) as written, (select count(*) from removed) as removed
"""
UPDATE = "update set {news} where ({held}) is distinct from ({fresh})"


@dataclass(frozen=True)
class Loaded:
    """What loading one dataset did: the rows now held, those added or changed, those removed."""

    rows: int
    written: int
    removed: int


def load_reference(
    session: AnySession, dataset: str | None = None, path: Path | str | None = None, *, force: bool = False
) -> dict[str, int]:
    """Fill one reference table, or all of them; returns the number of rows each now holds. The caller commits.

    Without `path`, the files carried by the project are used; without `dataset` either, a table that an operator
    filled from a file of their own is left as it is. Running it again changes nothing.
    Raises ReferenceTableError (unknown table, unreadable or faulty file, too many rows lost unless `force`).
    """
    if dataset is not None:
        return {dataset: load_dataset(session, find_dataset(dataset), path, force=force).rows}
    if path is not None:
        raise ValueError("a file fills one table: name the dataset")
    kept = {row.name: row.rows for row in session.scalars(select(LoadedDataset)) if not row.carried}
    return {
        name: kept[name] if name in kept else load_dataset(session, entry, force=force).rows
        for name, entry in DATASETS.items()
    }


def load_dataset(
    session: AnySession, dataset: Dataset, path: Path | str | None = None, *, force: bool = False
) -> Loaded:
    """Make a table hold exactly the rows of a file: new ones added, changed ones updated, vanished ones removed.

    Everything happens in the caller's transaction; readers see the old table until it commits.
    """
    source = Path(path) if path is not None else dataset.carried_file
    rows = read_rows(dataset, source)
    table = _table_of(dataset.model)
    # One load at a time; those who read are not held up.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(table.name))))
    held = session.scalar(select(func.count()).select_from(table)) or 0
    if not force:
        validate_not_shrunk(dataset.title, held, len(rows))
    written, removed = _merge(session, table, rows)
    if written + removed:
        session.execute(text(f"analyze {table.name}"))  # the owner only; elsewhere PostgreSQL does it in time
    known = session.get(LoadedDataset, dataset.name)
    if written + removed or known is None or known.carried != (path is None):
        _remember(session, dataset, source, carried=path is None, rows=len(rows))
    return Loaded(len(rows), written, removed)


def _table_of(model: type[Base]) -> Table:
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not a table")
    return table


def _merge(session: AnySession, table: Table, rows: list[Values]) -> tuple[int, int]:
    """Bring the table to these rows, touching only what differs; returns how many were written and removed.

    One statement, the rows as one JSON parameter that PostgreSQL reads with the table's own types: as quick as COPY,
    and it asks for no right to make temporary tables, which the application's role has not.
    """
    keys = [column.name for column in table.primary_key]
    others = [column.name for column in table.columns if column.name not in keys]
    sql = MERGE.format(
        table=table.name,
        columns=", ".join(keys + others),
        keys=", ".join(keys),
        same=" and ".join(f"fresh.{name} = held.{name}" for name in keys),
        then=UPDATE.format(
            news=", ".join(f"{name} = excluded.{name}" for name in others),
            held=", ".join(f"held.{name}" for name in others),
            fresh=", ".join(f"excluded.{name}" for name in others),
        )
        if others
        else "nothing",
    )
    done = session.execute(text(sql), {"rows": json.dumps(rows, default=str, ensure_ascii=False)}).one()
    return done.written, done.removed


def _remember(session: AnySession, dataset: Dataset, source: Path, *, carried: bool, rows: int) -> None:
    session.merge(
        LoadedDataset(name=dataset.name, file=source.name, carried=carried, rows=rows, loaded_at=datetime.now(UTC))
    )
    session.flush()
