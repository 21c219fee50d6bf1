"""Entries of the directory for tests."""

from typing import Any

from sqlalchemy.orm import Session

from portal.domain.organisations.models import Contact, Organisation, Site

ADDRESS = {"numero": "8", "voie": "rue Arago", "code_postal": "44000", "commune": "Nantes", "insee": "44109"}


def site(session: Session, holder: Organisation, name: str = "Principal", **values: Any) -> Site:
    """A site in Nantes."""
    found = Site(organisation_id=holder.id, name=name, **{"code": "36364", "address": dict(ADDRESS), **values})
    session.add(found)
    session.flush()
    return found


def contact(session: Session, holder: Organisation, name: str = "Ida Lot", **values: Any) -> Contact:
    """Somebody to call."""
    found = Contact(organisation_id=holder.id, name=name, **{"code": "1902", **values})
    session.add(found)
    session.flush()
    return found
