"""An offer in hand: a session of the first region, its organisation, and those who act on it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import TODAY, make_tree, member, organisation
from tests.support.tenants import tenant_named


@dataclass
class Desk:
    """What a test of entry works with."""

    session: Session
    tenant: Tenant
    sheet: Sheet
    of: Actor
    region: Actor

    def view(self, sheet: Sheet | None = None) -> View:
        """The sheet as it is now."""
        return View(self.tenant, load_node(self.session, sheet or self.sheet), TODAY)


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    tenant = tenant_named("eos")
    with app.app_context(), tenant_scope(tenant.slug):
        holder = organisation(db.session)
        places = [{"_id": "region", "effectif": 10}, {"_id": "pole_emploi", "effectif": 0}]
        sheet = make_tree(db.session, tenant, "session", holder, financeurs=places)
        of, region = member(tenant, "org", organisations={holder.id}), member(tenant, "validator")
        yield Desk(db.session, tenant, sheet, of, region)
        db.session.rollback()
