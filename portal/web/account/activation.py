"""/activation/<key>: an invitation accepted, by a new account or by one that is there already."""

from datetime import UTC, datetime

from flask import Response, current_app, flash, g, request, url_for
from flask_limiter.util import get_remote_address
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal.domain.accounts import invitations
from portal.domain.accounts.errors import AccountClosedError, KeyRefusedError
from portal.domain.accounts.held import titles_of
from portal.domain.accounts.models import Invitation
from portal.domain.organisations.errors import CredentialsError, WeakPasswordError
from portal.domain.organisations.models import User
from portal.extensions import db, limiter
from portal.web.access import public, signed_in
from portal.web.account import sessions
from portal.web.account.blueprint import blueprint
from portal.web.account.regions import enter_region
from portal.web.account.secret_pages import DIFFERENT, dead_link, secret_page
from portal.web.answers import answer, redirect_to
from portal.web.places import landing

TRIES = "30 per 10 minutes"
JOINED = "Bienvenue : votre accès à {} est ouvert."


def _failed(response: Response) -> bool:
    return response.status_code in (410, 422)


@blueprint.get("/activation")
@public
def ask_key() -> Response:
    """For those who copy the key of their message instead of opening its link."""
    return answer("account/ask_key.html")


@blueprint.post("/activation")
@public
def take_key() -> Response:
    """Go to the page of a key, or of a whole link pasted."""
    key = request.form.get("cle", "").strip().rpartition("/")[2]
    return redirect_to(url_for("account.activation", key=key) if key else url_for("account.ask_key"))


@blueprint.get("/activation/<key>")
@public
def activation(key: str) -> Response:
    """What the invitation offers, and the way to accept it. Looking uses nothing up: mail programs look too."""
    try:
        return _page(key, _opened(key))
    except KeyRefusedError:
        return dead_link()
    except AccountClosedError as refusal:
        return dead_link(why=refusal.message)


@blueprint.post("/activation/<key>")
@limiter.limit(TRIES, key_func=get_remote_address, deduct_when=_failed)
@public
def activate(key: str) -> Response:
    """Open the account with the password chosen, take the part, and sign in: one transaction."""
    password = request.form.get("new_password", "")
    cheap = current_app.config["GUICHET"].cheap_passwords
    try:
        row = _opened(key)
        if password != request.form.get("new_password_again", ""):
            return _page(key, row, 422, new_password_again=DIFFERENT)
        user = invitations.activate(db.session(), row, password=password, at=datetime.now(UTC), cheap=cheap)
        sessions.sign_in(user)
    except KeyRefusedError:
        return dead_link()
    except AccountClosedError as refusal:
        return dead_link(why=refusal.message)
    except WeakPasswordError as refusal:
        return _page(key, row, 422, new_password=refusal.message)
    except (CredentialsError, IntegrityError):  # the account was opened meanwhile, by another invitation
        db.session.rollback()
        return redirect_to(url_for("account.activation", key=key))
    flash(JOINED.format(g.tenant.name), "success")
    return redirect_to(landing(None))


@blueprint.post("/activation/<key>/accepter")
@signed_in
def accept(key: str) -> Response:
    """Take the part with the account signed in, when it is the one invited."""
    try:
        row = _opened(key)
        invitations.accept(db.session(), row, db.session.get_one(User, current_user.id), at=datetime.now(UTC))
    except (KeyRefusedError, CredentialsError):
        db.session.rollback()
        return dead_link()
    db.session.commit()
    g.pop("belongings", None)
    flash(JOINED.format(g.tenant.name), "success")
    return redirect_to(landing(None))


def _opened(key: str) -> Invitation:
    """The invitation of a key written `<region>.<key>`; raises KeyRefusedError."""
    slug, _, secret = key.partition(".")
    if enter_region(slug) is None:
        raise KeyRefusedError
    return invitations.opened_by(db.session(), secret, at=datetime.now(UTC))


def _page(key: str, row: Invitation, status: int = 200, **faults: str) -> Response:
    role = g.tenant.role(row.role)
    return secret_page(
        "account/activation.html",
        status,
        key=key,
        invitation=row,
        role=role.label if role else row.role,
        sheets=list(titles_of(db.session(), invitations.sheets_of(row)).values()),
        new=invitations.asks_for_a_password(db.session(), row),
        mine=current_user.is_authenticated and current_user.email == row.email,
        faults=faults,
    )
