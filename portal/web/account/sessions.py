"""The signed-in browser: a signed cookie on one side, a row that may be revoked on the other."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import Flask, Response, current_app, g, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import UserMixin, login_user, logout_user
from sqlalchemy import update

from portal.domain.organisations.actions import open_session
from portal.domain.organisations.models import SignIn, User
from portal.domain.organisations.queries import open_sign_in
from portal.extensions import db, login_manager
from portal.tenancy.scope import user_scope

ROW = "sign_in"  # session key: the id of the row
CSRF = "csrf_token"  # session key of Flask-WTF
SAME_FOR_ALL = frozenset({"static", "theme.stylesheet", "health.alive"})
SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, eq=False)
class SignedIn(UserMixin):
    """The person, copied out of the database: nothing left to load."""

    id: UUID
    name: str
    email: str
    sign_in_id: UUID


class QuietSessions(SecureCookieSessionInterface):
    """A visit starts the session's hours again; files that are the same for all carry no cookie and depend on none."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint not in SAME_FOR_ALL:
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Bind Flask-Login. A changed address or browser only makes a session less fresh: telephones change networks."""
    app.session_interface = QuietSessions()
    login_manager.session_protection = "basic"
    login_manager.user_loader(load)
    login_manager.init_app(app)


def load(user_id: str) -> SignedIn | None:
    """The person of a session, unless it was revoked, its account closed, or it was left alone too long."""
    now = datetime.now(UTC)
    try:
        ids = UUID(user_id), UUID(session.get(ROW, ""))
    except ValueError:
        return None
    row = open_sign_in(db.session(), *ids, since=now - current_app.permanent_session_lifetime)
    if row is None:
        return None
    if row.seen_at < now - SEEN_EVERY:
        _mark_seen(ids[1], now)
    return SignedIn(row.id, row.name, row.email, ids[1])


def _mark_seen(sign_in_id: UUID, now: datetime) -> None:
    # On a connection of its own: the request's transaction may well end without a commit.
    with db.engine.begin() as connection:
        connection.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=now))


def sign_in(user: User) -> SignedIn:
    """Open a new session for this person: a new row, a cookie emptied of what was before. Commits."""
    at = datetime.now(UTC)
    row = open_session(db.session(), user, at=at, address=request.remote_addr, agent=request.user_agent.string)
    person = SignedIn(user.id, user.name, user.email, row.id)
    secret = forms_secret(user)
    db.session.commit()
    session.clear()
    g.pop(CSRF, None)
    session.permanent = True
    session[ROW], session[CSRF] = str(person.sign_in_id), secret
    login_user(person)
    g.pop("belongings", None)
    g.scopes.enter_context(user_scope(str(person.id)))
    return person


def sign_out() -> None:
    """Empty the cookie. The row is revoked by the caller."""
    logout_user()
    session.clear()
    g.pop(CSRF, None)


def forms_secret(user: User) -> str:
    """What this person's form tokens are checked against.

    The same from one session to the next, until the password changes: a page left open while its session ended can
    still be sent once the same person has signed in again, and what was typed on it is not lost.
    """
    key = str(current_app.secret_key).encode()
    return hmac.new(key, f"forms:{user.id}:{user.password_hash}".encode(), hashlib.sha256).hexdigest()
