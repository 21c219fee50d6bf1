"""Somebody whose part is on one module: the way to it, and what is beside it."""

import uuid
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.organisations.actions import grant_membership
from portal.domain.organisations.models import User
from portal.tenancy.registry import registry
from tests.support.htmx import soup
from tests.support.offer import make_sheet, make_tree, organisation
from tests.support.people import Browser, account, inside, signed_in

SLUG, MINE = "plan", "pilote@exemple.test"


@dataclass
class Place:
    """A dispositif of two modules, one of which is this person's."""

    browser: Browser
    top: uuid.UUID
    mine: dict[str, uuid.UUID]
    other: dict[str, uuid.UUID]

    def at(self, sheet_id: uuid.UUID, rest: str = "") -> str:
        return f"/{SLUG}/espace/fiches/{sheet_id}{rest}"


@pytest.fixture
def place(app: Flask) -> Place:
    tenant = registry.get(SLUG)
    with inside(app, SLUG) as session:
        top = make_tree(session, tenant, "dispositif", organisation(session))
        branches = []
        for _ in range(2):
            found, above = {}, top
            for level in ("module", "groupe", "session"):
                above = make_sheet(session, tenant, level, above)
                found[level] = above.id
            branches.append(found)
        top_id = top.id
    account(app, MINE)
    with inside(app, SLUG) as session:
        user = session.scalars(select(User).where(User.email == MINE)).one()
        grant_membership(session, user, role="pilote", sheet_id=branches[0]["module"])
    return Place(signed_in(app, MINE), top_id, *branches)


def test_every_crumb_leads_somewhere(place: Place) -> None:
    page = soup(place.browser.get(place.at(place.mine["session"])))
    links = [a["href"] for a in page.select(".crumbs a")]
    assert place.at(place.top) in links and place.at(place.mine["module"]) in links
    assert {place.browser.get(link, follow_redirects=True).status_code for link in links} == {200}


def test_a_sheet_above_is_read_without_what_is_beside_ones_own(place: Place) -> None:
    page = place.browser.get(place.at(place.top))
    assert page.status_code == 200 and place.browser.get(place.at(place.top, "/historique")).status_code == 404
    shown = place.browser.get(place.at(place.top, "/recapitulatif")).text + page.text
    assert str(place.other["module"]) not in shown
    assert "/historique" not in page.text and "/actions/" not in page.text and "/nouveau" not in page.text


def test_a_list_of_the_level_above_holds_the_way_to_ones_own(place: Place) -> None:
    found = place.browser.get(f"/{SLUG}/espace/dispositif/").text
    modules = place.browser.get(f"/{SLUG}/espace/module/").text
    assert str(place.top) in found
    assert str(place.mine["module"]) in modules and str(place.other["module"]) not in modules


def test_nothing_of_a_module_beside_is_opened_or_changed(place: Place) -> None:
    for level, sheet_id in place.other.items():
        assert place.browser.get(place.at(sheet_id)).status_code == 404, level
        for rest in ("/actions/supprimer", "/dupliquer", "/etapes/session"):
            assert place.browser.post(place.at(sheet_id, rest)).status_code == 404, (level, rest)
    for level, parent in (("groupe", "module"), ("session", "groupe")):
        asked = {"parent": str(place.other[parent])}
        assert place.browser.post(f"/{SLUG}/espace/{level}/nouveau", asked).status_code == 404


def test_a_sheet_that_is_only_read_takes_no_form(place: Place) -> None:
    step = registry.get(SLUG).steps("dispositif")[0]
    answer = place.browser.post(place.at(place.top, f"/etapes/{step.id}"), {"intitule": "Autre"})
    assert answer.status_code == 404
