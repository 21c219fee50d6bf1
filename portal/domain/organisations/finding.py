"""Entries of the directory found by words, a few at a time: a region may have thousands."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from portal.domain.organisations.models import Contact, Organisation, Site

WHOSE = (Organisation.name, Organisation.code)
WORDS: Mapping[str, tuple[Any, Any, tuple[Any, ...]]] = {
    "contact": (Contact, Contact.organisation_id, (Contact.name, Contact.code, *WHOSE)),
    "site": (
        Site, Site.organisation_id,
        (Site.name, Site.code, Site.uai, Site.siret, Site.address["code_postal"].astext, Site.address["commune"].astext,
         *WHOSE),
    ),
    "organisation": (Organisation, Organisation.id, (Organisation.name, Organisation.code, Organisation.siret)),
}  # fmt: skip
"""Table → its model, whose its entries are, where words are looked for."""


def entries_named(
    session: Session,
    table: str,
    organisation_id: uuid.UUID | None,
    text: str,
    *,
    duty: str | None = None,
    duty_only: bool = False,
    limit: int = 10,
) -> list[uuid.UUID]:
    """The ids of the entries offered that have every word, by name; those who have a duty first, or alone. One query.

    `organisation_id` says whose; of the whole region when it is None.
    """
    model, owner, columns = WORDS[table]
    query = select(model.id).order_by(model.name, model.id).limit(limit)
    if model is not Organisation:
        query = query.join(Organisation, Organisation.id == owner).where(model.offered)
        if organisation_id is not None:
            query = query.where(owner == organisation_id)
    said = func.unaccent(func.lower(func.concat_ws(" ", *columns)))
    for word in text.replace("\x00", "").lower().replace("(", " ").replace(")", " ").split():
        if word not in ("-", "–", "—"):
            query = query.where(func.strpos(said, func.unaccent(literal(word))) > 0)
    if model is Contact and duty is not None:
        having = Contact.duties.contains([duty])
        query = (
            query.where(having) if duty_only else query.order_by(None).order_by(having.desc(), Contact.name, Contact.id)
        )
    return list(session.scalars(query))
