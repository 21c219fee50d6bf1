"""Use-cases about people: sign in and out, change a password, open accounts, give parts to play. Callers commit."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.domain.organisations import passwords
from portal.domain.organisations.errors import CredentialsError, UnknownSignInError
from portal.domain.organisations.models import Membership, Organisation, SignIn, User
from portal.domain.organisations.queries import normalised_email, user_by_email
from portal.domain.organisations.validators import validate_new_password
from portal.ids import uuid7

NO_MATCH = "L’adresse ou le mot de passe est incorrect."
SIGN_IN_KEPT = timedelta(days=90)
AGENT_KEPT = 200  # signs of a browser's own description


def authenticate(session: Session, *, email: str, password: str, cheap: bool = False) -> User:
    """The user whose address and password these are.

    Raises CredentialsError with one sentence for every reason, after the same work: no account can be told from none.
    """
    user = user_by_email(session, email)
    kept = user.password_hash if user is not None and user.active else None
    if not passwords.matches(kept, password, cheap=cheap) or user is None or kept is None:
        raise CredentialsError(NO_MATCH)
    if passwords.is_outdated(kept, cheap=cheap):
        user.password_hash = passwords.hash_password(password, cheap=cheap)
    return user


def open_session(session: Session, user: User, *, at: datetime, address: str | None, agent: str | None) -> SignIn:
    """Record a signed-in browser; this person's sessions unseen for three months are forgotten."""
    session.execute(delete(SignIn).where(SignIn.user_id == user.id, SignIn.seen_at < at - SIGN_IN_KEPT))
    shown = agent[:AGENT_KEPT] if agent else None
    row = SignIn(id=uuid7(), user_id=user.id, at=at, seen_at=at, address=address, agent=shown)
    session.add(row)
    session.flush()
    return row


def revoke_session(session: Session, *, user_id: UUID, sign_in_id: UUID, at: datetime) -> None:
    """Close one of a person's own sessions, wherever it is. Raises UnknownSignInError."""
    owned = update(SignIn).where(SignIn.id == sign_in_id, SignIn.user_id == user_id).values(revoked_at=at)
    if session.execute(owned).rowcount == 0:  # type: ignore[attr-defined]
        raise UnknownSignInError("Cette session n’existe plus.")


def revoke_other_sessions(session: Session, *, user_id: UUID, keep: UUID, at: datetime) -> int:
    """Close every session of a person but one; how many were open."""
    others = update(SignIn).where(SignIn.user_id == user_id, SignIn.id != keep, SignIn.revoked_at.is_(None))
    return int(session.execute(others.values(revoked_at=at)).rowcount)  # type: ignore[attr-defined]


def revoke_every_session(session: Session, *, user_id: UUID, at: datetime) -> None:
    """Close every session of a person: whoever has them may not be that person."""
    theirs = update(SignIn).where(SignIn.user_id == user_id, SignIn.revoked_at.is_(None))
    session.execute(theirs.values(revoked_at=at))


def change_password(session: Session, user: User, *, current: str, new: str, cheap: bool = False) -> None:
    """Raises CredentialsError when `current` is not the password, WeakPasswordError when `new` would be guessed."""
    if not passwords.matches(user.password_hash, current, cheap=cheap):
        raise CredentialsError("Le mot de passe actuel est incorrect.")
    set_password(session, user, new, cheap=cheap)


def set_password(session: Session, user: User, new: str, *, cheap: bool = False) -> None:
    """Raises WeakPasswordError when `new` would be guessed."""
    validate_new_password(new, email=user.email, name=user.name)
    user.password_hash = passwords.hash_password(new, cheap=cheap)
    session.flush()


def create_user(session: Session, *, email: str, name: str, password: str | None = None, cheap: bool = False) -> User:
    """Open an account; without a password nobody can sign in to it yet."""
    kept = passwords.hash_password(password, cheap=cheap) if password is not None else None
    user = User(id=uuid7(), email=normalised_email(email), name=name, password_hash=kept)
    session.add(user)
    session.flush()
    return user


def grant_membership(
    session: Session,
    user: User,
    *,
    role: str,
    organisation: Organisation | None = None,
    sheet_id: UUID | None = None,
) -> Membership:
    """Give a part to play in the region in scope: on an organisation, on one sheet, or on the whole region."""
    row = Membership(id=uuid7(), user_id=user.id, role=role, sheet_id=sheet_id)
    if organisation is not None:
        row.organisation_id, row.organisation_name = organisation.id, organisation.name
    session.add(row)
    session.flush()
    return row
