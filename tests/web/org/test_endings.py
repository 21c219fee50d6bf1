"""The end of an entry: left as it is, gone on with, deleted; and what is said before it begins."""

import re
import uuid
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.journal.models import JournalEntry
from portal.domain.organisations.actions import grant_membership
from portal.domain.organisations.models import User
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.htmx import soup
from tests.support.offer import make_tree, organisation
from tests.support.people import Browser, account, inside, play, signed_in

SLUG = "plan"
KEEP, THEN = "Créer ce groupe", "créer ce groupe puis créer une session"
DRAFT = "Créer cette session en la laissant en brouillon"
PUBLISH, SEND = "Créer cette session puis la publier", "Créer cette session puis la transmettre"


@dataclass
class Place:
    """A module of one's own, and a browser."""

    app: Flask
    module: uuid.UUID
    browser: Browser

    def make(self, level: str, parent: uuid.UUID) -> uuid.UUID:
        answer = self.browser.post(f"/{SLUG}/espace/{level}/nouveau", {"parent": str(parent)})
        return self.made_by(answer)

    @staticmethod
    def made_by(answer) -> uuid.UUID:
        assert answer.status_code == 303
        return uuid.UUID(re.search(r"/fiches/([0-9a-f-]{36})/", answer.location)[1])

    def at(self, sheet_id: uuid.UUID, rest: str = "") -> str:
        return f"/{SLUG}/espace/fiches/{sheet_id}{rest}"

    def ends(self, sheet_id: uuid.UUID, rest: str) -> list[str]:
        found = soup(self.browser.get(self.at(sheet_id, rest))).find(
            "section", attrs={"aria-label": "Fin de la saisie"}
        )
        return [b.get_text(strip=True) for b in found.select(".btn")] if found else []

    def kinds(self, sheet_id: uuid.UUID) -> list[str]:
        with inside(self.app, SLUG) as session:
            query = select(JournalEntry.kind).where(JournalEntry.sheet_id == sheet_id)
            return list(session.scalars(query.order_by(JournalEntry.at)))


@pytest.fixture
def place(app: Flask) -> Place:
    tenant = registry.get(SLUG)
    account(app, "pilote@exemple.test")
    with inside(app, SLUG) as session:
        module = make_tree(session, tenant, "module", organisation(session), type="individuelle").id
        user = session.scalars(select(User).where(User.email == "pilote@exemple.test")).one()
        grant_membership(session, user, role="pilote", sheet_id=module)
    return Place(app, module, signed_in(app, "pilote@exemple.test"))


def test_a_group_is_left_as_it_is_and_says_so_once(place: Place) -> None:
    group = place.make("groupe", place.module)
    assert place.ends(group, "/etapes/groupe") == place.ends(group, "/recapitulatif") == [KEEP, THEN]
    done = place.browser.post(place.at(group, "/etapes/groupe"), {"description": "Lyon", "_action": "garder"})
    assert (done.status_code, done.location) == (303, place.at(group))
    assert "Lyon" in place.browser.get(place.at(group, "/etapes/groupe")).text
    assert place.kinds(group)[-1] == "sheet.kept"
    assert place.ends(group, "/etapes/groupe") == place.ends(group, "/recapitulatif") == []


def test_a_group_is_gone_on_with(place: Place) -> None:
    group = place.make("groupe", place.module)
    done = place.browser.post(place.at(group, "/etapes/groupe"), {"description": "Lyon", "_suite": "session"})
    session = place.made_by(done)
    assert done.location == place.at(session, "/etapes/dates")
    assert place.ends(group, "/etapes/groupe") == []


def test_a_group_is_left_from_its_summary(place: Place) -> None:
    group = place.make("groupe", place.module)
    assert place.browser.post(place.at(group, "/fin-de-saisie")).location == place.at(group)
    assert place.kinds(group)[-1] == "sheet.kept"


