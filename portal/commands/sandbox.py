"""`flask sandbox target`: a small real system that plays a region's, for demonstrations, tests and measures."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from portal.jobs.outlets.addresses import SANDBOX_SECRET
from portal.jobs.sandbox.serve import make_sandbox_server
from portal.jobs.setup import jobs_of

sandbox_commands = AppGroup("sandbox", help="Le système d'essai.")


@sandbox_commands.command("target")
@click.option("--port", default=8090, show_default=True, help="Port d'écoute, sur cette machine seulement.")
@click.option("--store", type=click.Path(path_type=Path), help="Fichier où il garde ce qu'il reçoit.")
def run_target(port: int, store: Path | None) -> None:
    """Joue le système d'information d'une région : reçoit les envois, vérifie leur signature, rend un accusé."""
    file = store or jobs_of(current_app).settings.var_dir / "sandbox.sqlite3"
    server = make_sandbox_server(port, file, SANDBOX_SECRET)
    click.echo(f"Système d'essai : http://127.0.0.1:{server.server_port}/  (Ctrl-C pour arrêter)")
    server.serve_forever()
