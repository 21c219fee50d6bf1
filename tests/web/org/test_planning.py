"""The calendar on the page of a step: before a day is chosen, and once it is."""

import uuid
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from portal.domain.organisations.actions import grant_membership
from portal.domain.organisations.models import User
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.htmx import soup
from tests.support.offer import make_tree, organisation
from tests.support.people import Browser, account, inside, signed_in

SLUG = "plan"


def lines(browser: Browser, sheet_id: uuid.UUID) -> tuple[list[list[str]], str]:
    page = soup(browser.get(f"/{SLUG}/espace/fiches/{sheet_id}/etapes/dates"))
    table = page.find("div", attrs={"aria-label": "Calendrier"})
    cells = [[c.get_text(" ", strip=True) for c in row.select("th, td")] for row in table.select("tbody tr")]
    return cells, " ".join(table.find_next_sibling("p").get_text(" ", strip=True).split())


def test_the_step_counts_back_from_the_day_and_on_from_today(app: Flask) -> None:
    tenant = registry.get(SLUG)
    account(app, "pilote@exemple.test")
    far = (datetime.now(UTC) + timedelta(days=700)).date().isoformat()
    with inside(app, SLUG) as session:
        sheet = make_tree(session, tenant, "session", organisation(session), debut=far, fin=far)
        group = session.get(Sheet, sheet.parent_id)
        user = session.scalars(select(User).where(User.email == "pilote@exemple.test")).one()
        grant_membership(session, user, role="pilote", sheet_id=group.parent_id)
        sheet_id = sheet.id
    browser = signed_in(app, "pilote@exemple.test")
    shown, possible = lines(browser, sheet_id)
    assert [row[0] for row in shown] == ["Transmettre la session", "Convoquer les stagiaires", "Premier jour"]
    assert all(row[1].count("/") == 2 for row in shown) and shown[0][2].startswith("Dans ")
    assert possible.startswith("En commençant aujourd’hui ce qui reste à faire, « Premier jour » est possible à partir")
    with inside(app, SLUG) as session:
        late = session.get(Sheet, sheet_id)
        late.data = {**late.data, "debut": datetime.now(UTC).date().isoformat()}
    shown, _ = lines(browser, sheet_id)
    assert shown[0][2].startswith("En retard de ")
