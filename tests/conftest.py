"""The fixtures every test may ask for. The servers behind them are real, and started once per run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner

from portal import create_app
from portal.extensions import limiter
from portal.settings import Settings
from tests.support import services
from tests.support.cleaning import Cleaner
from tests.support.sockets import refuse_outside
from tests.support.tenants import every_folder

_run = pytest.StashKey[services.Services]()

_LONG = (
    "tests/local/test_run.py", "tests/browser/", "tests/local/test_commands.py",
    "tests/domain/moves/test_every_move.py", "tests/commands/test_demo.py", "tests/web/org/test_hostile_values.py",
    "tests/tenancy/test_sofia_fmo_locks.py",
    "tests/jobs/", "tests/domain/desk/test_chunks.py", "tests/domain/desk/test_tellers.py", "tests/domain/lheo/",
)  # fmt: skip
"""What takes long: begun first, so that no process waits at the end for another to finish one of them."""


def pytest_configure(config: pytest.Config) -> None:
    """Close the outside world; when tests are shared out, start the servers before the processes that use them."""
    refuse_outside()
    config.option.loadscopereorder = False  # the files with most tests first: those are not the longest
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        _start_services(config)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first; within a file, and between the others, the order stays."""
    items.sort(key=lambda item: next((n for n, long in enumerate(_LONG) if item.nodeid.startswith(long)), len(_LONG)))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this process started."""
    if _run in config.stash:
        config.stash[_run].stop()


def _start_services(config: pytest.Config) -> None:
    config.stash[_run] = services.Services()
    config.stash[_run].start()


@pytest.fixture(scope="session")
def started_services(request: pytest.FixtureRequest) -> None:
    """PostgreSQL and Redis are up: by the controller of the run, or by us when there is none."""
    if not services.started():
        _start_services(request.config)


@pytest.fixture(scope="session")
def database_url(started_services: None) -> str:
    """A database of this test process, migrated by its owner, with the reference data; as `portal_app`."""
    return services.make_database(f"guichet_{services.WORKER}")


@pytest.fixture(scope="session")
def redis_url(started_services: None) -> str:
    """A numbered Redis database of this test process."""
    return services.redis_url()


@pytest.fixture(scope="session")
def tenants_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the real regions and those made for tests."""
    return every_folder(tmp_path_factory.mktemp("tenants"))


@pytest.fixture(scope="session")
def app(
    database_url: str, redis_url: str, tenants_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application, on the real regions' configuration and on that of the regions made for tests."""
    var_dir: Path = tmp_path_factory.mktemp("var")
    options = {
        "tenants_dir": tenants_dir,
        "testing": True,
        "cheap_passwords": True,
        "allow_private_targets": True,
        "var_dir": var_dir,
    }
    app = create_app(Settings(database_url, redis_url, services.SECRET_KEY, **options))
    yield app
    services.close_connections(app)


@pytest.fixture(scope="session")
def _cleaner(database_url: str) -> Iterator[Cleaner]:
    cleaner = Cleaner(services.cluster().admin_url(f"guichet_{services.WORKER}"))
    yield cleaner
    cleaner.close()


@pytest.fixture(autouse=True)
def clean_database(request: pytest.FixtureRequest) -> None:
    """Before each test that uses the application: no row but reference data, no job, no count of attempts."""
    if "app" not in request.fixturenames:
        return
    request.getfixturevalue("_cleaner").clean()
    with redis.Redis.from_url(request.getfixturevalue("redis_url")) as queue:
        queue.flushdb()
    if limiter.initialized:
        limiter.reset()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor, not signed in."""
    return app.test_client()


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    """`flask …`, in this process."""
    return app.test_cli_runner()
