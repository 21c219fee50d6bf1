"""Inviting somebody to a part, sending the link again, withdrawing it, accepting it. Callers commit."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.domain.accounts import keys
from portal.domain.accounts.errors import AccountClosedError, InvitationRefusedError, KeyRefusedError, UnknownPartError
from portal.domain.accounts.held import by_sheet, grant_on_sheets, titles_of
from portal.domain.accounts.managers import roles_to_give
from portal.domain.accounts.models import Invitation
from portal.domain.accounts.validators import validate_person
from portal.domain.journal.actions import append
from portal.domain.mails.letters import write_letter
from portal.domain.organisations.actions import create_user, grant_membership, set_password
from portal.domain.organisations.errors import CredentialsError
from portal.domain.organisations.models import Membership, Organisation, User
from portal.domain.organisations.queries import normalised_email, user_by_email
from portal.domain.organisations.validators import validate_new_password
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.ids import uuid7
from portal.tenancy.tenant import Tenant

LASTS = timedelta(days=7)
ALREADY = "Cette personne a déjà ce rôle."
LETTER = """Bonjour {name},

Vous êtes invité à rejoindre {region} sur Guichet, avec le rôle « {role} »{holder}

Pour créer votre compte, ou accepter avec celui que vous avez déjà, ouvrez ce lien :

{link}

