"""People for tests: accounts, the parts they play, and the browsers in which they have signed in."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.domain.organisations.actions import create_user, grant_membership
from portal.domain.organisations.models import Organisation, User
from portal.extensions import db
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from tests.support.offer import organisation as new_organisation

PASSWORD = "trois petits ânes gris"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@contextmanager
def inside(app: Flask, slug: str | None = None) -> Iterator[Session]:
    """A session in the scope of a region, committed at the end."""
    with app.app_context(), tenant_scope(slug):
        yield db.session()
        db.session.commit()


def role_of(slug: str, side: str) -> str:
    """A role of a side, of those given on the whole region or on an organisation where there is one."""
    roles = registry.get(slug).who.roles
    mine = [name for name, role in roles.items() if role.side == side]
    return next((name for name in mine if roles[name].scope in ("tenant", "organisation")), mine[0])


def account(app: Flask, email: str, name: str = "Ida Lot", password: str | None = PASSWORD) -> uuid.UUID:
    """An account, or the one there is already."""
    with inside(app) as session:
        known = session.scalar(select(User).where(User.email == email))
        return (known or create_user(session, email=email, name=name, password=password, cheap=True)).id


def play(app: Flask, email: str, slug: str, side: str, *, number: int = 1, role: str | None = None) -> uuid.UUID | None:
    """Give a part to play, opening the account where there is none; on the side of organisations, on organisation
    `number` of the region, whose id is returned."""
    account(app, email)
    with inside(app, slug) as session:
        user = session.scalars(select(User).where(User.email == email)).one()
        holder = _organisation(session, number) if side == "org" else None
        grant_membership(session, user, role=role or role_of(slug, side), organisation=holder)
        return holder.id if holder else None


def _organisation(session: Session, number: int) -> Organisation:
    name = f"Organisme {number}"
    found = session.scalar(select(Organisation).where(Organisation.name == name))
    return found or new_organisation(session, name, number)


class Browser:
    """A client that sends with each form the token of its session, as pages do."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, url: str, **kwargs: Any) -> TestResponse:
        """A page, or with `htmx=True` a part of it."""
        return self.client.get(url, **_headers(kwargs))

    def post(self, url: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """A form, with its token."""
        return self.client.post(url, data={**(data or {}), "csrf_token": self.token()}, **_headers(kwargs))

    def token(self) -> str:
        """The token of this session, read where people's forms have theirs."""
        page = self.client.get("/connexion", follow_redirects=True)
        found = TOKEN.search(page.text)
        assert found, page.text
        return found[1]

    def sign_in(self, email: str, password: str = PASSWORD, **data: str) -> TestResponse:
        """Send the sign-in form."""
        return self.post("/connexion", {"email": email, "password": password, **data})


def signed_in(app: Flask, email: str) -> Browser:
    """A browser of its own where somebody has signed in."""
    browser = Browser(app.test_client())
    answer = browser.sign_in(email)
    assert answer.status_code == 303, answer.text
    return browser


def _headers(kwargs: dict[str, Any]) -> dict[str, Any]:
    kwargs.setdefault("buffered", True)  # read to its end: a file is closed
    if not kwargs.pop("htmx", False):
        return kwargs
    return {**kwargs, "headers": {"HX-Request": "true", "HX-Request-Type": "partial", **kwargs.get("headers", {})}}
