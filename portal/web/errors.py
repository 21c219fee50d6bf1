"""Each error becomes a page, a message under htmx, or a JSON object for machines; in French, without a trace."""

import logging
import math
import time
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge

from portal.domain.accounts.errors import UnknownPartError
from portal.domain.deliveries.errors import DeliveryError, DeliveryNotFound, TargetNotFound
from portal.domain.organisations.errors import OrganisationsError, UnknownSignInError
from portal.domain.sheets.errors import SheetError, SheetNotFound
from portal.domain.workflow import MoveRefused
from portal.extensions import db, limiter
from portal.tenancy.registry import registry
from portal.tenancy.tenant import Tenant
from portal.web.access import typed_words
from portal.web.answers import is_partial, reswap, tell
from portal.web.destinations import page_behind
from portal.web.faults import EXPIRED_FORM, Fault, fault_of

log = logging.getLogger(__name__)

# A refusal of the domain that no view words by itself: its own message, under this status.
DOMAIN_ERRORS: dict[type[Exception], int] = {
    SheetError: 409,
    SheetNotFound: 404,
    MoveRefused: 409,
    DeliveryError: 409,
    DeliveryNotFound: 404,
    TargetNotFound: 404,
    OrganisationsError: 422,
    UnknownSignInError: 404,
    UnknownPartError: 404,
}


def init_app(app: Flask) -> None:
    """Register the handlers; the most precise class wins."""
    app.register_error_handler(HTTPException, expected)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(RateLimitExceeded, _too_many)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(InternalServerError, _unexpected)
    for error, status in DOMAIN_ERRORS.items():
        app.register_error_handler(error, _refusal(status))


def expected(error: HTTPException) -> Response:
    """A refusal of ours or of the library's, in words."""
    if error.response is not None:  # abort(response): already answered
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    fault = fault_of(status)
    if status == RequestEntityTooLarge.code:
        fault = Fault(fault.title, fault.sentence.format(most=(request.max_content_length or 0) // 2**20))
    response = _say(fault, status)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def _expired_form(error: CSRFError) -> Response:
    return _say(EXPIRED_FORM, 400, words=typed_words(), back=page_behind())


def _too_many(error: RateLimitExceeded) -> Response:
    limit = limiter.current_limit
    seconds = max(1, math.ceil(limit.reset_at - time.time())) if limit else 60
    minutes = max(1, round(seconds / 60))
    wait = "une minute" if minutes == 1 else f"{minutes} minutes"
    fault = fault_of(429)
    response = _say(Fault(fault.title, f"{fault.sentence} Patientez {wait}, puis recommencez."), 429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _refusal(status: int) -> Any:
    title = fault_of(status).title if status == 404 else "Action refusée"

    def handle(error: Any) -> Response:
        db.session.rollback()
        return _say(Fault(title, error.message), status, back=page_behind(), words=typed_words())

    return handle


def _database_away(error: OperationalError) -> Response:
    log.error("database", exc_info=error)
    _forget_transaction()
    response = _say(fault_of(503), 503)
    response.headers["Retry-After"] = "30"
    return response


def _unexpected(error: InternalServerError) -> Response:
    # Flask has logged the exception, with the request's id, before it came here.
    _forget_transaction()
    return _say(fault_of(500), 500, reference=g.get("request_id"))


def _forget_transaction() -> None:
    # The page of the error reads memberships for its header: it needs a transaction that is not broken.
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session.remove()


def _say(fault: Fault, status: int, **context: Any) -> Response:
    if request.path.startswith("/api/"):
        return _for_machines(fault, status)
    if is_partial():
        return _in_the_page(fault, status)
    page = {"fault": fault, "code": status, "words": [], "back": None, "reference": None} | context
    template = "errors/bare.html" if status >= 500 else "errors/page.html"
    g.tenant = g.get("tenant") or _region_around()
    return make_response(render_template(template, **page), status)


def _region_around() -> Tenant | None:
    """The region whose colours a page that does not exist takes, from the beginning of its address."""
    first = request.path.split("/")[1]
    return registry.get(first) if first in registry.slugs() else None


def _in_the_page(fault: Fault, status: int) -> Response:
    """Swap nothing: what is on the screen stays, and the sentence appears beside it."""
    response = make_response(render_template("errors/_fault.html", fault=fault), status)
    reswap(response, "none", "#toasts")
    return tell(response, toast={"text": fault.sentence, "tone": "warn"})


def _for_machines(fault: Fault, status: int) -> Response:
    """RFC 9457."""
    told = {"title": fault.title, "detail": fault.sentence, "status": status, "request_id": g.get("request_id")}
    response = jsonify(told)
    response.status_code, response.mimetype = status, "application/problem+json"
    return response
