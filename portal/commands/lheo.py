"""`flask lheo …`: a document explained, a document read."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from portal.domain.lheo.documents import faults_of, offers_of
from portal.domain.lheo.errors import UnreadableDocument
from portal.domain.lheo.parsing import Parsed
from portal.domain.lheo.receiving import Receiving, Report
from portal.domain.moves.perform import local_day
from portal.domain.people import Actor
from portal.domain.vocabulary import TERMS
from portal.extensions import db
from portal.tenancy.registry import UnknownTenantError, registry
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant

lheo_commands = AppGroup("lheo", help="Les documents LHÉO : expliqués, lus.")
OPERATOR = Actor(None, "Exploitation", side="system")
MOST_SHOWN = 200
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@lheo_commands.command("check")
@click.argument("file", type=FILE)
@click.option("--all", "everything", is_flag=True, help=f"Toutes les fautes, et non les {MOST_SHOWN} premières.")
def check_document(file: Path, everything: bool) -> None:
    """Explique les fautes de FILE, avec leur ligne ; sort en erreur s'il n'est pas valable."""
    parsed, counts = Parsed(), {True: 0, False: 0}
    try:
        with file.open("rb") as source:
            for fault in faults_of(source, parsed):
                counts[fault.blocks] += 1
                if everything or sum(counts.values()) <= MOST_SHOWN:
                    kind = "" if fault.blocks else "remarque : "
                    _say(f"{file.name}:{fault.line}: {kind}{fault.message}")
    except UnreadableDocument as refusal:
        _say(f"{file.name}:{refusal.line}: {refusal.message}")
        raise SystemExit(1) from None
    if not everything and sum(counts.values()) > MOST_SHOWN:
        click.echo(f"… et {sum(counts.values()) - MOST_SHOWN} autres (--all pour toutes).")
    click.echo(f"LHÉO {parsed.version} : {_plural(parsed.offers, 'offre')}, {_plural(counts[True], 'faute')}, "
               f"{_plural(counts[False], 'remarque')}.")  # fmt: skip
    if counts[True]:
        raise SystemExit(1)


@lheo_commands.command("read")
@click.argument("file", type=FILE)
@click.option("--tenant", "slug", required=True, help="La région qui reçoit les fiches.")
@click.option("--programme", help="Le programme des fiches, dans une région qui en a plusieurs.")
@click.option("--apply", "applied", is_flag=True, help="Écrire les fiches au lieu de dire ce qui serait fait.")
def read_document(file: Path, slug: str, programme: str | None, applied: bool) -> None:
    """Lit les offres de FILE en fiches de la région ; sans --apply, dit seulement ce qui serait fait."""
    tenant = _region(slug)
    programme = _programme(tenant, programme)
    at = datetime.now(UTC)
    with tenant_scope(slug):
        tenant = registry.adopt(db.session(), slug)
        reading = Receiving(db.session(), tenant, OPERATOR, at, local_day(tenant, at), programme)
        try:
            with file.open("rb") as source:
                for offer in offers_of(source):
                    reading.receive(offer)
        except UnreadableDocument as refusal:
            db.session.rollback()
            raise click.ClickException(f"{file.name}:{refusal.line}: {refusal.message}") from None
        if applied:
            db.session.commit()
        else:
            db.session.rollback()
        db.session.remove()
    _tell(tenant, reading.report)
    click.echo("Fiches écrites." if applied else "Rien n'a été écrit : ajoutez --apply pour écrire ces fiches.")


def _region(slug: str) -> Tenant:
    try:
        tenant = registry.get(slug)
    except UnknownTenantError:
        known = ", ".join(registry.slugs())
        raise click.ClickException(f"Région inconnue : « {slug} ». Régions : {known}.") from None
    if tenant.session_level is None:
        raise click.ClickException(f"{tenant.name} n'a pas de niveau « session ».")
    return tenant


def _programme(tenant: Tenant, programme: str | None) -> str | None:
    known = list(tenant.who.programmes)
    if programme is None:
        if len(known) > 1:
            raise click.ClickException(f"Dites le programme (--programme) : {', '.join(known)}.")
        return known[0] if known else None
    if programme not in known:
        raise click.ClickException(f"Programme inconnu : « {programme} ». Programmes : {', '.join(known)}.")
    return programme


def _tell(tenant: Tenant, report: Report) -> None:
    click.echo(f"{_plural(report.offers, 'offre')} dans ce document.")
    for words, counts in (("à créer", report.made), ("déjà lues", report.known)):
        told = ", ".join(f"{tenant.level(level).label} {count}" for level, count in counts.items())
        click.echo(f"  {words} : {told or 'aucune fiche'}")
    click.echo(f"  organismes nouveaux : {report.organisations}")
    if report.untold:
        named = ", ".join(sorted(TERMS[term].french for term in report.untold))
        click.echo(f"  dit par le document, sans champ dans cette région : {named}")
    for remark in report.remarks[:MOST_SHOWN]:
        _say(f"  {remark}")


def _say(words: str) -> None:
    """Words that a document holds in part: what is not printable could command a terminal."""
    click.echo("".join(sign if sign.isprintable() else "�" for sign in words))


def _plural(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count > 1 else ''}"
