"""`flask reference …`: the tables of communes, holidays, Formacodes, certifications…: listed, loaded, replaced."""

from pathlib import Path

import click
from flask.cli import AppGroup

from portal.domain.reference import actions, queries
from portal.domain.reference.errors import ReferenceTableError
from portal.extensions import db

reference_commands = AppGroup("reference", help="Les tables de référence : communes, Formacode, certifications…")


@reference_commands.command("load")
@click.argument("name", required=False)
@click.option("--file", "path", type=click.Path(path_type=Path), help="Un fichier plus récent (CSV, CSV compressé).")
@click.option("--force", is_flag=True, help="Accepter un fichier qui perd plus de 5 % des lignes.")
def load(name: str | None, path: Path | None, force: bool) -> None:
    """Charge les fichiers fournis avec le projet, ou remplace la table NAME par un fichier plus récent."""
    if path and not name:
        raise click.UsageError("Indiquez la table que ce fichier remplace : flask reference load NAME --file FICHIER.")
    try:
        report = [_load_one(name, path, force)] if name else _load_all(force)
    except ReferenceTableError as refusal:
        db.session.rollback()
        raise click.ClickException(str(refusal)) from refusal
    db.session.commit()
    click.echo("\n".join(report))


@reference_commands.command("list")
def list_tables() -> None:
    """Liste les tables, leur nombre de lignes et le fichier dont elles viennent."""
    loaded = queries.loaded_datasets()
    for dataset in actions.DATASETS.values():
        state = loaded.get(dataset.name)
        held = "pas encore chargée"
        if state:
            origin = "fourni avec le projet" if state.carried else "remplacé"
            held = f"{_count(state.rows)} lignes, {state.file} ({origin}), chargée le {state.loaded_at:%d/%m/%Y}"
        click.echo(f"{dataset.name:<20} {dataset.title} : {held}")


def _load_one(name: str, path: Path | None, force: bool) -> str:
    done = actions.load_dataset(db.session, actions.find_dataset(name), path, force=force)
    return f"{name} : {_count(done.rows)} lignes ({_count(done.written)} écrites, {_count(done.removed)} retirées)"


def _load_all(force: bool) -> list[str]:
    return [f"{name} : {_count(rows)} lignes" for name, rows in actions.load_reference(db.session, force=force).items()]


def _count(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
