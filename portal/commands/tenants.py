"""`flask tenants …`: the regions' folders, checked, published, shown."""

from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from portal.domain.catalogue.actions import rebuild
from portal.extensions import db
from portal.local.folders import all_folders, check_folders
from portal.settings import Settings
from portal.tenancy.registry import UnknownTenantError, registry
from portal.tenancy.schema import Axis, FormField, Move
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant

tenants_commands = AppGroup("tenants", help="Les dossiers des régions : vérifiés, publiés, montrés.")


@tenants_commands.command("check")
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False))
def check_them(folders: tuple[Path, ...]) -> None:
    """Lit chaque dossier et dit toutes ses fautes, avec leur fichier et leur ligne ; sort en erreur s'il y en a."""
    settings: Settings = current_app.config["GUICHET"]
    raise SystemExit(check_folders(folders or all_folders(settings.tenants_dir)))


@tenants_commands.command("publish")
@click.argument("slugs", nargs=-1)
def publish(slugs: tuple[str, ...]) -> None:
    """Donne un numéro de version au texte de chaque région qui a changé, et récrit son catalogue s'il le faut."""
    for slug in slugs or tuple(registry.slugs()):
        region_named(slug)
        tenant, new = registry.publish(db.session(), slug)
        db.session.commit()
        written = _written_again(tenant) if new else None
        db.session.remove()
        click.echo(f"{tenant.name} : version {tenant.version}" + ("" if new else ", déjà publiée"))
        if written is not None:
            click.echo(f"{tenant.name} : catalogue récrit, {written} session{'s' if written > 1 else ''}")


def _written_again(tenant: Tenant) -> int | None:
    """How many sessions of the catalogue were written again; None when what it shows has not changed."""
    if tenant.version < 2:
        return None
    with tenant_scope(tenant.slug):
        session = db.session()
        before = registry.at(session, tenant.slug, tenant.version - 1)
        if (before.public, before.who.options) == (tenant.public, tenant.who.options):
            return None
        written = rebuild(session, tenant)
        session.commit()
    return written


@tenants_commands.command("show")
@click.argument("slug")
def show(slug: str) -> None:
    """Montre une région : ses axes en diagrammes Mermaid, ses champs en table."""
    tenant = region_named(slug)
    click.echo(f"# {tenant.name} — {tenant.region}\n")
    for level in tenant.who.levels:
        above = tenant.level(level).parent
        click.echo(f"- {tenant.level(level).label} (`{level}`" + (f", sous `{above}`)" if above else ")"))
    for name, axis in tenant.workflow.axes.items():
        click.echo(f"\n## {axis.label or name}\n")
        click.echo("\n".join(diagram(axis)) if axis.derived is None else f"Calculé : `{axis.derived}`")
    for level in tenant.forms:
        click.echo(f"\n## Champs de « {tenant.level(level).label} »\n")
        click.echo("\n".join(field_table(tenant, level)))


def diagram(axis: Axis) -> Iterator[str]:
    """One axis as a Mermaid state diagram."""
    yield from ("```mermaid", "stateDiagram-v2", f"  [*] --> {axis.initial}")
    for name, state in axis.states.items():
        yield f"  {name}: {state.label or name}"
    for name, move in axis.moves.items():
        words = f"{move.label or name} ({', '.join(sorted(set(_roles(move))) or [move.on])})"
        for source in move.sources or axis.states:
            yield f"  {source} --> {move.to or ('[*]' if 'delete' in move.effects else source)}: {words}"
    yield "```"


def _roles(move: Move) -> list[str]:
    return [*move.by, *(r for names in move.sources.values() for r in names or [])]


def field_table(tenant: Tenant, level: str) -> Iterator[str]:
    """The fields of a level as a Markdown table, cells of rows included."""
    yield from ("| étape | champ | libellé | type | demandé | origine | terme |", "|---|---|---|---|---|---|---|")
    for step in tenant.steps(level):
        for field in step.fields:
            yield _field_row(step.id, field.id, field)
            for cell in field.fields:
                yield _field_row(step.id, f"{field.id}.{cell.id}", cell)


def _field_row(step: str, name: str, field: FormField) -> str:
    cells = (
        step,
        f"`{name}`",
        field.words,
        field.kind,
        "oui" if field.required else "",
        field.origin,
        field.term or "",
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def region_named(slug: str) -> Tenant:
    """A region, by the name that was typed. Raises click.BadParameter, with those there are."""
    try:
        return registry.get(slug)
    except UnknownTenantError:
        raise click.BadParameter(f"région inconnue « {slug} » ; possibles : {', '.join(registry.slugs())}") from None
