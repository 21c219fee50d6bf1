"""Parts held sheet by sheet: the sheets somebody names by their numbers, and their titles. Callers commit."""

import re
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.accounts.errors import InvitationRefusedError, UnknownPartError
from portal.domain.journal.actions import append
from portal.domain.organisations.actions import grant_membership
from portal.domain.organisations.models import Membership, Organisation, User
from portal.domain.people import SYSTEM, Actor
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.queries import sheets_by_ids
from portal.domain.sheets.search import find_sheets, holds_words
from portal.tenancy.schema import Role
from portal.tenancy.tenant import Tenant

SEPARATORS = re.compile(r"[\s,;]+")
MOST = 100  # sheets named at once
NEAR = 3  # sheets suggested for a number nobody has
FIELD = "sheets"


def by_sheet(role: Role | None) -> bool:
    """Whether a role is held on sheets, not on an organisation nor on the whole region."""
    return role is not None and role.scope not in ("organisation", "tenant")


def sheets_named(session: Session, tenant: Tenant, role: Role, written: str) -> list[Sheet]:
    """The sheets of the role's level that these numbers name, in their order.

    Raises InvitationRefusedError when none is written, or when one names no sheet, or several.
    """
    level = tenant.level(role.scope)
    codes = list(dict.fromkeys(code for code in SEPARATORS.split(written.replace("\x00", "")) if code))
    if not codes:
        raise InvitationRefusedError(
            FIELD, f"Ce rôle se tient fiche par fiche ({level.label.lower()}) : indiquez au moins un numéro."
        )
    if len(codes) > MOST:
        raise InvitationRefusedError(FIELD, f"Au plus {MOST} numéros à la fois.")
    known = select(Sheet).where(Sheet.level == role.scope, Sheet.deleted_at.is_(None))
    found: dict[str, list[Sheet]] = {}
    for sheet in session.scalars(known.where(Sheet.code.in_(codes))):
        found.setdefault(sheet.code, []).append(sheet)
    for code in codes:
        if len(found.get(code, [])) != 1:
            raise InvitationRefusedError(FIELD, _mistaken(session, level.label, role.scope, code, code in found))
    return [found[code][0] for code in codes]


def _mistaken(session: Session, label: str, level: str, code: str, several: bool) -> str:
    if several:
        return f"« {code} » est le numéro de plusieurs fiches ({label.lower()})."
    near, _ = find_sheets(session, SYSTEM, code, level=level, limit=NEAR)
    words = f"« {code} » n’est le numéro d’aucune fiche ({label.lower()})."
    return f"{words} Peut-être : {' ; '.join(one.title or one.code for one in near)}." if near else words


def titles_of(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What some sheets are called, those deleted left out. One query, none without ids."""
    wanted = set(ids)
    found = sheets_by_ids(session, wanted) if wanted else {}
    return {i: sheet.title or sheet.code for i, sheet in found.items() if sheet.deleted_at is None}


def held_sheets_like(session: Session, text: str) -> Sequence[uuid.UUID]:
    """The sheets on which somebody holds a part, and that answer to these words."""
    held = select(Membership.sheet_id).where(Membership.sheet_id.is_not(None))
    query = select(Sheet.id).outerjoin(Organisation, Organisation.id == Sheet.organisation_id)
    return session.scalars(query.where(Sheet.id.in_(held), holds_words(text))).all()


def grant_on_sheets(session: Session, user: User, role: str, ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Give a part on sheets; those on which it is held already are left as they are. The sheets on which it is new."""
    query = select(Membership.sheet_id).where(Membership.user_id == user.id, Membership.role == role)
    held = set(session.scalars(query))
    new = [i for i in dict.fromkeys(ids) if i not in held]
    for sheet_id in new:
        grant_membership(session, user, role=role, sheet_id=sheet_id)
    return new


def part_by_sheet(session: Session, tenant: Tenant, part_id: uuid.UUID) -> tuple[Membership, Role]:
    """A part held on a sheet of the region in scope, and its role. Raises UnknownPartError."""
    part = session.get(Membership, part_id)
    role = tenant.role(part.role) if part is not None and part.tenant == tenant.slug else None
    if part is None or role is None or not by_sheet(role):
        raise UnknownPartError
    return part, role


def give_more(
    session: Session, tenant: Tenant, actor: Actor, part_id: uuid.UUID, written: str, *, at: datetime
) -> tuple[Membership, list[Sheet]]:
    """Give somebody, on other sheets, the part they play on one; the part, and the sheets on which it is new.

    Raises UnknownPartError, InvitationRefusedError.
    """
    part, role = part_by_sheet(session, tenant, part_id)
    sheets = sheets_named(session, tenant, role, written)
    new = set(grant_on_sheets(session, part.user, part.role, [s.id for s in sheets]))
    given = [sheet for sheet in sheets if sheet.id in new]
    for sheet in given:
        told = {"name": part.user.name, "role": part.role, "sheet": sheet.title or sheet.code}
        append(session, at=at, actor=actor, sheet_id=None, kind="member.given", after=told)
    return part, given
