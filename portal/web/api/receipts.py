"""POST /api/v1/<region>/accuses/<envoi>: what a target answers to a delivery after it was sent.

Nobody signs in here: the target proves who it is by its signature, under the secret it shares with the portal, over the
time, the delivery and the words. An old signature, one made for something else, and the same one twice are refused.
"""

import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Response, abort, current_app, g, jsonify, request

from portal.domain.deliveries import signing
from portal.domain.deliveries.addresses import address_of
from portal.domain.deliveries.models import Delivery
from portal.domain.deliveries.parcels import Answer, answer_said, read_object
from portal.domain.moves.receiving import record_late
from portal.extensions import csrf, db, limiter
from portal.web.access import public
from portal.web.api.blueprint import blueprint

LARGEST = 64 * 1024  # bytes
SAID: Mapping[str, tuple[int, str]] = {
    "recorded": (200, "Accusé enregistré."),
    "known": (200, "Cet accusé était déjà enregistré."),
    "replayed": (409, "Cet accusé a déjà été reçu tel quel."),
    "contrary": (409, "L'envoi a déjà reçu une réponse contraire."),
    "unsent": (409, "Cet envoi n'attend pas d'accusé."),
    "failed": (503, "L'accusé n'a pas pu être enregistré : renvoyez-le."),
}
FORGED = {
    "unsigned": "La signature est absente ou fausse.",
    "stale": "L'horodatage est trop éloigné de l'heure du portail.",
}


@blueprint.post("/accuses/<uuid:delivery_id>")
@public
@csrf.exempt
@limiter.limit("600 per minute")
def receive_receipt(delivery_id: uuid.UUID) -> tuple[Response, int]:
    """Record a receipt. 401 when it is not proved, 409 when it is not awaited, 422 when it says nothing."""
    body = _body()
    row = db.session.get(Delivery, delivery_id)
    declared = g.tenant.flows.targets.get(row.target) if row else None
    if row is None or declared is None or declared.outlet != "http":
        abort(404)
    address = address_of(current_app.config["GUICHET"], g.tenant.slug, row.target)
    if address is None:  # nobody shares a secret with it
        abort(404)
    written, signature = (request.headers.get(name, "") for name in (signing.TIMESTAMP, signing.SIGNATURE))
    fault = signing.judge_receipt(address.secret, str(delivery_id), body, written, signature, time.time())
    if fault is not None:
        return jsonify(error=FORGED[fault]), 401
    answer = _answer(body)
    if answer is None:
        return jsonify(error="Écrivez un objet JSON dont « status » est « acknowledged » ou « refused »."), 422
    proof = request.headers[signing.SIGNATURE]
    received = record_late(db.session(), g.tenant, delivery_id, answer, proof=proof, at=datetime.now(UTC))
    db.session.commit()
    status, words = SAID[received.how]
    return jsonify(state=received.delivery.state, message=words), status


def _body() -> bytes:
    if (request.content_length or 0) > LARGEST:
        abort(413)
    body = request.stream.read(LARGEST + 1)
    return body if len(body) <= LARGEST else abort(413)


def _answer(body: bytes) -> Answer | None:
    """What the body says; None when it says nothing that can be kept."""
    try:
        return answer_said(read_object(body))
    except ValueError:
        return None
