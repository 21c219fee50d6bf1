"""Where a row of a list leads: to what is still open to this person, or to the sheet to be read."""

import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.organisations.actions import grant_membership
from portal.domain.organisations.models import Organisation, User
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.htmx import soup
from tests.support.offer import make_tree, put_in_state
from tests.support.people import account, inside, play, signed_in
from tests.tenancy.folder import broken, faults_of

SLUG, MINE, ADMIN = "sofia-fmo", "pilote@exemple.test", "admin@exemple.test"


@pytest.fixture
def session_id(app: Flask) -> uuid.UUID:
    with inside(app, SLUG) as session:
        holder = Organisation(siret="11000001500013", name="EAFC")
        session.add(holder)
        session.flush()
        sheet = make_tree(session, registry.get(SLUG), "session", holder, modalite="2")
        made = sheet.id, session.get(Sheet, sheet.parent_id).parent_id
    account(app, MINE)
    with inside(app, SLUG) as session:
        user = session.scalars(select(User).where(User.email == MINE)).one()
        grant_membership(session, user, role="pilote", sheet_id=made[1])
    return made[0]


@pytest.mark.parametrize(
    ("statut", "publication", "words", "step"),
    [
        ("s1", "jamais", "Modifier", "origine"),
        ("s1", "publiee", "Consulter", None),  # nothing is typed while one may register
        ("s2", "jamais", "Modifier", "connexion"),  # all that is left to them
    ],
)
def test_a_row_leads_to_the_first_step_left_open_or_to_the_sheet(app, session_id, statut, publication, words, step):
    with inside(app, SLUG) as session:
        sheet = session.get(Sheet, session_id)
        put_in_state(session, sheet, "statut", statut)
        put_in_state(session, sheet, "publication", publication)
    link = soup(signed_in(app, MINE).get(f"/{SLUG}/espace/session/")).select_one("tbody th a")
    assert link.contents[0].strip() == words
    own = f"/{SLUG}/espace/fiches/{session_id}"
    assert link["href"] == (f"{own}/etapes/{step}" if step else own)


def test_a_directory_that_is_hidden_is_neither_in_the_menu_nor_anywhere(app, session_id):
    browser = signed_in(app, MINE)
    home = soup(browser.get(f"/{SLUG}/espace/"))
    assert "Annuaire" not in [a.get_text(strip=True) for a in home.select(".menu-bar a")]
    assert browser.get(f"/{SLUG}/espace/annuaire/").status_code == 404
    play(app, ADMIN, SLUG, "admin")
    assert signed_in(app, ADMIN).get(f"/{SLUG}/espace/annuaire/").status_code in (200, 303)


def test_a_region_says_so_in_one_word():
    assert faults_of(broken(("tenant.yaml", "programmes:\n", "directory: false\nprogrammes:\n"))) == []
