"""A world to deliver from."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from tests.support.deliveries import SLUG, World, region_with


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session in the scope of the region, rolled back at the end."""
    with app.app_context(), tenant_scope(SLUG):
        yield db.session()
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def make_world(session: Session) -> Callable[[str], World]:
    """Makes a world whose region has the given flows; all of it in the scope of the region."""
    return lambda flows: World(session, region_with(flows))
