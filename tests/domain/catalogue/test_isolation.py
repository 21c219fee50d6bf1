"""The public's copy is read by all and written within its region, whoever asks PostgreSQL."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from portal.domain.catalogue.models import PublishedSession
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from tests.support.catalogue import put_row

TABLE = PublishedSession.__tablename__


@pytest.fixture
def shown(app):
    """One session of a region, committed."""
    with app.app_context(), tenant_scope("eos"):
        known = put_row(db.session(), "eos")
        db.session.commit()
    return known


@pytest.mark.parametrize("scope", [None, "eos", "revue"])
def test_everyone_reads(app, shown, scope):
    with app.app_context(), tenant_scope(scope):
        assert db.session.scalars(text(f"select id from {TABLE}")).all() == [shown]


@pytest.mark.parametrize("scope", [None, "revue"])
@pytest.mark.parametrize("statement", [f"update {TABLE} set title = 'volé'", f"delete from {TABLE}"])
def test_another_region_changes_nothing(app, shown, scope, statement):
    with app.app_context(), tenant_scope(scope):
        assert db.session.execute(text(statement)).rowcount == 0
        db.session.commit()
    with app.app_context():
        assert db.session.scalar(text(f"select title from {TABLE}")) == "Soudeur"


@pytest.mark.parametrize("scope", [None, "revue"])
def test_another_region_adds_nothing(app, scope):
    with app.app_context(), tenant_scope(scope):
        with pytest.raises(ProgrammingError, match="row-level security"):
            put_row(db.session(), "eos")
        db.session.rollback()


def test_another_region_takes_over_no_row(app, shown):
    with app.app_context(), tenant_scope("revue"):
        with pytest.raises(ProgrammingError, match="row-level security"):
            put_row(db.session(), "revue", id=shown)
        db.session.rollback()
