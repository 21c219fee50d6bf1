"""Asking a region for access, and the region's answer. Callers commit."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.domain.accounts.errors import InvitationRefusedError, UnknownPartError
from portal.domain.accounts.held import by_sheet, sheets_named
from portal.domain.accounts.invitations import invite
from portal.domain.accounts.managers import managers_of
from portal.domain.accounts.models import AccessRequest, Invitation
from portal.domain.accounts.validators import (
    LONGEST_MESSAGE,
    organisation_of,
    validate_organisation_name,
    validate_person,
    validate_siret,
)
from portal.domain.journal.actions import append
from portal.domain.mails.letters import write_letter
from portal.domain.people import Actor
from portal.ids import uuid7
from portal.tenancy.scope import require_slug
from portal.tenancy.tenant import Tenant

NEWS = """Bonjour,

{name}, pour {organisation} (SIRET {siret}), demande un accès à {region}.

Répondez-lui sur la page des membres :

{link}
"""
REFUSAL = """Bonjour {name},

Votre demande d’accès à {region} n’a pas été acceptée. Voici la réponse :

{reason}
"""


def ask_access(
    session: Session,
    tenant: Tenant,
    *,
    email: str,
    name: str,
    organisation: str,
    siret: str,
    message: str,
    at: datetime,
) -> None:
    """Keep somebody's request for the region in scope, and tell those who may answer.

    Asking again while a request waits changes nothing, and is not told: who has asked is nobody's business.
    Raises InvitationRefusedError, naming the field to correct.
    """
    email, name = validate_person(email, name)
    said = {"name": name, "organisation": validate_organisation_name(organisation), "siret": validate_siret(siret)}
    values = {"id": uuid7(), "tenant": require_slug(), "email": email, "state": "waiting", "at": at}
    row = insert(AccessRequest).values(**values, **said, message=message.strip()[:LONGEST_MESSAGE])
    made = session.scalar(row.on_conflict_do_nothing().returning(AccessRequest.id))
    if made is None:
        return
    body = NEWS.format(**said, region=tenant.name, link=f"/{tenant.slug}/administration/membres")
    subject = f"{tenant.name} : une demande d’accès"
    for address in dict.fromkeys(part.user.email for part in managers_of(session, tenant)):
        write_letter(
            session, kind="access.asked", recipient=address, subject=subject, body=body, cause=str(made), at=at
        )


def waiting_requests(session: Session, *, limit: int = 100) -> Sequence[AccessRequest]:
    """Those nobody has answered yet in the region in scope, the oldest first."""
    query = select(AccessRequest).where(AccessRequest.state == "waiting")
    return session.scalars(query.order_by(AccessRequest.at, AccessRequest.id).limit(limit)).all()


def accept_request(
    session: Session, tenant: Tenant, actor: Actor, request_id: uuid.UUID, *, role: str, sheets: str = "", at: datetime
) -> Invitation:
    """Answer yes: the person is invited to a role, for the organisation of the SIRET they gave, or on the sheets whose
    numbers are written.

    Raises UnknownPartError, InvitationRefusedError.
    """
    row = _waiting(session, request_id)
    given = tenant.role(role)
    holder = None
    if given is not None and given.scope == "organisation":
        holder = organisation_of(session, siret=row.siret, name=row.organisation)
    on = sheets_named(session, tenant, given, sheets) if given is not None and by_sheet(given) else []
    made = invite(
        session, tenant, actor, email=row.email, name=row.name, role=role, organisation=holder, sheets=on, at=at
    )
    _answered(row, actor, "accepted", at)
    return made


def refuse_request(
    session: Session, tenant: Tenant, actor: Actor, request_id: uuid.UUID, *, reason: str, at: datetime
) -> AccessRequest:
    """Answer no, with a word that the person receives. Raises UnknownPartError, InvitationRefusedError."""
    row = _waiting(session, request_id)
    reason = reason.strip()[:LONGEST_MESSAGE]
    if not reason:
        raise InvitationRefusedError("reason", "Écrivez un mot d’explication : la personne le recevra.")
    _answered(row, actor, "refused", at)
    body = REFUSAL.format(name=row.name, region=tenant.name, reason=reason)
    subject = f"{tenant.name} : votre demande d’accès"
    cause = str(row.id)
    write_letter(session, kind="access.refused", recipient=row.email, subject=subject, body=body, cause=cause, at=at)
    said = {"name": row.name, "organisation": row.organisation}
    append(session, at=at, actor=actor, sheet_id=None, kind="access.refused", before=said, reason=reason)
    return row


def _waiting(session: Session, request_id: uuid.UUID) -> AccessRequest:
    query = select(AccessRequest).where(AccessRequest.id == request_id, AccessRequest.state == "waiting")
    row = session.scalar(query.with_for_update())
    if row is None:
        raise UnknownPartError
    return row


def _answered(row: AccessRequest, actor: Actor, state: str, at: datetime) -> None:
    row.state, row.answered_by, row.answered_at = state, actor.user_id, at
