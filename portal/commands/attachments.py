"""`flask attachments purge`: remove the files that nothing refers to any more."""

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup

from portal.domain.attachments.actions import Purged, purge
from portal.domain.fields.files import size_words
from portal.extensions import db
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope

attachments_commands = AppGroup("attachments", help="Les fichiers déposés avec les fiches.")


@attachments_commands.command("purge")
@click.argument("slug", required=False)
def purge_files(slug: str | None) -> None:
    """Supprime les fichiers qu'aucune fiche ni version figée ne cite, et qui ont plus d'un jour."""
    if slug is not None and slug not in registry.slugs():
        raise click.ClickException(f"Aucune région « {slug} ». Régions : {', '.join(sorted(registry.slugs()))}.")
    for one in [slug] if slug else sorted(registry.slugs()):
        click.echo(f"{one} : {_words(_purge(one))}")


def _purge(slug: str) -> Purged:
    folder = current_app.config["GUICHET"].var_dir / "files"
    with tenant_scope(slug):
        done = purge(db.session(), folder, now=datetime.now(UTC))
        db.session.commit()
    return done


def _words(done: Purged) -> str:
    if not done.files:
        return "rien à supprimer"
    return f"{done.files} fichier{'s' if done.files > 1 else ''} supprimé{'s' if done.files > 1 else ''}, " + (
        f"{size_words(done.size)} libérés"
    )
