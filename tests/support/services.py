"""PostgreSQL and Redis for one test run, and the databases each test process gets from them."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import psycopg
from flask import Flask

from portal import create_app
from portal.extensions import db
from portal.local.database import Cluster, create_database, ensure_database
from portal.local.postgres import postgres
from portal.local.redis_server import redis_server
from portal.settings import Settings

TEMPLATE = "guichet_template"
SECRET_KEY = "a-secret-for-tests-only-of-more-than-32-characters"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
_ADDRESSES = ("GUICHET_TEST_FOLDER", "GUICHET_TEST_POSTGRES", "GUICHET_TEST_REDIS")


class Services:
    """The servers of the run. Whoever starts them hands their addresses to the other processes by environment."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="guichet-tests-"))
        self.folder.chmod(0o711)  # as root, PostgreSQL's own user must reach its data
        database, queue = postgres(self.folder, durable=False), redis_server(self.folder, durable=False)
        self.children = [database.child, queue.child]
        self.addresses = dict(
            zip(_ADDRESSES, map(str, (self.folder, database.cluster.sockets, queue.socket)), strict=True)
        )

    def start(self) -> None:
        """Start both; from now on `cluster`, `redis_url` and `run_folder` answer, here and in child processes."""
        for child in self.children:
            child.log = self.folder / f"{child.name}.log"
            child.start()
        for child in self.children:
            child.wait_ready()
        os.environ.update(self.addresses)

    def stop(self) -> None:
        """Stop both and forget their data."""
        for name in _ADDRESSES:
            os.environ.pop(name, None)
        for child in self.children:
            child.stop()
        shutil.rmtree(self.folder)


def started() -> bool:
    """Whether the run's servers are up."""
    return "GUICHET_TEST_POSTGRES" in os.environ


def cluster() -> Cluster:
    """The PostgreSQL server of the run."""
    return Cluster(Path(os.environ["GUICHET_TEST_POSTGRES"]))


def run_folder() -> Path:
    """The folder of the run, removed at its end; folders of tests that PostgreSQL's user must enter go here."""
    return Path(os.environ["GUICHET_TEST_FOLDER"])


def redis_url() -> str:
    """The numbered Redis database of this test process."""
    number = int(WORKER.removeprefix("gw")) + 1 if WORKER.startswith("gw") else 0
    return f"unix://{os.environ['GUICHET_TEST_REDIS']}?db={number}"


def make_database(name: str) -> str:
    """A database with every table and the reference data; its address as the application sees it."""
    with alone("template") as admin:
        if admin.execute("select 1 from pg_database where datname = %s", (TEMPLATE,)).fetchone() is None:
            _make_template()
        create_database(admin, name, template=TEMPLATE)
    return cluster().app_url(name)


@contextlib.contextmanager
def alone(what: str) -> Iterator[psycopg.Connection]:
    """An administrator's connection, one test process at a time for the same purpose."""
    with psycopg.connect(cluster().admin_url(), autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(hashtext(%s))", (what,))
        yield admin


def close_connections(app: Flask) -> None:
    """Give back the connections an application holds; one that is left open fails the run."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def _make_template() -> None:
    # Made under another name: a template that exists is a template that is complete.
    draft = TEMPLATE + "_draft"
    ensure_database(cluster(), draft)
    os.environ["DATABASE_OWNER_URL"] = cluster().owner_url(draft)
    app = create_app(Settings(cluster().app_url(draft), redis_url(), SECRET_KEY, testing=True, cheap_passwords=True))
    with app.app_context():
        flask_migrate.upgrade()
        if "reference" in app.cli.commands:
            done = app.test_cli_runner().invoke(args=["reference", "load"], catch_exceptions=False)
            assert done.exit_code == 0, done.output
    close_connections(app)
    del os.environ["DATABASE_OWNER_URL"]
    with psycopg.connect(cluster().admin_url(), autocommit=True) as admin:
        admin.execute(f"alter database {draft} rename to {TEMPLATE}")
