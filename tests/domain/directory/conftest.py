"""A session of a region whose fields choose in the directory, and the organisation that keeps it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.domain.directory.actions import Writing
from portal.domain.organisations.models import Organisation
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import AT, TODAY, make_tree, member, organisation
from tests.support.tenants import tenant_named


@dataclass
class Kept:
    """What a test of the directory works with."""

    session: Session
    tenant: Tenant
    holder: Organisation
    sheet: Sheet
    of: Actor

    def view(self, sheet: Sheet | None = None) -> View:
        """The sheet as it is now."""
        return View(self.tenant, load_node(self.session, sheet or self.sheet), TODAY)

    def choose(self, **values: object) -> View:
        """Give the sheet values, and see it again."""
        self.sheet.data = {**self.sheet.data, **{name: str(value) for name, value in values.items()}}
        self.session.flush()
        return self.view()

    @property
    def writing(self) -> Writing:
        """Somebody of the organisation, at work on its directory."""
        return Writing(self.tenant, self.holder, self.of, AT, TODAY)


@pytest.fixture
def kept(app: Flask) -> Iterator[Kept]:
    tenant = tenant_named("revue")
    with app.app_context(), tenant_scope(tenant.slug):
        holder = organisation(db.session, "Carif-Oref")
        sheet = make_tree(db.session, tenant, "session", holder)
        yield Kept(db.session, tenant, holder, sheet, member(tenant, "org", organisations={holder.id}))
        db.session.rollback()


@pytest.fixture
def statements(kept: Kept) -> Callable[[], AbstractContextManager[list[str]]]:
    """`with statements() as seen:` gathers the SQL sent meanwhile."""

    @contextmanager
    def gather() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(connection: object, cursor: object, statement: str, *_: object) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return gather
