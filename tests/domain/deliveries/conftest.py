"""A world to deliver from."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from tests.support.deliveries import SLUG, World, region_with


@pytest.fixture
def make_world(app: Flask) -> Iterator[Callable[[str], World]]:
    """Makes a world whose region has the given flows; all of it in the scope of the region."""
    with app.app_context(), tenant_scope(SLUG):
        yield lambda flows: World(db.session(), region_with(flows))
        db.session.rollback()
        db.session.remove()
