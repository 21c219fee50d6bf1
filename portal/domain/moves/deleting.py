"""Deleting a sheet that stands on no axis: where it stands on one, a move with the effect `delete` does it."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.entry.relatives import follow
from portal.domain.entry.sittings import flush
from portal.domain.journal.actions import append
from portal.domain.journal.models import JournalEntry
from portal.domain.moves.perform import local_day, reopen
from portal.domain.people import Actor
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.queries import locked_sheet
from portal.domain.sheets.view import View
from portal.domain.workflow import MoveRefused
from portal.tenancy.tenant import Tenant

NOT_DELETABLE = "Vous ne pouvez pas supprimer cette fiche."
NOT_NOW = "Cette fiche ne peut pas être supprimée pour l'instant."
NOT_EMPTY = "Cette fiche ne peut pas être supprimée : elle en contient d'autres."


def deletion_refusal(view: View, roles: frozenset[str]) -> str | None:
    """Why these roles may not delete the sheet now; None when they may."""
    deletable = view.tenant.level(view.node.level).deletable
    if deletable is None or not roles & set(deletable.by):
        return NOT_DELETABLE
    if len(list(view.node.down())) > 1:
        return NOT_EMPTY
    return None if view.holds(deletable.when) else deletable.why or NOT_NOW


def delete_sheet(session: Session, tenant: Tenant, sheet: Sheet, *, actor: Actor, at: datetime) -> JournalEntry:
    """Delete it softly: its code is never given again, its history stays. Flushes. Raises MoveRefused, or SheetNotFound
    once it is gone.

    Its row is locked first, as whoever creates a sheet below it locks it: one of the two waits, then reads the truth.
    """
    sheet = locked_sheet(session, sheet.id)
    view = View(tenant, load_node(session, sheet), local_day(tenant, at), lookups=ReferenceLookups())
    if (refusal := deletion_refusal(view, actor.roles_on(view.node))) is not None:
        raise MoveRefused(refusal)
    flush(session, [sheet.id], at)
    sheet.deleted_at = at
    session.flush()
    entry = append(session, at=at, actor=actor, sheet_id=sheet.id, kind="sheet.deleted", config_version=tenant.version)
    follow(session, view, sheet, None, actor=actor, at=at)
    reopen(session, tenant, sheet, None, actor=actor, at=at)
    return entry
