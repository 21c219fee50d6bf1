"""/connexion and /deconnexion."""

import hashlib
from datetime import UTC, datetime

from flask import Response, current_app, make_response, request, url_for
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from portal.domain.organisations.actions import authenticate, revoke_session
from portal.domain.organisations.errors import CredentialsError
from portal.domain.organisations.queries import normalised_email
from portal.extensions import db, limiter
from portal.web.access import public, signed_in
from portal.web.account import sessions
from portal.web.account.blueprint import blueprint
from portal.web.answers import answer, is_partial, redirect_to, tell
from portal.web.destinations import local_path
from portal.web.places import landing

PER_ACCOUNT = "10 per 10 minutes"
PER_ADDRESS = "60 per 10 minutes"  # a whole training centre may stand behind one address


def _account() -> str:
    # Hashed: the counters lie in Redis, where no address of a person has business.
    return hashlib.sha256(normalised_email(request.form.get("email", "")).encode()).hexdigest()


def _failed(response: Response) -> bool:
    return response.status_code == 422


@blueprint.get("/connexion")
@public
def sign_in() -> Response:
    """Ask who it is; somebody already signed in goes on."""
    if current_user.is_authenticated:
        return redirect_to(landing(request.args.get("suite")))
    return answer("account/sign_in.html", email="", fault=None, suite=local_path(request.args.get("suite")))


@blueprint.post("/connexion")
@limiter.limit(PER_ACCOUNT, key_func=_account, deduct_when=_failed)
@limiter.limit(PER_ADDRESS, key_func=get_remote_address, deduct_when=_failed)
@public
def enter() -> Response:
    """Check address and password. Under htmx the page stays: it learns its new token and saves what was waiting."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    cheap = current_app.config["GUICHET"].cheap_passwords
    try:
        user = authenticate(db.session(), email=email, password=password, cheap=cheap)
    except CredentialsError as refusal:
        suite = local_path(request.form.get("suite"))
        context = {"email": email, "fault": refusal.message, "suite": suite}
        return answer("account/sign_in.html", "account/_sign_in_again.html", 422, **context)
    sessions.sign_in(user)
    if is_partial():
        return tell(make_response(""), signed_in={"csrf": generate_csrf()})
    return redirect_to(landing(request.form.get("suite")))


@blueprint.post("/deconnexion")
@signed_in
def leave() -> Response:
    """Close this session, here and in the database."""
    now = datetime.now(UTC)
    revoke_session(db.session(), user_id=current_user.id, sign_in_id=current_user.sign_in_id, at=now)
    db.session.commit()
    sessions.sign_out()
    return redirect_to(url_for("account.sign_in", au_revoir=1))
