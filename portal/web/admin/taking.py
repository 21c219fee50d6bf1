"""What is owed to a desk of this portal: somebody takes it in charge, with the codes asked for, or refuses it."""

import uuid
from datetime import UTC, datetime

from flask import Response, abort, flash, g, request, url_for

from portal.domain.deliveries.models import Delivery
from portal.domain.deliveries.parcels import Answer, answer_said
from portal.domain.deliveries.validators import RECEIPT
from portal.domain.moves.receiving import record_late
from portal.extensions import db
from portal.tenancy.tenant import Tenant
from portal.web.access import member
from portal.web.admin.blueprint import READERS, blueprint
from portal.web.answers import redirect_to
from portal.web.destinations import local_path

LONGEST = 200
DONE = {
    "acknowledged": "L’envoi est pris en charge.",
    "rejected": "L’envoi est refusé : l’organisme en lit la raison.",
}


def codes_asked(tenant: Tenant, target: str) -> list[tuple[str, str]]:
    """(key of the receipt, words) of each code that a target gives back."""
    asked = []
    for named, source in tenant.flows.targets[target].writes.items():
        level, _, name = named.partition(".")
        field = tenant.field(level, name)
        asked.append((source.removeprefix(RECEIPT), field.words if field else named))
    return asked


@blueprint.post("/envois/<uuid:delivery_id>/<any(prendre, refuser):what>")
@member(side=READERS)
def take(delivery_id: uuid.UUID, what: str) -> Response:
    """Answer for a desk: taken in charge, or refused with a reason. Only what waits at a desk is answered so."""
    row = db.session.get(Delivery, delivery_id)
    declared = g.tenant.flows.targets.get(row.target) if row else None
    if row is None or declared is None or declared.outlet != "desk":
        abort(404)
    answer = _answer(row.target, what)
    back = redirect_to(local_path(request.form.get("suite")) or url_for("admin.deliveries"))
    if answer is None:
        flash("Dites pourquoi l’envoi est refusé.", "warning")
        return back
    at = datetime.now(UTC)
    proof = f"desk:{g.actor.user_id}:{at.isoformat()}"
    received = record_late(db.session(), g.tenant, delivery_id, answer, proof=proof, at=at)
    db.session.commit()
    words = DONE[answer.outcome] if received.how in ("recorded", "known") else "Cet envoi n’attend plus de réponse."
    flash(words, "success" if received.how == "recorded" else "info")
    return back


def _answer(target: str, what: str) -> Answer | None:
    """What the form says; None for a refusal without a reason."""
    if what == "refuser":
        reason = request.form.get("motif", "").strip()[:LONGEST]
        return answer_said({"status": "refused", "message": reason}) if reason else None
    codes = {key: request.form.get(key, "").strip()[:LONGEST] for key, _ in codes_asked(g.tenant, target)}
    given = {key: code for key, code in codes.items() if code}
    return Answer("acknowledged", receipt={**given, "par": g.actor.name})
