"""`flask accounts …`: people let in by whoever runs the portal."""

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from stdnum.fr import siret as siret_number

from portal.domain.accounts.held import by_sheet, grant_on_sheets, sheets_named
from portal.domain.organisations.actions import create_user, grant_membership
from portal.domain.organisations.errors import OrganisationsError
from portal.domain.organisations.models import Organisation, User
from portal.domain.organisations.validators import validate_new_password
from portal.extensions import db
from portal.settings import Settings
from portal.tenancy.registry import UnknownTenantError, registry
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant

accounts_commands = AppGroup("accounts", help="Les comptes des personnes.")


@accounts_commands.command("add")
@click.argument("email")
@click.option("--name", required=True, help="Nom de la personne.")
@click.option("--tenant", "slug", required=True, help="La région, par le nom qu'elle a dans les adresses.")
@click.option("--role", required=True, help="Son rôle dans cette région.")
@click.option("--siret", help="L'organisme pour lequel elle agit, par son SIRET.")
@click.option("--sheets", default="", help="Les fiches sur lesquelles elle tient ce rôle, par leurs numéros.")
@click.option("--organisation", help="Le nom de cet organisme, s'il n'est pas encore connu de la région.")
@click.password_option(
    help="Demandé s'il n'est pas donné ; inutile si le compte existe déjà.", required=False, prompt=False
)
def add(
    email: str,
    name: str,
    slug: str,
    role: str,
    siret: str | None,
    sheets: str,
    organisation: str | None,
    password: str | None,
) -> None:
    """Ouvre un compte s'il n'existe pas, et lui donne un rôle dans une région."""
    tenant = _tenant(slug, role)
    settings: Settings = current_app.config["GUICHET"]
    with tenant_scope(slug):
        holder = _organisation(tenant, role, siret, organisation)
        user = db.session.scalar(select(User).where(User.email == email.strip().lower()))
        try:
            if user is None:
                secret = password or click.prompt(
                    "Mot de passe", hide_input=True, confirmation_prompt="Encore une fois"
                )
                validate_new_password(secret, email=email, name=name)
                cheap = settings.cheap_passwords
                user = create_user(db.session(), email=email, name=name, password=secret, cheap=cheap)
            if by_sheet(tenant.role(role)):
                named = sheets_named(db.session(), tenant, tenant.who.roles[role], sheets)
                grant_on_sheets(db.session(), user, role, [sheet.id for sheet in named])
            else:
                grant_membership(db.session(), user, role=role, organisation=holder)
            told = f"{user.email} : {tenant.who.roles[role].label}, {tenant.name}" + (
                f", {holder.name}" if holder else ""
            )
            db.session.commit()
        except OrganisationsError as error:
            raise click.ClickException(error.message) from None
        except IntegrityError:
            raise click.ClickException("Cette personne a déjà ce rôle.") from None
    click.echo(told)


def _tenant(slug: str, role: str) -> Tenant:
    try:
        tenant = registry.get(slug)
    except UnknownTenantError:
        raise click.ClickException(f"Région inconnue : {slug}. Régions : {', '.join(registry.slugs())}.") from None
    if role not in tenant.who.roles:
        raise click.ClickException(f"Rôle inconnu : {role}. Rôles : {', '.join(tenant.who.roles)}.")
    return tenant


def _organisation(tenant: Tenant, role: str, siret: str | None, name: str | None) -> Organisation | None:
    if tenant.who.roles[role].scope != "organisation":
        return None
    if siret is None:
        raise click.ClickException("Ce rôle se tient pour un organisme : indiquez --siret.")
    number = siret_number.compact(siret)
    found = db.session.scalar(select(Organisation).where(Organisation.siret == number))
    if found is not None:
        return found
    if not siret_number.is_valid(number):
        raise click.ClickException(f"Ce SIRET n'est pas valide : {siret}.")
    if name is None:
        raise click.ClickException("Cet organisme n'est pas encore connu de la région : indiquez aussi --organisation.")
    made = Organisation(siret=number, name=name)
    db.session.add(made)
    db.session.flush()
    return made
