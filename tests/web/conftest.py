from contextlib import contextmanager

import pytest
from sqlalchemy import event

from portal import create_app
from portal.extensions import db
from portal.settings import Settings
from tests.support import services
from tests.web.probe import blueprint as probe_blueprint


@pytest.fixture(scope="module")
def make_app(tenants_dir, database_url, redis_url, tmp_path_factory):
    """An application with other settings than `app`, and the routes of tests/web/probe.py."""

    engines = []

    def make(**others):
        options = {
            "database_url": database_url,
            "redis_url": redis_url,
            "secret_key": services.SECRET_KEY,
            "testing": True,
            "tenants_dir": tenants_dir,
            "cheap_passwords": True,
            "var_dir": tmp_path_factory.mktemp("var"),
        }
        made = create_app(Settings(**{**options, **others}))
        made.register_blueprint(probe_blueprint)
        with made.app_context():
            engines.append(db.engine)
        return made

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture
def app_without_redis(make_app):
    """Nothing answers where Redis should be. The limiter is one for the process: it is bound again afterwards."""
    yield make_app(redis_url="unix:///nulle/part.sock")
    make_app()


@pytest.fixture(scope="module")
def probe_app(make_app):
    """As in production, an error becomes a page instead of rising into the test."""
    made = make_app()
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


@pytest.fixture
def statements(app):
    """`with statements() as seen:` gathers the SQL sent meanwhile, settings of the scope included."""

    @contextmanager
    def gather():
        seen = []

        def note(connection, cursor, statement, *_):
            seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return gather
