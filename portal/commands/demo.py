"""`flask demo …`: the example data of the regions' manuals, and the accounts to look at them with."""

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup

from portal.commands._demo_file import DemoFileError, read_demo
from portal.commands._demo_play import PASSWORD, Play
from portal.commands.tenants import region_named
from portal.domain.moves.perform import local_day
from portal.extensions import db
from portal.settings import Settings
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant

demo_commands = AppGroup(
    "demo", help="Les données d'exemple des manuels et leurs comptes ; en démonstration seulement."
)


def _settings() -> Settings:
    settings: Settings = current_app.config["GUICHET"]
    if not settings.demo and not settings.testing:
        raise click.ClickException(
            "Refusé : les comptes de démonstration ont un mot de passe connu de tous (GUICHET_DEMO=1)."
        )
    return settings


@demo_commands.command("load")
@click.argument("slugs", nargs=-1)
def load(slugs: tuple[str, ...]) -> None:
    """Remplit chaque région, ou celles qui sont nommées, de ses exemples ; ce qui est déjà là n'est pas touché."""
    settings = _settings()
    for tenant in [region_named(slug) for slug in slugs] or registry.all():
        with tenant_scope(tenant.slug):
            try:
                made = fill_region(tenant, settings)
            except DemoFileError as error:
                db.session.rollback()
                raise click.ClickException(str(error)) from error
            db.session.commit()
            db.session.remove()
        click.echo(f"{tenant.name} : {made} fiches ajoutées" if made else f"{tenant.name} : rien à ajouter")


def fill_region(tenant: Tenant, settings: Settings) -> int:
    """Publish the region's configuration if it never was, then live its example data; how many sheets were made."""
    published, _ = registry.publish(db.session(), tenant.slug)
    today = local_day(published, datetime.now(UTC))
    data = read_demo(settings.tenants_dir / tenant.slug, published, today)
    return Play(db.session(), published, data, cheap=settings.cheap_passwords).run() if data else 0


@demo_commands.command("accounts")
def accounts() -> None:
    """Dit les comptes de démonstration, région par région."""
    settings = _settings()
    click.echo(f"Comptes de démonstration, tous avec le mot de passe : {PASSWORD}")
    for tenant in registry.all():
        given = read_demo(settings.tenants_dir / tenant.slug, tenant, datetime.now(UTC).date()).get("accounts", [])
        if given:
            click.echo(f"\n{tenant.name} ({tenant.region}) — {settings.base_url}/{tenant.slug}/")
        for account in {(a["mail"], a["role"]): a for a in given}.values():  # once, however many establishments
            role = tenant.role(account["role"])
            click.echo(f"  {account['mail']:<28} {role.label if role else account['role']}, {account['name']}")
