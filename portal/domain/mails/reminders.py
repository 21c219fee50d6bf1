"""Messages that a date causes: `before: date_debut`, so many days ahead, while a condition holds."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.mails.actions import link_to, write_mail
from portal.domain.people import SYSTEM
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_nodes
from portal.domain.sheets.view import View
from portal.tenancy.schema import Mail as Template
from portal.tenancy.tenant import Tenant

GRACE = 2  # days: a reminder missed while the portal was stopped is still of use; later it would only confuse
MOST = 500  # sheets read for one reminder at once


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
    level, field = _place(tenant, template.before or "")
    wanted = [(today + timedelta(days=days - late)).isoformat() for late in range(GRACE + 1)]
    stored = Sheet.data[field].astext
    query = select(Sheet).where(Sheet.level == level, Sheet.deleted_at.is_(None), stored.in_(wanted))
    sheets = list(session.scalars(query.order_by(Sheet.id).limit(MOST)))
    nodes = load_nodes(session, sheets) if sheets else {}
    for sheet in sheets:
        day, view = str(sheet.data[field]), View(tenant, nodes[sheet.id], today)
        announced = date.fromisoformat(day) - timedelta(days=days)
        if sheet.created_at.date() <= announced and view.holds(template.when):
            yield view, day


def _place(tenant: Tenant, dotted: str) -> tuple[str, str]:
    """The level and the field of `before`; a bare name is looked for on the sessions first."""
    level, _, field = dotted.rpartition(".")
    if level:
        return level, field
    levels = [name for name in (tenant.session_level, *tenant.who.levels) if name]
    return next((name for name in levels if tenant.field(name, field) is not None), levels[0]), field
