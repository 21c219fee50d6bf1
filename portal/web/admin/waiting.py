"""What waits above the members: requests for access, invitations not accepted yet."""

from datetime import UTC, datetime
from typing import Any

from flask import g

from portal.domain.accounts.invitations import waiting_invitations
from portal.domain.accounts.managers import may_manage, roles_to_give
from portal.domain.accounts.models import Invitation
from portal.domain.accounts.requests import waiting_requests
from portal.extensions import db


def waiting() -> dict[str, Any]:
    """For those who may answer; nothing for the others."""
    if not may_manage(g.tenant, g.actor):
        return {"requests": [], "invitations": [], "roles": []}
    now = datetime.now(UTC)
    return {
        "requests": waiting_requests(db.session()),
        "invitations": [_invited(row, now) for row in waiting_invitations(db.session())],
        "roles": role_choices(),
    }


def role_choices() -> list[tuple[str, str]]:
    """(id, words) of each role one may invite somebody to."""
    return [(name, role.label) for name, role in roles_to_give(g.tenant).items()]


def _invited(row: Invitation, now: datetime) -> dict[str, Any]:
    role = g.tenant.role(row.role)
    return {
        "id": row.id,
        "name": row.name,
        "email": row.email,
        "role": role.label if role else row.role,
        "organisation": row.organisation_name,
        "at": row.at,
        "state": ("Expirée", "warn") if row.expires_at <= now else ("En attente", "wait"),
    }
