"""/mot-de-passe: a password lost, and another chosen by the link sent."""

import hashlib
from datetime import UTC, datetime

from flask import Response, current_app, flash, request, url_for
from flask_limiter.util import get_remote_address

from portal.domain.accounts import resets
from portal.domain.accounts.errors import KeyRefusedError
from portal.domain.organisations.errors import WeakPasswordError
from portal.domain.organisations.queries import normalised_email
from portal.extensions import db, limiter
from portal.tenancy.registry import registry
from portal.web.access import public
from portal.web.account import sessions
from portal.web.account.blueprint import blueprint
from portal.web.account.secret_pages import DIFFERENT, dead_link, secret_page
from portal.web.answers import answer, redirect_to

PER_ACCOUNT = "5 per hour"
PER_ADDRESS = "30 per hour"
TRIES = "30 per 10 minutes"
SENT = (
    "Si un compte existe pour cette adresse, un lien vient d’y être envoyé : il sert une seule fois, pendant une "
    "heure. Regardez aussi dans les indésirables."
)
CHANGED = "Votre mot de passe est changé et vos sessions sont fermées. Connectez-vous."


def _account() -> str:
    # Hashed: the counters lie in Redis, where no address of a person has business.
    return hashlib.sha256(normalised_email(request.form.get("email", "")).encode()).hexdigest()


def _failed(response: Response) -> bool:
    return response.status_code in (410, 422)


@blueprint.get("/mot-de-passe")
@public
def lost_password() -> Response:
    """Ask for the address."""
    return answer("account/lost_password.html", region=request.args.get("region", ""))


@blueprint.post("/mot-de-passe")
@limiter.limit(PER_ACCOUNT, key_func=_account)
@limiter.limit(PER_ADDRESS, key_func=get_remote_address)
@public
def send_reset() -> Response:
    """Owe the link, if there is an account; answer the same if there is none."""
    email, region = request.form.get("email", ""), request.form.get("region")
    cheap, now = current_app.config["GUICHET"].cheap_passwords, datetime.now(UTC)
    resets.ask_reset(db.session(), email=email, regions=registry.slugs(), invited_to=region, at=now, cheap=cheap)
    db.session.commit()
    flash(SENT, "info")
    return redirect_to(url_for("account.sign_in"))


@blueprint.get("/mot-de-passe/<key>")
@public
def choose_password(key: str) -> Response:
    """The form. Looking uses nothing up: mail programs look too."""
    try:
        return _page(key, resets.reset_opened_by(db.session(), key, at=datetime.now(UTC)).email)
    except KeyRefusedError:
        return dead_link(reset=True)


@blueprint.post("/mot-de-passe/<key>")
@limiter.limit(TRIES, key_func=get_remote_address, deduct_when=_failed)
@public
def reset_password(key: str) -> Response:
    """Change it, close every session, and ask to sign in: a link is no second factor."""
    password, now = request.form.get("new_password", ""), datetime.now(UTC)
    cheap = current_app.config["GUICHET"].cheap_passwords
    try:
        email = resets.reset_opened_by(db.session(), key, at=now).email
        if password != request.form.get("new_password_again", ""):
            return _page(key, email, 422, new_password_again=DIFFERENT)
        resets.use_reset(db.session(), key, password=password, at=now, cheap=cheap)
    except KeyRefusedError:
        return dead_link(reset=True)
    except WeakPasswordError as refusal:
        db.session.rollback()
        return _page(key, email, 422, new_password=refusal.message)
    db.session.commit()
    sessions.sign_out()
    flash(CHANGED, "success")
    return redirect_to(url_for("account.sign_in"))


def _page(key: str, email: str, status: int = 200, **faults: str) -> Response:
    return secret_page("account/choose_password.html", status, key=key, email=email, faults=faults)
