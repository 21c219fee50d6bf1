"""`flask catalogue …`: the public's copy, written again from the approved revisions."""

import click
from flask.cli import AppGroup

from portal.domain.catalogue.actions import rebuild
from portal.extensions import db
from portal.tenancy.registry import UnknownTenantError, registry
from portal.tenancy.scope import tenant_scope

catalogue_commands = AppGroup("catalogue", help="Le catalogue public : ce que voient les visiteurs.")


@catalogue_commands.command("rebuild")
@click.argument("slug", required=False)
def rebuild_catalogue(slug: str | None) -> None:
    """Réécrit le catalogue de la région SLUG, ou de toutes, à partir des versions approuvées."""
    for name in [slug] if slug else registry.slugs():
        try:
            tenant = registry.get(name)
        except UnknownTenantError:
            known = ", ".join(registry.slugs())
            raise click.ClickException(f"Région inconnue : « {name} ». Régions : {known}.") from None
        db.session.commit()  # the region is read at the start of a transaction
        with tenant_scope(name):
            written = rebuild(db.session(), tenant)
            db.session.commit()
        click.echo(f"{name} : {written} session{'s' if written > 1 else ''}")
