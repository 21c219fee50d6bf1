"""A few sheets of every colour, in the first region, and those who look at them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.domain.entry.mirrors import refresh_mirrors
from portal.domain.organisations.models import Organisation
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import TODAY, make_sheet, member, organisation
from tests.support.tenants import tenant_named


@dataclass
class Desk:
    """A dossier with one action; `add` puts sessions under it."""

    session: Session
    tenant: Tenant
    holder: Organisation
    dossier: Sheet
    action: Sheet
    of: Actor
    region: Actor
    sessions: list[Sheet] = field(default_factory=list)

    def add(self, **values: object) -> Sheet:
        """One more session, filled, with these values; one that is None is left empty."""
        made = make_sheet(self.session, self.tenant, "session", self.action, self.holder)
        kept = {**made.data, **values}
        made.data = {name: value for name, value in kept.items() if value is not None}
        refresh_mirrors(made, View(self.tenant, load_node(self.session, made), TODAY))
        self.session.flush()
        self.session.expire(made)
        self.sessions.append(made)
        return made


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    tenant = tenant_named("eos")
    with app.app_context(), tenant_scope(tenant.slug):
        holder = organisation(db.session)
        dossier = make_sheet(db.session, tenant, "dossier", None, holder, mode="marche", numero="2022C007314701")
        action = make_sheet(db.session, tenant, "action", dossier, holder, duree_centre=364, duree_entreprise=210)
        of, region = member(tenant, "org", organisations={holder.id}), member(tenant, "validator")
        yield Desk(db.session, tenant, holder, dossier, action, of, region)
        db.session.rollback()
