"""Reference tables are shared by the whole run: whatever a test writes into them is rolled back."""

from collections.abc import Iterator

import pytest
from flask import Flask

from portal.extensions import db


@pytest.fixture(autouse=True)
def reference(app: Flask) -> Iterator[None]:
    """An application context; nothing of what the test writes remains."""
    with app.app_context():
        yield
        db.session.rollback()
