"""/administration/membres/…: inviting, sending the link again, withdrawing, giving more sheets, taking a part away."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, flash, g, request, url_for

from portal.domain.accounts import invitations
from portal.domain.accounts.errors import InvitationRefusedError, LastManagerError
from portal.domain.accounts.held import by_sheet, give_more, part_by_sheet, sheets_named
from portal.domain.accounts.managers import may_manage
from portal.domain.accounts.parts import remove_part
from portal.domain.accounts.validators import organisation_of
from portal.extensions import db, limiter
from portal.web.access import member
from portal.web.admin.blueprint import READERS, blueprint
from portal.web.admin.waiting import held_by, role_choices
from portal.web.answers import answer, redirect_to

FIELDS = ("name", "email", "role", "siret", "organisation", "sheets")
SENT_AGAIN = "Un nouveau lien part vers {} ; le précédent n’ouvre plus rien."


def only_managers() -> None:
    """What one may not do does not exist."""
    if not may_manage(g.tenant, g.actor):
        abort(404)


def _who() -> str:
    return str(g.actor.user_id)


@blueprint.get("/membres/inviter")
@member(side=READERS)
def ask_invitation() -> Response:
    """The form."""
    only_managers()
    return _page({})


@blueprint.post("/membres/inviter")
@limiter.limit("200 per hour", key_func=_who)
@member(side=READERS)
def invite() -> Response:
    """Offer a part; the link leaves by mail."""
    only_managers()
    form, session = request.form, db.session()
    try:
        role = g.tenant.role(form.get("role", ""))
        for_one = role is not None and role.scope == "organisation"
        told = {"siret": form.get("siret", ""), "name": form.get("organisation", "")}
        holder = organisation_of(session, **told) if for_one else None
        person = {"email": form.get("email", ""), "name": form.get("name", ""), "role": form.get("role", "")}
        on = sheets_named(session, g.tenant, role, form.get("sheets", "")) if role and by_sheet(role) else []
        now = datetime.now(UTC)
        made = invitations.invite(session, g.tenant, g.actor, **person, organisation=holder, sheets=on, at=now)
    except InvitationRefusedError as refusal:
        session.rollback()
        return _page(form, 422, **{refusal.field: refusal.message})
    session.commit()
    flash(f"L’invitation part vers {made.email}.", "success")
    return redirect_to(url_for("admin.members"))


@blueprint.post("/membres/invitations/<uuid:invitation_id>/renvoyer")
@member(side=READERS)
def send_again(invitation_id: uuid.UUID) -> Response:
    """A new link; the former opens nothing any more."""
    only_managers()
    row = invitations.send_again(db.session(), g.tenant, invitation_id, at=datetime.now(UTC))
    db.session.commit()
    flash(SENT_AGAIN.format(row.email), "success")
    return redirect_to(url_for("admin.members"))


@blueprint.post("/membres/invitations/<uuid:invitation_id>/annuler")
@member(side=READERS)
def withdraw(invitation_id: uuid.UUID) -> Response:
    """The link opens nothing any more."""
    only_managers()
    invitations.withdraw(db.session(), g.actor, invitation_id, at=datetime.now(UTC))
    db.session.commit()
    flash("L’invitation est annulée : son lien n’ouvre plus rien.", "success")
    return redirect_to(url_for("admin.members"))


@blueprint.post("/membres/<uuid:part_id>/retirer")
@member(side=READERS)
def remove(part_id: uuid.UUID) -> Response:
    """Take a part away: one's own too, unless it is the last that manages."""
    only_managers()
    try:
        part = remove_part(db.session(), g.tenant, g.actor, part_id, at=datetime.now(UTC))
    except LastManagerError as refusal:
        db.session.rollback()
        flash(refusal.message, "warning")
        return redirect_to(url_for("admin.members"))
    name, own = part.user.name, part.user_id == g.actor.user_id
    db.session.commit()
    flash(f"{name} n’a plus ce rôle.", "success")
    return redirect_to(url_for("account.mine") if own else url_for("admin.members"))


@blueprint.get("/membres/<uuid:part_id>/fiches")
@member(side=READERS)
def ask_sheets(part_id: uuid.UUID) -> Response:
    """The form that gives somebody, on other sheets, the part they play on one."""
    only_managers()
    return _sheets_page(part_id, "")


@blueprint.post("/membres/<uuid:part_id>/fiches")
@member(side=READERS)
def give_sheets(part_id: uuid.UUID) -> Response:
    """Give it at once: the person is a member already."""
    only_managers()
    written = request.form.get("sheets", "")
    try:
        part, given = give_more(db.session(), g.tenant, g.actor, part_id, written, at=datetime.now(UTC))
    except InvitationRefusedError as refusal:
        db.session.rollback()
        return _sheets_page(part_id, written, 422, fault=refusal.message)
    name, titles = part.user.name, ", ".join(sheet.title or sheet.code for sheet in given)
    db.session.commit()
    flash(f"{name} a maintenant ce rôle sur : {titles}." if given else f"{name} avait déjà ce rôle.", "success")
    return redirect_to(url_for("admin.members"))


def _sheets_page(part_id: uuid.UUID, written: str, status: int = 200, fault: str | None = None) -> Response:
    part, role = part_by_sheet(db.session(), g.tenant, part_id)
    context = {"part": part, "role": role, "level": g.tenant.level(role.scope), "written": written, "fault": fault}
    return answer("admin/sheets.html", status=status, **context)


def _page(given: Mapping[str, str], status: int = 200, **faults: str) -> Response:
    values = {name: given.get(name, "") for name in FIELDS}
    context: dict[str, Any] = {"values": values, "roles": role_choices(), "faults": faults, **held_by()}
    return answer("admin/invite.html", status=status, **context)
