"""/compte: where I may go, my open sessions, my password."""

from datetime import UTC, datetime
from uuid import UUID

from flask import Response, current_app, flash, request, url_for
from flask_login import current_user

from portal.domain.accounts.resets import void_resets
from portal.domain.organisations import actions
from portal.domain.organisations.errors import CredentialsError, WeakPasswordError
from portal.domain.organisations.models import User
from portal.domain.organisations.queries import sign_ins_of_user
from portal.domain.organisations.validators import SHORTEST
from portal.extensions import db, limiter
from portal.web import places as web_places
from portal.web.access import signed_in
from portal.web.account import sessions
from portal.web.account.agents import describe
from portal.web.account.blueprint import blueprint
from portal.web.answers import answer, redirect_to

DIFFERENT = "Les deux saisies du nouveau mot de passe diffèrent."


def _person() -> str:
    return str(current_user.get_id())


@blueprint.get("/compte")
@signed_in
def mine() -> Response:
    """Everything on one page."""
    return _page()


@blueprint.get("/compte/espaces")
@signed_in
def places() -> Response:
    """The choice of where to go, for those who have several places."""
    return answer("account/places.html", places=web_places.places())


@blueprint.get("/compte/reconnexion")
@signed_in
def back() -> Response:
    """Where one lands in the new tab, when signing in beside a form whose session ended."""
    return answer("account/back.html")


@blueprint.post("/compte/mot-de-passe")
@limiter.limit("10 per 10 minutes", key_func=_person, deduct_when=lambda response: response.status_code == 422)
@signed_in
def change_password() -> Response:
    """Change it here; sessions open elsewhere are closed."""
    current, new = request.form.get("current_password", ""), request.form.get("new_password", "")
    if new != request.form.get("new_password_again", ""):
        return _page(422, new_password_again=DIFFERENT)
    user = db.session.get_one(User, current_user.id)
    cheap = current_app.config["GUICHET"].cheap_passwords
    try:
        actions.change_password(db.session(), user, current=current, new=new, cheap=cheap)
    except CredentialsError as refusal:
        return _page(422, current_password=refusal.message)
    except WeakPasswordError as refusal:
        return _page(422, new_password=refusal.message)
    void_resets(db.session(), user_id=user.id, at=datetime.now(UTC))
    _close_others()
    actions.revoke_session(db.session(), user_id=user.id, sign_in_id=current_user.sign_in_id, at=datetime.now(UTC))
    sessions.sign_in(user)
    flash("Votre mot de passe est changé. Vos autres sessions sont fermées.", "success")
    return redirect_to(url_for("account.mine"))


@blueprint.post("/compte/sessions/<uuid:sign_in_id>/fermer")
@signed_in
def close_session(sign_in_id: UUID) -> Response:
    """Close one session: this one too, which signs out."""
    actions.revoke_session(db.session(), user_id=current_user.id, sign_in_id=sign_in_id, at=datetime.now(UTC))
    db.session.commit()
    flash("La session est fermée.", "success")
    return redirect_to(url_for("account.mine"))


@blueprint.post("/compte/sessions/fermer-les-autres")
@signed_in
def close_other_sessions() -> Response:
    """Close every session but this one."""
    closed = _close_others()
    db.session.commit()
    flash("Aucune autre session n’était ouverte." if not closed else "Vos autres sessions sont fermées.", "success")
    return redirect_to(url_for("account.mine"))


def _close_others() -> int:
    now = datetime.now(UTC)
    keep = current_user.sign_in_id
    return actions.revoke_other_sessions(db.session(), user_id=current_user.id, keep=keep, at=now)


def _page(status: int = 200, **faults: str) -> Response:
    since = datetime.now(UTC) - current_app.permanent_session_lifetime
    rows = sign_ins_of_user(db.session(), current_user.id, since=since)
    listed = [(row, describe(row.agent), row.id == current_user.sign_in_id) for row in rows]
    return answer(
        "account/mine.html",
        status=status,
        places=(mine := web_places.places()),
        regions={place.slug: place.name for place in mine},
        sessions=listed,
        faults=faults,
        shortest=SHORTEST,
    )
