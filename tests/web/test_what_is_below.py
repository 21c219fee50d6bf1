"""Opening a sheet's page costs the same whatever is below it, for those who enter and for those who decide."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from portal.domain.organisations.actions import grant_membership
from portal.domain.organisations.models import User
from portal.domain.sheets.models import Sheet
from portal.extensions import db
from portal.tenancy.registry import registry
from tests.support.htmx import soup
from tests.support.offer import make_sheet, make_tree, organisation
from tests.support.people import Browser, account, inside, play, signed_in

SLUG, MINE, REGION = "plan", "pilote@exemple.test", "region@exemple.test"


@dataclass
class Read:
    """What the database answered: how many questions, how many rows."""

    statements: int = 0
    rows: int = 0


@contextmanager
def reading(app: Flask) -> Iterator[Read]:
    """Count what is read meanwhile."""
    read = Read()

    def note(connection: Any, cursor: Any, *_: Any) -> None:
        read.statements += 1
        read.rows += max(cursor.rowcount, 0)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "after_cursor_execute", note)
    try:
        yield read
    finally:
        event.remove(engine, "after_cursor_execute", note)


@dataclass
class Plan:
    """A dispositif with one module; `grow` puts groups under it, each with its sessions."""

    app: Flask
    dispositif: uuid.UUID
    module: uuid.UUID

    def grow(self, groups: int, sessions: int) -> None:
        tenant = registry.get(SLUG)
        with inside(self.app, SLUG) as session:
            module = session.get(Sheet, self.module)
            for _ in range(groups):
                group = make_sheet(session, tenant, "groupe", module)
                for _ in range(sessions):
                    make_sheet(session, tenant, "session", group)


@pytest.fixture
def plan(app: Flask) -> Plan:
    tenant = registry.get(SLUG)
    with inside(app, SLUG) as session:
        module = make_tree(session, tenant, "module", organisation(session))
        made = Plan(app, module.parent_id, module.id)
    account(app, MINE)
    with inside(app, SLUG) as session:
        user = session.scalars(select(User).where(User.email == MINE)).one()
        grant_membership(session, user, role="pilote", sheet_id=made.module)
    play(app, REGION, SLUG, "validator")
    return made


def cost(app: Flask, browser: Browser, address: str) -> Read:
    browser.get(address)  # whatever is worked out once is, before counting
    with reading(app) as read:
        assert browser.get(address).status_code == 200
    return read


PAGES: dict[str, Callable[[Plan], str]] = {
    "above": lambda plan: f"/{SLUG}/espace/fiches/{plan.dispositif}",
    "children": lambda plan: f"/{SLUG}/espace/fiches/{plan.dispositif}?onglet=modules",
}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_reads_no_more_when_more_is_below(app, plan, page):
    browser, address = signed_in(app, MINE), PAGES[page](plan)
    before = cost(app, browser, address)
    plan.grow(groups=6, sessions=5)
    assert cost(app, browser, address) == before


def test_the_children_listed_are_those_one_may_read(app, plan):
    with inside(app, SLUG) as session:
        beside = make_sheet(session, registry.get(SLUG), "module", session.get(Sheet, plan.dispositif)).id
    page = soup(signed_in(app, MINE).get(PAGES["children"](plan)))
    shown = [tr["id"].removeprefix("sheet-row-") for tr in page.select("table.data tbody tr")]
    assert shown == [str(plan.module)] and str(beside) not in shown


def below(browser: Browser, sheet_id: uuid.UUID) -> list[str]:
    page = soup(browser.get(f"/{SLUG}/validation/fiches/{sheet_id}"))
    return [td.get_text(strip=True) for td in page.select("td[data-label=Niveau]")]


def test_who_decides_sees_what_is_below_as_long_as_it_makes_a_page(app, plan):
    browser = signed_in(app, REGION)
    plan.grow(groups=1, sessions=2)
    assert below(browser, plan.dispositif) == ["Module", "Groupe", "Session", "Session"]
    plan.grow(groups=2, sessions=50)
    assert below(browser, plan.dispositif) == ["Module", "Groupe", "Groupe", "Groupe"]
    address = f"/{SLUG}/validation/fiches/{plan.dispositif}"
    before = cost(app, browser, address)
    with inside(app, SLUG) as session:
        group = session.scalars(select(Sheet).where(Sheet.level == "groupe")).first()
        for _ in range(10):
            make_sheet(session, registry.get(SLUG), "session", group)
    after = cost(app, browser, address)
    assert after.statements == before.statements