Il sert une seule fois, jusqu’au {until}. Si vous n’attendiez pas ce message, ne faites rien : le lien s’éteindra.
"""


def invite(
    session: Session,
    tenant: Tenant,
    actor: Actor,
    *,
    email: str,
    name: str,
    role: str,
    organisation: Organisation | None,
    sheets: Sequence[Sheet] = (),
    at: datetime,
) -> Invitation:
    """Offer a part to an address, and owe it the link; the same offer made before is replaced. A role held sheet by
    sheet is offered on `sheets`, beside those of an offer that still waits.

    Raises InvitationRefusedError, naming the field to correct. Whether the address has an account is not told.
    """
    email, name = validate_person(email, name)
    given = roles_to_give(tenant).get(role)
    if given is None:
        raise InvitationRefusedError("role", "Choisissez un rôle de la liste.")
    holder = organisation if given.scope == "organisation" else None
    if given.scope == "organisation" and holder is None:
        raise InvitationRefusedError("siret", "Ce rôle se tient pour un organisme : indiquez son SIRET.")
    on = [sheet.id for sheet in sheets] if by_sheet(given) else []
    if by_sheet(given) and not on:
        raise InvitationRefusedError("sheets", "Ce rôle se tient fiche par fiche : indiquez lesquelles.")
    user = user_by_email(session, email)
    if user is not None and _plays(session, user.id, role, holder.id if holder else None, on):
        raise InvitationRefusedError("email", ALREADY)
    on = _forget_same(session, email, role, holder.id if holder else None, on)
    row = Invitation(
        id=uuid7(),
        email=email,
        name=name,
        role=role,
        organisation_id=holder.id if holder else None,
        organisation_name=holder.name if holder else "",
        sheet_ids=[str(i) for i in on],
        made_by=actor.user_id,
    )
    _send(session, tenant, row, at)
    append(session, at=at, actor=actor, sheet_id=None, kind="member.invited", after=_said(session, row))
    return row


def send_again(session: Session, tenant: Tenant, invitation_id: uuid.UUID, *, at: datetime) -> Invitation:
    """Owe a new link, for seven days again; the former opens nothing any more. Raises UnknownPartError."""
    row = _waiting(session, invitation_id)
    _send(session, tenant, row, at)
    return row


def withdraw(session: Session, actor: Actor, invitation_id: uuid.UUID, *, at: datetime) -> None:
    """Take an invitation back: its link opens nothing any more. Raises UnknownPartError."""
    row = _waiting(session, invitation_id)
    append(session, at=at, actor=actor, sheet_id=None, kind="invitation.withdrawn", before=_said(session, row))
    session.delete(row)
    session.flush()


def opened_by(session: Session, key: str, *, at: datetime) -> Invitation:
    """The invitation that a key opens in the region in scope. Raises KeyRefusedError."""
    return keys.row_of_key(session, Invitation, key, at=at)


def asks_for_a_password(session: Session, row: Invitation) -> bool:
    """Whether the address has no account one can sign in to; raises AccountClosedError where it was closed."""
    user = user_by_email(session, row.email)
    if user is not None and not user.active:
        raise AccountClosedError
    return user is None or user.password_hash is None


def activate(session: Session, row: Invitation, *, password: str, at: datetime, cheap: bool = False) -> User:
    """Open the account of an invitation with the password chosen, and give it its part.

    Raises WeakPasswordError; CredentialsError where the account has a password already: a link does not change it.
    """
    if not asks_for_a_password(session, row):
        raise CredentialsError("Un compte existe déjà pour cette adresse : connectez-vous pour accepter.")
    user = user_by_email(session, row.email)
    if user is None:
        validate_new_password(password, email=row.email, name=row.name)
        user = create_user(session, email=row.email, name=row.name, password=password, cheap=cheap)
    else:
        set_password(session, user, password, cheap=cheap)
    accept(session, row, user, at=at)
    return user


def accept(session: Session, row: Invitation, user: User, *, at: datetime) -> None:
    """Turn an invitation into a part to play, or one for each of its sheets that is still there.

    Raises CredentialsError when it was addressed to somebody else, KeyRefusedError when its sheets are all gone.
    """
    if user.email != normalised_email(row.email) or not user.active:
        raise CredentialsError(f"Cette invitation est adressée à {row.email} : connectez-vous avec ce compte.")
    sheets = titles_of(session, sheets_of(row))
    if row.sheet_ids and not sheets:
        raise KeyRefusedError
    row.used_at = at
    if sheets:
        grant_on_sheets(session, user, row.role, sheets)
    elif not _plays(session, user.id, row.role, row.organisation_id, []):
        holder = session.get(Organisation, row.organisation_id) if row.organisation_id else None
        grant_membership(session, user, role=row.role, organisation=holder)
    actor = Actor(user.id, user.name, frozenset({row.role}))
    append(session, at=at, actor=actor, sheet_id=None, kind="member.joined", after=_said(session, row))


def waiting_invitations(session: Session, *, limit: int = 200) -> Sequence[Invitation]:
    """Those not accepted yet in the region in scope, expired ones included, the last sent first."""
    query = select(Invitation).where(Invitation.used_at.is_(None)).order_by(Invitation.at.desc(), Invitation.id)
    return session.scalars(query.limit(limit)).all()


def _waiting(session: Session, invitation_id: uuid.UUID) -> Invitation:
    query = select(Invitation).where(Invitation.id == invitation_id, Invitation.used_at.is_(None))
    row = session.scalar(query.with_for_update())
    if row is None:
        raise UnknownPartError
    return row


def sheets_of(row: Invitation) -> list[uuid.UUID]:
    """The sheets on which an invitation gives its part."""
    return [uuid.UUID(i) for i in row.sheet_ids]


def _plays(
    session: Session, user_id: uuid.UUID, role: str, organisation_id: uuid.UUID | None, on: Sequence[uuid.UUID]
) -> bool:
    """Whether somebody plays a part: on all of these sheets where some are named."""
    query = select(Membership.sheet_id).where(Membership.user_id == user_id, Membership.role == role)
    query = query.where(Membership.organisation_id == organisation_id)
    wanted: set[uuid.UUID | None] = {*on} or {None}
    return set(session.scalars(query)) >= wanted


def _forget_same(
    session: Session, email: str, role: str, organisation_id: uuid.UUID | None, on: Sequence[uuid.UUID]
) -> list[uuid.UUID]:
    """Take back the same offer; the sheets it was about, then those of the new one."""
    waiting = Invitation.email == email, Invitation.role == role, Invitation.used_at.is_(None)
    same = delete(Invitation).where(*waiting, Invitation.organisation_id == organisation_id)
    former = [uuid.UUID(i) for ids in session.scalars(same.returning(Invitation.sheet_ids)) for i in ids]
    return list(dict.fromkeys([*former, *on])) if on else []


def _send(session: Session, tenant: Tenant, row: Invitation, at: datetime) -> None:
    secret, row.digest = keys.new_secret()
    row.at, row.expires_at = at, at + LASTS
    session.add(row)
    role = tenant.role(row.role)
    words = {
        "name": row.name,
        "region": tenant.name,
        "role": role.label if role else row.role,
        "holder": f", pour {row.organisation_name}." if row.organisation_name else _on_sheets(session, row),
        "link": f"/activation/{tenant.slug}.{keys.written(row.id, secret)}",
        "until": f"{row.expires_at:%d/%m/%Y}",
    }
    subject = f"{tenant.name} : votre invitation"
    cause = f"{row.id}:{at.timestamp()}"
    body = LETTER.format(**words)
    write_letter(session, kind="invitation", recipient=row.email, subject=subject, body=body, cause=cause, at=at)


def _on_sheets(session: Session, row: Invitation) -> str:
    titles = titles_of(session, sheets_of(row))
    return " sur :\n" + "\n".join(f"- {title}" for title in titles.values()) if titles else "."


def _said(session: Session, row: Invitation) -> dict[str, str]:
    said = {"name": row.name, "role": row.role, "organisation": row.organisation_name}
    titles = titles_of(session, sheets_of(row))
    return said | ({"sheets": " ; ".join(titles.values())} if titles else {})
