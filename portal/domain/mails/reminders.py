"""Messages that a date causes: `before: date_debut`, so many days ahead, while a condition holds.

A date that is computed causes them too: of the sessions that have not begun, when the level has their first day.
"""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.domain.mails.actions import link_to, write_mail
from portal.domain.people import SYSTEM
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_nodes
from portal.domain.sheets.view import View
from portal.tenancy.schema import Mail as Template
from portal.tenancy.tenant import Tenant

GRACE = 2  # days: a reminder missed while the portal was stopped is still of use; later it would only confuse
MOST = 500  # sheets of one reminder
CHUNK = 200  # sheets read at once


def write_reminders(session: Session, tenant: Tenant, *, now: datetime) -> list[uuid.UUID]:
    """Write the reminders of the day; each is written once per sheet, date and number of days."""
    today = now.astimezone(ZoneInfo(tenant.who.time_zone)).date()
    written: list[uuid.UUID] = []
    for mail_id, template in tenant.mails.mails.items():
        for days in sorted(template.days) if template.before else ():
            for view, day in _concerned(session, tenant, template, today, days):
                said, cause = {"link": link_to(tenant, view)}, f"{view.node.id}:{day}:{days}"
                written += write_mail(session, view, mail_id, template, said, at=now, actor=SYSTEM, cause=cause)
    return written


def _concerned(
    session: Session, tenant: Tenant, template: Template, today: date, days: int
) -> Iterator[tuple[View, str]]:
    level, name = place_of(tenant, template.before or "")
    wanted = {(today + timedelta(days=days - late)).isoformat() for late in range(GRACE + 1)}
    query = select(Sheet).where(Sheet.level == level, Sheet.deleted_at.is_(None))
    field = tenant.field(level, name)
    if field is None or field.value is None:
        query = query.where(Sheet.data[name].astext.in_(wanted)).limit(MOST)
    elif tenant.term_field(level, "session.start") is not None:
        query = query.where(Sheet.starts_on >= today - timedelta(days=GRACE))
    for sheet, view in _read(session, tenant, query, today):
        day = view.stored(name)
        if day not in wanted:
            continue
        announced = date.fromisoformat(day) - timedelta(days=days)
        if sheet.created_at.date() <= announced and view.holds(template.when):
            yield view, day


def _read(session: Session, tenant: Tenant, query: Select[Sheet], today: date) -> Iterator[tuple[Sheet, View]]:
    """The sheets of a query, each with its view. A computed date is in no column: many are then read, by chunks."""
    sheets = list(session.scalars(query.order_by(Sheet.id)))
    for start in range(0, len(sheets), CHUNK):
        chunk = sheets[start : start + CHUNK]
        nodes = load_nodes(session, chunk)
        yield from ((sheet, View(tenant, nodes[sheet.id], today)) for sheet in chunk)


def place_of(tenant: Tenant, dotted: str) -> tuple[str, str]:
    """The level and the field of `before`; a bare name is looked for on the sessions first."""
    level, _, field = dotted.rpartition(".")
    if level:
        return level, field
    levels = [name for name in (tenant.session_level, *tenant.who.levels) if name]
    return next((name for name in levels if tenant.field(name, field) is not None), levels[0]), field
