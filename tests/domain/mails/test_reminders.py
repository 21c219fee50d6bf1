"""Reminders before a date that is worked out: the last day to send a session, counted without the holidays."""

from dataclasses import replace
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select

from portal.domain.mails.models import Mail
from portal.domain.mails.reminders import write_reminders
from portal.domain.organisations.models import Membership, User
from portal.extensions import db
from portal.tenancy.schema import MailsFile
from portal.tenancy.scope import tenant_scope
from tests.support.offer import make_tree, organisation, put_in_state
from tests.support.tenants import tenant_named

REMINDER = {
    "subject": "À transmettre", "body": "Avant le {transmettre_avant}", "to": ["role:ingenieur"],
    "before": "transmettre_avant", "days": [7], "when": "statut == 's1'",
}  # fmt: skip


def test_a_computed_date_is_recalled_on_its_day_and_once(app: Flask) -> None:
    plan = tenant_named("plan")
    tenant = replace(plan, mails=MailsFile.model_validate({"mails": {"rappel": REMINDER}}))
    with app.app_context(), tenant_scope(tenant.slug):
        user = User(email="inge@plan.test", name="Inès")
        db.session.add(user)
        db.session.flush()
        db.session.add(Membership(user_id=user.id, role="ingenieur"))
        holder = organisation(db.session)
        sheet, sent, begun = (
            make_tree(db.session, tenant, "session", holder, at=datetime(2026, 9, 1, tzinfo=UTC), debut=day, fin=day)
            for day in ("2027-02-15", "2027-02-15", "2026-12-01")
        )
        put_in_state(db.session, sent, "statut", "s2")
        assert begun.starts_on is not None

        def written(day: int) -> int:
            return len(write_reminders(db.session(), tenant, now=datetime(2026, 12, day, 9, tzinfo=UTC)))

        assert [written(day) for day in (27, 28, 28, 29)] == [0, 1, 0, 0]  # to be sent by 04/01/2027
        mail = db.session.scalars(select(Mail)).one()
        assert (mail.sheet_id, mail.body) == (sheet.id, "Avant le 04/01/2027")
        db.session.rollback()
