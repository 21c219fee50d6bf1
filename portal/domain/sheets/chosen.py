"""The entries of the directory that sheets have chosen: named where they are offered, kept where they are frozen."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from portal.domain.organisations.directory import TABLES, entries, identifiers
from portal.domain.sheets.nodes import Node
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant


def picks(fields: Iterable[FormField]) -> Iterator[tuple[str, FormField]]:
    """(dotted name, field or cell) of those that choose in the directory."""
    for field in fields:
        if field.kind in TABLES and not field.among:
            yield field.id, field
        yield from ((f"{field.id}.{cell.id}", cell) for cell in field.fields if cell.kind in TABLES and not cell.among)


def chosen(tenant: Tenant, nodes: Iterable[Node]) -> dict[str, Any]:
    """What some sheets have chosen, as a revision keeps it, by id."""
    found: dict[str, Any] = {}
    for node in nodes:
        for dotted, field in picks(tenant.fields(node.level).values()):
            for key in identifiers(node.data.get(dotted.partition(".")[0])):
                entry = node.directory.find(TABLES[field.kind], str(key))
                if entry is not None:
                    found[str(key)] = entry.frozen(TABLES[field.kind])
    return found


def named(session: Session, values: Iterable[Any]) -> dict[str, Any]:
    """The same from bare values: what of the directory they name. One query per table, none when they name nothing."""
    keys: set[UUID] = set(identifiers(list(values)))
    if not keys:
        return {}
    tables = dict.fromkeys(TABLES.values())
    return {str(e.id): e.frozen(table) for table in tables for e in entries(session, table, (), keys)}
