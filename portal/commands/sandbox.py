"""`flask sandbox target`: a small real system that plays a region's, for demonstrations, tests and measures."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from portal.domain.deliveries.addresses import SANDBOX_SECRET
from portal.jobs.sandbox.serve import make_sandbox_server
from portal.jobs.sandbox.taking import Relays
from portal.jobs.setup import jobs_of
from portal.tenancy.registry import registry

sandbox_commands = AppGroup("sandbox", help="Le système d'essai.")


@sandbox_commands.command("target")
@click.option("--port", default=8090, show_default=True, help="Port d'écoute, sur cette machine seulement.")
@click.option("--store", type=click.Path(path_type=Path), help="Fichier où il garde ce qu'il reçoit.")
def run_target(port: int, store: Path | None) -> None:
    """Joue les destinataires des régions : reçoit ou va chercher les envois, les vérifie, rend un accusé."""
    var = jobs_of(current_app).settings.var_dir
    server = make_sandbox_server(port, store or var / "sandbox.sqlite3", SANDBOX_SECRET, relays(), var / "depots")
    click.echo(f"Système d'essai : http://127.0.0.1:{server.server_port}/  (Ctrl-C pour arrêter)")
    server.serve_forever()


def relays() -> Relays:
    """Which target passes documents on to which, as the regions declare it."""
    found: dict[tuple[str, str], list[str]] = {}
    for tenant in registry.all():
        for flow in tenant.flows.flows:
            if flow.via and flow.target not in found.setdefault((tenant.slug, flow.via), []):
                found[tenant.slug, flow.via].append(flow.target)
    return found
