"""What the validator reads of a certification: where its facts come from, and that its code was replaced."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.reference.models import Certification
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.web.validator.reading import read_sheet
from tests.support.offer import TODAY, make_tree, organisation
from tests.support.tenants import tenant_named


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The scope of the region; nothing of what the test writes remains."""
    with app.test_request_context(), tenant_scope("revue"):
        yield db.session()
        db.session.rollback()


def test_facts_say_their_source_and_codes_their_successor(session: Session) -> None:
    tenant = tenant_named("revue")
    own = update(Certification).where(Certification.certif_info == "109049")
    session.execute(own.values(replaced_by="12650"))
    sheet = make_tree(session, tenant, "formation", organisation(session), certification="109049")
    read = read_sheet(View(tenant, load_node(session, sheet), TODAY, lookups=ReferenceLookups()))
    sources = {field.id: field.source for step in read.steps for field in step.fields}
    successor = session.get(Certification, "12650")
    assert successor is not None
    assert sources["intitule"] == "Certif Info"
    assert sources["certification"] == f"code remplacé par {successor.title} (12650)"
    assert sources["metier"] == ""
