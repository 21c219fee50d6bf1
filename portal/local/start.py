"""`./run`: every service, the database ready, the product up, then watched until Ctrl-C."""

import os
import time
from pathlib import Path

import psycopg

from portal.local import places
from portal.local.child import Child
from portal.local.database import ensure_database, is_empty
from portal.local.errors import LocalError
from portal.local.postgres import postgres
from portal.local.product import Product, environment, migration_heads, write_private
from portal.local.redis_server import redis_server
from portal.local.screen import duration, say
from portal.local.supervisor import Supervisor
from portal.settings import ROOT


def run(arguments: list[str]) -> int:
    """Start everything, print the address, watch. Raises LocalError when something does not come up."""
    if arguments:
        raise LocalError("« ./run » seul démarre tout ; « ./run help » montre les autres commandes.", code=2)
    port = web_port()
    places.check_port(port)
    var = data_folder()
    lock = places.lock_folder(places.make_folder(var, shared=os.geteuid() == 0))
    with lock:
        try:
            _run(var, port)
        finally:
            environment_file(var).unlink(missing_ok=True)
    say("Tout est arrêté. Les données restent dans " + str(var) + ".")
    return 0


def _run(var: Path, port: int) -> None:
    with Supervisor() as supervisor:
        try:
            _start(supervisor, var, port)
            supervisor.watch()
        except KeyboardInterrupt:  # asked to stop while starting
            pass
        say("\nArrêt en cours…")


def data_folder() -> Path:
    """Where everything is kept: GUICHET_VAR, else `var` beside the code."""
    return Path(os.environ.get("GUICHET_VAR") or ROOT / "var").resolve()


def environment_file(var: Path) -> Path:
    """Where a run writes how its services are reached, for `./run flask …`."""
    return var / "run.env"


def web_port() -> int:
    """PORT, else 8000. Raises LocalError (code 2) when it is no port."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise LocalError(f"PORT doit être un nombre entre 1 et 65535, pas « {text} ».", code=2)
    return int(text)


def _start(supervisor: Supervisor, var: Path, port: int) -> None:
    began = time.monotonic()
    say("Guichet démarre…")
    product = Product(_start_services(supervisor, var, port), logs=places.make_folder(var / "log"))
    _prepare_database(supervisor, product)
    _report("Portail", supervisor.bring_up(product.web(), seconds=60))
    say(f"\nGuichet est ouvert : {product.url}   ({duration(time.monotonic() - began)})")
    supervisor.keep(product.worker())
    if product.demo:
        supervisor.keep(product.sandbox())
        _show_accounts(supervisor, product)
    say("\nCtrl-C pour tout arrêter.")


def _start_services(supervisor: Supervisor, var: Path, port: int) -> dict[str, str]:
    """PostgreSQL and Redis, unless the environment names servers of one's own; the environment of the product."""
    database_url, redis_url = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    owner_url = os.environ.get("DATABASE_OWNER_URL") or database_url
    logs = places.make_folder(var / "log")
    if not database_url:
        server = postgres(var, log=logs / "postgres.log")
        _report("PostgreSQL", supervisor.bring_up(server.child))
        ensure_database(server.cluster)
        database_url, owner_url = server.cluster.app_url(), server.cluster.owner_url()
    if not redis_url:
        queue = redis_server(var, log=logs / "redis.log")
        _report("Redis", supervisor.bring_up(queue.child))
        redis_url = queue.url()
    env = environment(
        var, database_url=database_url, owner_url=owner_url or database_url, redis_url=redis_url, port=port
    )
    write_private(environment_file(var), "".join(f"{key}={value}\n" for key, value in env.items()))
    return env


def _prepare_database(supervisor: Supervisor, product: Product) -> None:
    """Migrate when a migration is missing; fill what is empty."""
    owner_url = product.env["DATABASE_OWNER_URL"]
    if _revisions(owner_url) != migration_heads():
        _run_once(supervisor, "Structure de la base", product.flask("db", "upgrade"))
    if is_empty(owner_url, "ref_dataset"):
        _run_once(supervisor, "Tables de référence", product.flask("reference", "load"))
    if product.demo and (
        slugs := without_examples(owner_url, Path(os.environ.get("GUICHET_TENANTS") or ROOT / "tenants"))
    ):
        _run_once(supervisor, "Données de démonstration", product.flask("demo", "load", *slugs))


def without_examples(owner_url: str, folder: Path) -> list[str]:
    """The regions that have example data and were never published: all of them at first, then each that is added."""
    with psycopg.connect(owner_url) as connection:
        known = {row[0] for row in connection.execute("select distinct tenant from config_version")}
    slugs = {path.parent.parent.name for path in folder.glob("*/demo/data.yaml")}
    return sorted(slug for slug in slugs - known if not slug.startswith(("_", ".")))


def _revisions(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        if connection.execute("select to_regclass('public.alembic_version')").fetchone() == (None,):
            return set()
        return {row[0] for row in connection.execute("select version_num from alembic_version")}


def _show_accounts(supervisor: Supervisor, product: Product) -> None:
    accounts = product.flask("demo", "accounts")
    if accounts.log is not None:
        accounts.log.unlink(missing_ok=True)
        supervisor.run_once(accounts)
        say("\n" + accounts.log.read_text().rstrip())


def _run_once(supervisor: Supervisor, what: str, command: Child) -> None:
    say(f"  {what}…")
    _report(what, supervisor.run_once(command))


def _report(what: str, seconds: float) -> None:
    say(f"  {what} : prêt ({duration(seconds)})")
