"""Who is told: `organisation`, `role:<id>`, `field:<name>`, `author`. One entry per kind in RECIPIENTS."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.organisations.models import Membership, User
from portal.domain.people import Actor
from portal.domain.sheets.models import Revision
from portal.domain.sheets.view import View

_ADDRESS = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+")
LONGEST = 254


def addresses(session: Session, view: View, to: Iterable[str], actor: Actor) -> list[str]:
    """The addresses a message goes to, each once; what is no address is left out."""
    found: dict[str, str] = {}
    for recipient in to:
        kind, _, name = recipient.partition(":")
        for written in RECIPIENTS[kind](session, view, name, actor):
            address = written.strip()
            if is_address(address):
                found.setdefault(address.lower(), address)
    return list(found.values())


def is_address(written: str) -> bool:
    """Whether a message may be sent there, as far as one can tell."""
    return len(written) <= LONGEST and _ADDRESS.fullmatch(written) is not None


def _organisation(session: Session, view: View, name: str, actor: Actor) -> Iterable[str]:
    """The people of the organisation that holds the sheet."""
    card = next((node.organisation for node in view.node.up() if node.organisation), None)
    if card is None:
        return []
    roles = [name for name, role in view.tenant.who.roles.items() if role.side == "org"]
    return _members(session, Membership.organisation_id == card.id, Membership.role.in_(roles))


def _role(session: Session, view: View, name: str, actor: Actor) -> Iterable[str]:
    """The people who hold a role: in the region, or on this sheet or one above it when they hold it there only."""
    lineage = [node.id for node in view.node.up()]
    here = Membership.sheet_id.is_(None) | Membership.sheet_id.in_(lineage)
    return _members(session, Membership.role == name, here)


def _members(session: Session, *conditions: Any) -> Iterable[str]:
    query = select(User.email).join(Membership, Membership.user_id == User.id).where(User.active, *conditions)
    return session.scalars(query.order_by(User.email)).all()


def _field(session: Session, view: View, name: str, actor: Actor) -> Iterable[str]:
    """The address somebody typed in a field: an e-mail, or the e-mail of a contact."""
    found = view.field_at(name)
    value = found[0].stored(found[1].id) if found else None
    if isinstance(value, Mapping):
        value = value.get("mail")
    return [value] if isinstance(value, str) else []


def _author(session: Session, view: View, name: str, actor: Actor) -> Iterable[str]:
    """Who sent the sheet for a decision; failing that, who acts."""
    lineage = [node.id for node in view.node.up()]
    submitted = select(Revision.made_by).where(Revision.unit_id.in_(lineage), Revision.kind == "submitted")
    by = session.scalar(submitted.order_by(Revision.made_at.desc()).limit(1)) or actor.user_id
    user = session.get(User, by) if by else None
    return [user.email] if user and user.active else []


RECIPIENTS: Mapping[str, Callable[[Session, View, str, Actor], Iterable[str]]] = {
    "organisation": _organisation,
    "role": _role,
    "field": _field,
    "author": _author,
}
