"""The messages owed, and the links in them, as those who receive them would open them."""

import re

from flask import Flask
from sqlalchemy import select

from portal.domain.mails.models import Mail
from tests.support.people import inside

LINK = re.compile(r"/(?:activation|mot-de-passe)/\S+")


def letters(app: Flask, slug: str, kind: str | None = None) -> list[Mail]:
    """The messages of a region, in the order they were written, detached."""
    with inside(app, slug) as session:
        query = select(Mail).order_by(Mail.created_at, Mail.id)
        rows = list(session.scalars(query.where(Mail.mail == kind) if kind else query))
        session.expunge_all()
        return rows


def last_link(app: Flask, slug: str, kind: str) -> str:
    """The link of the last message of a kind."""
    found = LINK.search(letters(app, slug, kind)[-1].body)
    assert found
    return found[0]
