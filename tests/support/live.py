"""The product as a person meets it: web, worker, sandbox and a Redis of its own, with the demonstration loaded."""

from pathlib import Path

from portal.local import places
from portal.local.child import Child
from portal.local.database import create_database
from portal.local.product import Product, environment
from portal.local.redis_server import redis_server
from tests.support import services

DEMO_TEMPLATE = "guichet_demo_template"


class Live:
    """The running product. Its parts are children: `live.worker.kill()`, `.start()`, `.stop()`, `.wait_ready()`."""

    def __init__(self, name: str) -> None:
        folder = places.make_folder(services.run_folder() / name)
        queue = redis_server(folder)
        self.database = f"guichet_{name}".replace("-", "_")
        self.product = Product(_environment(folder, self.database, queue.url()), logs=folder)
        self.redis: Child = queue.child
        self.web, self.worker, self.sandbox = self.product.web(), self.product.worker(), self.product.sandbox()
        self.redis.log = folder / "redis.log"

    @property
    def url(self) -> str:
        """The address of the portal, without a slash at its end."""
        return self.product.url

    @property
    def admin_url(self) -> str:
        """Its database as the server's superuser sees it, past every policy."""
        return services.cluster().admin_url(self.database)

    def start(self) -> None:
        """Bring everything up on a database of its own."""
        self.redis.start()
        self.redis.wait_ready()
        _make_demo_database(self.database, self.product)
        for child in (self.web, self.sandbox, self.worker):
            child.start()
        for child in (self.web, self.sandbox):
            child.wait_ready(60)

    def stop(self) -> None:
        """Stop everything; the database goes with the run."""
        for child in (self.web, self.worker, self.sandbox, self.redis):
            child.stop()

    def flask(self, *command: str) -> str:
        """Run a `flask` command beside the product; what it printed. Raises LocalError when it fails."""
        child = self.product.flask(*command)
        assert child.log is not None
        child.log.unlink(missing_ok=True)
        child.start()
        child.wait_end()
        return child.log.read_text()


def _environment(folder: Path, database: str, redis_url: str) -> dict[str, str]:
    cluster = services.cluster()
    urls = {"database_url": cluster.app_url(database), "owner_url": cluster.owner_url(database)}
    return environment(folder, **urls, redis_url=redis_url, port=places.free_port())


def _make_demo_database(name: str, product: Product) -> None:
    """Load the demonstration once per run, then copy it."""
    with services.alone("demo") as admin:
        if admin.execute("select 1 from pg_database where datname = %s", (DEMO_TEMPLATE,)).fetchone() is None:
            draft = DEMO_TEMPLATE + "_draft"
            app_url = services.make_database(draft)
            load = Product({**product.env, "DATABASE_URL": app_url}, product.logs).flask("demo", "load")
            load.start()
            load.wait_end()
            admin.execute(f"alter database {draft} rename to {DEMO_TEMPLATE}")
        create_database(admin, name, template=DEMO_TEMPLATE)
