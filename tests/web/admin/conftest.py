"""A region whose deliveries and messages are looked after."""

import uuid
from dataclasses import dataclass

import pytest
from flask import Flask

from portal.domain.deliveries.models import Delivery
from portal.domain.moves.perform import perform_move
from portal.tenancy.registry import registry
from tests.support.offer import AT, make_tree, member, organisation
from tests.support.people import Browser, inside, play, signed_in

SLUG = "eos"
SEATS = [{"_id": "region", "effectif": 10}, {"_id": "pole_emploi", "effectif": 0}]


@dataclass
class Office:
    """The people who look after a region, and a session that was sent and approved."""

    app: Flask
    admin: Browser
    region: Browser
    sheet: uuid.UUID

    def deliveries(self, **wanted: str) -> list[Delivery]:
        """The rows, detached."""
        with inside(self.app, SLUG) as session:
            rows = session.query(Delivery).filter_by(**wanted).order_by(Delivery.id).all()
            session.expunge_all()
            return rows

    def fail(self, target: str, state: str = "failed") -> uuid.UUID:
        """Let the delivery to a target fail."""
        with inside(self.app, SLUG) as session:
            row = session.query(Delivery).filter_by(target=target, state="due").one()
            row.state, row.attempts, row.problem = state, 8, "Le destinataire ne répond pas depuis longtemps."
            return row.id


@pytest.fixture
def office(app: Flask) -> Office:
    with inside(app, SLUG) as session:
        tenant = registry.get(SLUG)
        holder = organisation(session)
        sheet = make_tree(session, tenant, "session", holder, financeurs=SEATS)
        of = member(tenant, "org", organisations={holder.id})
        perform_move(session, tenant, sheet, "envoyer", actor=of, at=AT)
        perform_move(session, tenant, sheet, "approuver", actor=member(tenant, "validator"), at=AT)
        sheet_id = sheet.id
    play(app, "admin@exemple.test", SLUG, "admin")
    play(app, "region@exemple.test", SLUG, "validator")
    return Office(app, signed_in(app, "admin@exemple.test"), signed_in(app, "region@exemple.test"), sheet_id)
