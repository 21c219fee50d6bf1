"""What is asked on the page that creates a sheet: drawn there, kept once it is created, refused like anywhere."""

import re
import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.organisations.actions import grant_membership
from portal.domain.organisations.models import User
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.htmx import soup
from tests.support.offer import make_tree, organisation
from tests.support.people import Browser, account, inside, signed_in
from tests.tenancy.folder import broken, faults_of

SLUG, MINE = "plan", "pilote@exemple.test"


@pytest.fixture
def module(app: Flask) -> uuid.UUID:
    with inside(app, SLUG) as session:
        made = make_tree(session, registry.get(SLUG), "module", organisation(session), type="individuelle").id
    account(app, MINE)
    with inside(app, SLUG) as session:
        user = session.scalars(select(User).where(User.email == MINE)).one()
        grant_membership(session, user, role="pilote", sheet_id=made)
    return made


@pytest.fixture
def mine(app: Flask, module: uuid.UUID) -> Browser:
    return signed_in(app, MINE)


def groups(app: Flask) -> list[Sheet]:
    with inside(app, SLUG) as session:
        found = list(session.scalars(select(Sheet).where(Sheet.level == "groupe").order_by(Sheet.code)))
        session.expunge_all()
        return found


def test_it_is_asked_under_the_words_of_the_sheet_above_then_kept(app, mine, module):
    address = f"/{SLUG}/espace/groupe/nouveau?parent={module}"
    page = soup(mine.get(address))
    assert page.h1.get_text(strip=True) == "Créer un groupe à préinscription"
    asked = [field["data-field"] for field in page.select("form [data-field]")]
    assert asked == ["description"]
    key = page.find("input", attrs={"name": "_cle"})["value"]
    answer = mine.post(address, {"_cle": key, "parent": str(module), "description": "Équipe de Caen"})
    assert answer.status_code == 303 and re.search(r"/etapes/groupe$", answer.location)
    made = groups(app)
    assert [(g.code, g.data["description"]) for g in made] == [("01", "Équipe de Caen")]
    assert "preinscriptions" in made[0].data  # what it starts with is there too


def test_left_empty_it_is_not_there(app, mine, module):
    assert mine.post(f"/{SLUG}/espace/groupe/nouveau?parent={module}", {"description": "  "}).status_code == 303
    assert "description" not in groups(app)[0].data


def test_what_cannot_be_kept_comes_back_as_typed_and_creates_nothing(app, mine, module):
    answer = mine.post(f"/{SLUG}/espace/groupe/nouveau?parent={module}", {"description": "x" * 5000})
    page = soup(answer)
    assert answer.status_code == 422
    assert page.select_one("#field-description.field-error") is not None
    assert page.select_one("[name=description]")["value"] == "x" * 5000
    assert groups(app) == []


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("place", "champ inconnu « place » ; vouliez-vous dire « places » ?"),
        ("evenements", "un champ de type « rows » ne se demande pas avant que la fiche existe"),
    ],
)
def test_a_field_that_cannot_be_asked_there_is_told(named, said):
    slip = ("tenant.yaml", "label: Créer}", f"label: Créer, fields: [{named}]}}")
    assert faults_of(broken(slip)) == [f"tenants/x/tenant.yaml:15: {said}"]
