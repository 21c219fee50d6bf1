"""`flask imports …`: an empty file to fill in, and a file brought from the command line."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from portal.domain.imports import actions
from portal.domain.imports.models import ImportRun
from portal.domain.imports.templates import blank_file
from portal.domain.people import Actor
from portal.extensions import db
from portal.tenancy.registry import UnknownTenantError, registry
from portal.tenancy.schema import Import
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant

imports_commands = AppGroup("imports", help="Les fichiers des régions : modèles à remplir, imports sans les écrans.")
MADE = {
    "create": "à créer",
    "update": "à modifier",
    "unchanged": "inchangés",
    "withdraw": "plus proposés",
    "remove": "à défaire",
}
OPERATOR = Actor(None, "Exploitation", side="system")


def _declared(slug: str, import_id: str) -> tuple[Tenant, Import]:
    try:
        tenant = registry.get(slug)
    except UnknownTenantError:
        known = ", ".join(registry.slugs())
        raise click.ClickException(f"Région inconnue : « {slug} ». Régions : {known}.") from None
    every = tenant.imports.imports
    if import_id not in every:
        raise click.ClickException(f"Import inconnu : « {import_id} ». Imports : {', '.join(every) or 'aucun'}.")
    return tenant, every[import_id]


@imports_commands.command("template")
@click.argument("slug")
@click.argument("import_id")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
def template(slug: str, import_id: str, file: Path | None) -> None:
    """Écrit dans FILE (.csv ou .xlsx) un fichier vide, avec les titres de l'import."""
    _, definition = _declared(slug, import_id)
    form = file.suffix.removeprefix(".").lower() if file else definition.formats[0]
    if form not in definition.formats:
        raise click.ClickException(f"Cet import accepte : {', '.join(definition.formats)}.")
    written = file or Path(f"{import_id}.{form}")
    written.write_bytes(blank_file(definition, form))
    click.echo(str(written))


@imports_commands.command("run")
@click.argument("slug")
@click.argument("import_id")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--accept", "accepted", is_flag=True, help="Appliquer le fichier s'il n'a aucune faute.")
@click.option("--annotated", type=click.Path(dir_okay=False, path_type=Path), help="Où écrire le fichier annoté.")
def run_import(slug: str, import_id: str, file: Path, accepted: bool, annotated: Path | None) -> None:
    """Vérifie FILE, dit ce qu'il ferait et, avec --accept, l'applique."""
    tenant, definition = _declared(slug, import_id)
    db.session.commit()  # the region is read at the start of a transaction
    with tenant_scope(slug):
        try:
            run = _checked(tenant, import_id, file)
        except actions.ImportRefused as refusal:
            raise click.ClickException(refusal.message) from refusal
        _tell(definition, run)
        if run.state == "refused":
            if annotated and run.annotated:
                annotated.write_bytes(run.annotated)
            raise click.ClickException(f"Fichier refusé : {run.report['fault_count']} faute(s).")
        if accepted:
            _apply(tenant, run)
        else:
            actions.drop(db.session(), tenant, run.id, actor=OPERATOR, at=datetime.now(UTC))
            db.session.commit()
            click.echo("Rien n'a été écrit : ajoutez --accept pour appliquer ce fichier.")


def _checked(tenant: Tenant, import_id: str, file: Path) -> ImportRun:
    session, now = db.session(), datetime.now(UTC)
    run = actions.submit(
        session, tenant, import_id, file_name=file.name, content=file.read_bytes(), actor=OPERATOR, at=now
    )
    actions.take(session, run.id, at=now)  # in hand: no worker checks it meanwhile
    session.commit()
    actions.check(session, tenant, run.id, at=datetime.now(UTC))
    session.commit()
    return run


def _apply(tenant: Tenant, run: ImportRun) -> None:
    session, run_id = db.session(), run.id
    actions.accept(session, tenant, run_id, actor=OPERATOR, at=datetime.now(UTC))
    actions.take(session, run_id, at=datetime.now(UTC))
    session.commit()
    while actions.apply_chunk(session, tenant, run_id, at=datetime.now(UTC)):
        session.commit()
    session.commit()
    click.echo("Import terminé.")


def _tell(definition: Import, run: ImportRun) -> None:
    report, levels = run.report, [sheet.level for sheet in definition.sheets]
    click.echo(f"{report['rows']} ligne(s) lue(s).")
    for words, name in (("à créer", "create"), ("à modifier", "update"), ("inchangées", "unchanged")):
        counts = (f"{level} {report[name][level]}" for level in levels if level in report[name])
        click.echo(f"  {words} : {', '.join(counts) or 'aucune'}")
    click.echo(f"  organismes nouveaux : {report['organisations']}, invitations : {report['invitations']}")
    for name, what in (("contacts", "contacts"), ("links", "liens")):
        if told := ", ".join(f"{MADE[done]} {count}" for done, count in report[name].items() if count):
            click.echo(f"  {what} : {told}")
    if report["parts"]:
        click.echo(f"  rôles donnés sur des fiches : {report['parts']}")
    click.echo(f"  fiches qui ne sont plus nommées : {report['vanished_count']}")
    for remark in [*report["faults"], *report["warnings"]]:
        where = f"ligne {remark['line']}, {remark['cell'] or remark['column'] or ''}" if remark["line"] else "fichier"
        click.echo(f"  {where.rstrip(', ')} : {remark['message']} {remark['value']}".rstrip())
