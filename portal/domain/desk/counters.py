"""The figures of a dashboard: each counts the sheets that answer its condition, and opens their list."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, literal, union_all
from sqlalchemy.orm import Session

from portal.domain.desk.among import Among
from portal.domain.people import Actor
from portal.tenancy.tenant import Tenant


@dataclass(frozen=True)
class Figure:
    """One counter, with its count; `group` is the title under which the region shows it, `help` says what it counts."""

    id: str
    label: str
    level: str
    list: str
    group: str
    count: int
    help: str


def figures(session: Session, tenant: Tenant, actor: Actor, *, today: date) -> list[Figure]:
    """The counters of somebody's roles, in the order of the tenant's file. One statement, when SQL can say them all."""
    mine = {name: c for name, c in tenant.desk.counters.items() if actor.roles & set(c.roles)}
    if not mine:
        return []
    among = {name: Among(session, tenant, actor, c.level, today).where(c.where) for name, c in mine.items()}
    parts = [one.query(literal(name), func.count()) for name, one in among.items()]
    counts = {row[0]: row[1] for row in session.execute(union_all(*parts))}
    return [
        Figure(name, c.label, c.level, c.list, c.group or "", counts[name], c.help or "") for name, c in mine.items()
    ]
