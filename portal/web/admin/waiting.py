"""What waits above the members: requests for access, invitations not accepted yet."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import g

from portal.domain.accounts.held import by_sheet, titles_of
from portal.domain.accounts.invitations import sheets_of, waiting_invitations
from portal.domain.accounts.managers import may_manage, roles_to_give
from portal.domain.accounts.models import Invitation
from portal.domain.accounts.requests import waiting_requests
from portal.extensions import db


def waiting() -> dict[str, Any]:
    """For those who may answer; nothing for the others."""
    if not may_manage(g.tenant, g.actor):
        return {"requests": [], "invitations": [], "roles": []}
    now, invited = datetime.now(UTC), waiting_invitations(db.session())
    titles = titles_of(db.session(), (i for row in invited for i in sheets_of(row)))
    return {
        "requests": waiting_requests(db.session()),
        "invitations": [_invited(row, now, titles) for row in invited],
        "roles": role_choices(),
        **held_by(),
    }


def role_choices() -> list[tuple[str, str]]:
    """(id, words) of each role one may invite somebody to."""
    return [(name, role.label) for name, role in roles_to_give(g.tenant).items()]


def held_by() -> dict[str, Any]:
    """What the roles of the region are held on: whether some are for an organisation; the levels of those held sheet by
    sheet.
    """
    given = roles_to_give(g.tenant).values()
    levels = {role.scope: g.tenant.level(role.scope) for role in given if by_sheet(role)}
    return {
        "for_organisations": any(role.scope == "organisation" for role in given),
        "sheet_levels": [level.plural or level.label for level in levels.values()],
    }


def _invited(row: Invitation, now: datetime, titles: Mapping[uuid.UUID, str]) -> dict[str, Any]:
    role = g.tenant.role(row.role)
    return {
        "id": row.id,
        "name": row.name,
        "email": row.email,
        "role": role.label if role else row.role,
        "organisation": row.organisation_name,
        "sheets": [titles[i] for i in sheets_of(row) if i in titles],
        "at": row.at,
        "state": ("Expirée", "warn") if row.expires_at <= now else ("En attente", "wait"),
    }
