"""/administration/membres/demandes/…: the answer to somebody who asks for access."""

import uuid
from datetime import UTC, datetime

from flask import Response, flash, g, request, url_for

from portal.domain.accounts.errors import InvitationRefusedError
from portal.domain.accounts.requests import accept_request, refuse_request
from portal.extensions import db
from portal.web.access import member
from portal.web.admin.blueprint import READERS, blueprint
from portal.web.admin.inviting import only_managers
from portal.web.answers import redirect_to


@blueprint.post("/membres/demandes/<uuid:request_id>/accepter")
@member(side=READERS)
def accept_access(request_id: uuid.UUID) -> Response:
    """Invite whoever asks, under the role chosen."""
    only_managers()
    role, now = request.form.get("role", ""), datetime.now(UTC)
    try:
        on = request.form.get("sheets", "")
        made = accept_request(db.session(), g.tenant, g.actor, request_id, role=role, sheets=on, at=now)
    except InvitationRefusedError as refusal:
        return _refused(refusal)
    db.session.commit()
    flash(f"La demande est acceptée : l’invitation part vers {made.email}.", "success")
    return redirect_to(url_for("admin.members"))


@blueprint.post("/membres/demandes/<uuid:request_id>/refuser")
@member(side=READERS)
def refuse_access(request_id: uuid.UUID) -> Response:
    """Say no, with a word."""
    only_managers()
    reason, now = request.form.get("reason", ""), datetime.now(UTC)
    try:
        row = refuse_request(db.session(), g.tenant, g.actor, request_id, reason=reason, at=now)
    except InvitationRefusedError as refusal:
        return _refused(refusal)
    email = row.email
    db.session.commit()
    flash(f"La réponse part vers {email}.", "success")
    return redirect_to(url_for("admin.members"))


def _refused(refusal: InvitationRefusedError) -> Response:
    db.session.rollback()
    flash(refusal.message, "warning")
    return redirect_to(url_for("admin.members"))