def test_a_session_is_left_or_sent_under_other_words_than_later(place: Place) -> None:
    session = place.make("session", place.make("groupe", place.module))
    page = place.browser.get(place.at(session, "/etapes/dates"))
    assert place.ends(session, "/etapes/dates") == [DRAFT, PUBLISH, SEND]
    assert "Votre session est complète." not in page.text  # nothing is typed yet
    assert soup(page).find("button", string="Transmettre") is None
    asked = place.browser.post(place.at(session, "/etapes/dates"), {"_faire": "publier"})
    assert asked.location == place.at(session, "/actions/publier")
    place.browser.post(place.at(session, "/etapes/dates"), {"_action": "garder"})
    assert place.ends(session, "/etapes/dates") == []
    assert soup(place.browser.get(place.at(session, "/etapes/dates"))).find("button", string="Transmettre") is not None


def test_the_summary_of_a_complete_session_says_so(place: Place) -> None:
    session = place.make("session", place.make("groupe", place.module))
    rows = {"creneaux-0-jour": "04/05/2026", "creneaux-0-debut": "09:00", "creneaux-0-fin": "12:00"}
    typed = {"debut": "04/05/2026", "fin": "04/05/2026", "_action": "brouillon", **rows}
    place.browser.post(place.at(session, "/etapes/dates"), typed)
    with inside(place.app, SLUG) as held:
        sheet = held.get(Sheet, session)
        slot = {"_id": "c1", "jour": "2026-05-04", "debut": "09:00", "fin": "12:00"}
        sheet.data = {**sheet.data, "debut": "2026-05-04", "fin": "2026-05-04", "creneaux": [slot]}
    assert "Votre session est complète." in place.browser.get(place.at(session, "/recapitulatif")).text


def test_a_second_group_is_warned_of_and_made(place: Place) -> None:
    address = f"/{SLUG}/espace/groupe/nouveau?parent={place.module}"
    assert "Ce module a déjà un groupe." not in place.browser.get(address).text
    place.make("groupe", place.module)
    page = place.browser.get(address)
    assert "Ce module a déjà un groupe." in soup(page).select_one(".notice.tone-todo").text
    assert soup(page).h1.text == "Créer un groupe à préinscription"
    place.make("groupe", place.module)


def test_an_empty_group_is_deleted_and_its_number_never_given_again(place: Place) -> None:
    group = place.make("groupe", place.module)
    asked = place.browser.get(place.at(group, "/suppression"))
    assert "Le groupe 01 sera perdu." in asked.text
    done = place.browser.post(place.at(group, "/suppression"))
    assert (done.status_code, done.location) == (303, place.at(place.module))
    assert place.browser.get(place.at(group)).status_code == 404
    assert place.browser.post(place.at(group, "/suppression")).status_code == 404
    assert place.kinds(group)[-1] == "sheet.deleted"
    assert place.browser.post(f"/{SLUG}/espace/session/nouveau", {"parent": str(group)}).status_code == 404
    with inside(place.app, SLUG) as session:
        assert session.get(Sheet, place.make("groupe", place.module)).code == "02"


def test_a_group_that_holds_something_or_is_kept_by_the_region_stays(place: Place) -> None:
    group = place.make("groupe", place.module)
    place.browser.post(place.at(group, "/etapes/groupe"), {"preinscriptions": "oui", "_action": "brouillon"})
    refused = place.browser.post(place.at(group, "/suppression"))
    assert (refused.status_code, "Les préinscriptions sont activées." in refused.text) == (409, True)
    place.browser.post(place.at(group, "/etapes/groupe"), {"preinscriptions": "non", "_action": "brouillon"})
    place.make("session", group)
    refused = place.browser.get(place.at(group, "/suppression"))
    assert (refused.status_code, "elle en contient d" in refused.text) == (409, True)


def test_nobody_else_edits_leaves_or_deletes_a_group(place: Place) -> None:
    group = place.make("groupe", place.module)
    play(place.app, "ingenieur@exemple.test", SLUG, "validator", role="ingenieur")
    other = signed_in(place.app, "ingenieur@exemple.test")
    for rest in ("/suppression", "/fin-de-saisie"):
        assert other.post(place.at(group, rest)).status_code in (403, 404)
    other.post(place.at(group, "/etapes/groupe"), {"description": "À moi", "_action": "brouillon"})
    with inside(place.app, SLUG) as session:
        assert "description" not in session.get(Sheet, group).data
