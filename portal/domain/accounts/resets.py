"""A password lost, and another chosen by whoever reads the mailbox of the account. Callers commit."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.domain.accounts import keys
from portal.domain.accounts.errors import KeyRefusedError
from portal.domain.accounts.models import Invitation, PasswordReset
from portal.domain.mails.letters import write_letter
from portal.domain.organisations import passwords
from portal.domain.organisations.actions import revoke_every_session, set_password
from portal.domain.organisations.models import User
from portal.domain.organisations.queries import belongings_of_user, user_by_email
from portal.ids import uuid7
from portal.tenancy.scope import apply_scope, tenant_scope, user_scope

LASTS = timedelta(hours=1)
SUBJECT = "Réinitialiser votre mot de passe"
LETTER = """Bonjour {name},

Quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour ce compte. Pour le choisir, ouvrez ce lien :

{link}

Il sert une seule fois, pendant une heure. Si vous n’avez rien demandé, ne faites rien : rien ne
change.
"""


def ask_reset(
    session: Session,
    *,
    email: str,
    regions: Sequence[str],
    invited_to: str | None,
    at: datetime,
    cheap: bool = False,
) -> None:
    """Owe the link to the account of an address, if there is one; say nothing of it to whoever asks.

    Messages are owed by a region, and a person is of none: it is one of those where they play a part, or the one that
    invites them. `regions` are those served. A person of no region is not written to: their account opens nothing.
    """
    passwords.matches(None, "", cheap=cheap)  # heavier than all that follows: the time taken tells nothing either
    user = user_by_email(session, email)
    if user is None or not user.active:
        return
    region = _region_of(session, user, regions, invited_to)
    if region is None:
        return
    void_resets(session, user_id=user.id, at=at)
    secret, digest = keys.new_secret()
    row = PasswordReset(id=uuid7(), user_id=user.id, digest=digest, at=at, expires_at=at + LASTS)
    session.add(row)
    body = LETTER.format(name=user.name, link=f"/mot-de-passe/{keys.written(row.id, secret)}")
    with _within(session, region):
        write_letter(session, kind="reset", recipient=user.email, subject=SUBJECT, body=body, cause=str(row.id), at=at)


def reset_opened_by(session: Session, key: str, *, at: datetime) -> User:
    """Whose password a key lets one choose. Raises KeyRefusedError."""
    row = keys.row_of_key(session, PasswordReset, key, at=at)
    user = session.get_one(User, row.user_id)
    if not user.active:
        raise KeyRefusedError
    return user


def use_reset(session: Session, key: str, *, password: str, at: datetime, cheap: bool = False) -> User:
    """Give the account its new password, close every session of it and void its other links, all at once.

    Raises KeyRefusedError, WeakPasswordError.
    """
    user = reset_opened_by(session, key, at=at)
    set_password(session, user, password, cheap=cheap)
    void_resets(session, user_id=user.id, at=at)
    revoke_every_session(session, user_id=user.id, at=at)
    return user


def void_resets(session: Session, *, user_id: uuid.UUID, at: datetime) -> None:
    """Make every link not used yet open nothing: a later one replaces it, or the password was changed otherwise."""
    waiting = update(PasswordReset).where(PasswordReset.user_id == user_id, PasswordReset.used_at.is_(None))
    session.execute(waiting.values(used_at=at))


def _region_of(session: Session, user: User, regions: Sequence[str], invited_to: str | None) -> str | None:
    with user_scope(str(user.id)):
        apply_scope(session)
        mine = [one.tenant for one in belongings_of_user(session, user.id) if one.tenant in regions]
    apply_scope(session)
    if mine or invited_to not in regions:
        return mine[0] if mine else None
    with _within(session, invited_to):
        waits = select(Invitation.id).where(Invitation.email == user.email, Invitation.used_at.is_(None)).limit(1)
        return invited_to if session.scalar(waits) is not None else None


@contextmanager
def _within(session: Session, region: str | None) -> Iterator[None]:
    """A region's scope for a few statements of a transaction that is of none."""
    with tenant_scope(region):
        apply_scope(session)
        yield
        session.flush()
    apply_scope(session)
