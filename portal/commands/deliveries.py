"""`flask deliveries …`: what is owed to whom, tried again, swept, held."""

from datetime import UTC, datetime
from uuid import UUID

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from portal.domain.deliveries import actions, queries, wording
from portal.domain.deliveries.actions.claim import LEASE
from portal.domain.deliveries.errors import DeliveryError
from portal.domain.deliveries.models import Delivery
from portal.domain.people import Actor
from portal.extensions import db
from portal.jobs import clock
from portal.jobs.deliver import deliver_due
from portal.jobs.setup import jobs_of
from portal.tenancy.registry import UnknownTenantError, registry
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant

deliveries_commands = AppGroup("deliveries", help="Les envois : ce qui est dû, à qui, et où cela en est.")
OPERATOR = Actor(None, "Exploitation", side="admin")


def _region(slug: str) -> Tenant:
    try:
        return registry.get(slug)
    except UnknownTenantError:
        raise click.BadParameter(f"région inconnue « {slug} » ; possibles : {', '.join(registry.slugs())}") from None


@deliveries_commands.command("list")
@click.option("--tenant", help="Une seule région.")
@click.option("--state", help="Un seul état : due, held, rejected, failed…")
@click.option("--limit", default=20, show_default=True, help="Nombre d'envois listés par région.")
def list_deliveries(tenant: str | None, state: str | None, limit: int) -> None:
    """Compte les envois par destinataire et par état, puis liste les derniers."""
    for region in [_region(tenant)] if tenant else registry.all():
        with tenant_scope(region.slug):
            _print_region(region, state, limit)
            db.session.remove()


def _print_region(region: Tenant, state: str | None, limit: int) -> None:
    session, now = db.session(), datetime.now(UTC)
    health = queries.health(session, now)
    click.echo(f"{region.name} – plus ancien dû : {f'{health.age:.0f} s' if health.oldest_owed else 'rien'}")
    for target, counts in sorted(health.counts.items()):
        states = ", ".join(f"{wording.STATES[name].lower()} : {count}" for name, count in sorted(counts.items()))
        click.echo(f"  {wording.label_of(region, target)} ({target}) – {states}")
    query = select(Delivery).order_by(Delivery.id.desc()).limit(limit)
    for row in session.scalars(query.where(Delivery.state == state) if state else query):
        words = row.problem or row.held_because or ""
        click.echo(f"    {row.id}  {row.target:<12} {row.verb:<8} {row.state:<12} {row.attempts} essai(s)  {words}")


@deliveries_commands.command("retry")
@click.argument("tenant")
@click.argument("delivery", required=False, type=click.UUID)
@click.option("--target", help="Tous les échecs de ce destinataire.")
def retry(tenant: str, delivery: UUID | None, target: str | None) -> None:
    """Renvoie l'envoi DELIVERY de la région TENANT, ou tous ses envois en échec."""
    region, now = _region(tenant), datetime.now(UTC)
    with tenant_scope(region.slug):
        try:
            if delivery is not None:
                actions.retry_delivery(db.session(), region, delivery, at=now)
                count = 1
            else:
                count = actions.retry_all(db.session(), region, at=now, target=target)
        except DeliveryError as refusal:
            raise click.ClickException(refusal.message) from refusal
        db.session.commit()
    click.echo(f"{count} envoi(s) à renvoyer.")


@deliveries_commands.command("sweep")
@click.option("--now", "here", is_flag=True, help="Envoyer ici même, sans passer par les workers.")
def sweep(here: bool) -> None:
    """Retrouve tout ce qui est dû et prévient les workers ; avec --now, envoie sans eux ni Redis."""
    jobs, now = jobs_of(current_app), datetime.now(UTC)
    if not here:
        clock.sweep(jobs, now)
        click.echo("Les workers sont prévenus de tout ce qui est dû.")
        return
    settled = 0
    for region in registry.all():
        with tenant_scope(region.slug):
            targets = queries.owed_targets(db.session(), now, LEASE)
            db.session.remove()
        settled += sum(deliver_due(region.slug, target) for target in targets)
    click.echo(f"{settled} envoi(s) aboutis.")


@deliveries_commands.command("hold")
@click.argument("tenant")
@click.argument("target")
@click.option("--reason", help="Le motif, que les organismes liront.")
@click.option("--release", is_flag=True, help="Laisser repartir les envois retenus.")
def hold(tenant: str, target: str, reason: str | None, release: bool) -> None:
    """Retient les envois vers TARGET, ou les laisse repartir : rien n'est perdu, tout attend."""
    region, now = _region(tenant), datetime.now(UTC)
    with tenant_scope(region.slug):
        try:
            if release:
                count = actions.release_target(db.session(), region, target, at=now, actor=OPERATOR)
            else:
                count = actions.hold_target(db.session(), region, target, at=now, actor=OPERATOR, reason=reason)
        except DeliveryError as refusal:
            raise click.ClickException(refusal.message) from refusal
        db.session.commit()
    click.echo(f"{count} envoi(s) {'repartent' if release else 'retenus'}.")
