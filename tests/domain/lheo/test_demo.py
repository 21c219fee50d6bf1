"""Every region that speaks LHÉO: what its example decisions owe to its targets is valid for the official schema."""

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from portal.domain.deliveries.models import Delivery
from portal.domain.deliveries.payload import build
from portal.domain.lheo.delivering import FORMAT
from portal.domain.lheo.documents import offers_of
from portal.domain.sheets.models import Revision
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.official import needed, official_faults
from tests.support.tenants import every_tenant

pytestmark = pytest.mark.usefixtures("clean_database")


def documents(tenant: Tenant) -> list[bytes]:
    """What the examples owe in LHÉO, made from the revisions that were frozen then; nothing is held by the format."""
    targets = [name for name, target in tenant.flows.targets.items() if target.format == FORMAT]
    query = select(Delivery, Revision).join(Revision, Revision.id == Delivery.revision_id)
    rows = db.session.execute(query.where(Delivery.target.in_(targets), Delivery.verb == "put")).all()
    assert not [row.held_because for row, _ in rows if "LHÉO" in (row.held_because or "")]
    return [build(tenant, revision, row) for row, revision in rows]


def test_every_example_makes_a_valid_document(app: Flask, runner: FlaskCliRunner) -> None:
    """One load for all: the examples are lived through, which takes a while."""
    needed()
    done = runner.invoke(args=["demo", "load"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    made: dict[str, int] = {}
    for tenant in every_tenant():
        with app.app_context(), tenant_scope(tenant.slug):
            for document in documents(tenant):
                assert official_faults(document) == []
                (offer,) = offers_of(BytesIO(document))
                assert offer.actions[0].sessions[0].terms["session.start"]
                made[tenant.slug] = made.get(tenant.slug, 0) + 1
            db.session.remove()
    assert len(made) >= 3
    assert min(made.values()) >= 3, made
