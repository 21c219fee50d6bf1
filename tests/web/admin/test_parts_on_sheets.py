"""Parts held sheet by sheet: offered by their numbers, given on others, taken away."""

import uuid
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.journal.models import JournalEntry
from portal.domain.organisations.models import Membership, User
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.letters import last_link, letters
from tests.support.offer import make_sheet, make_tree, organisation
from tests.support.people import Browser, account, inside, play, signed_in

SLUG, INES = "plan", "ines@exemple.test"
MEMBERS = f"/{SLUG}/administration/membres"
INVITE = f"{MEMBERS}/inviter"


@dataclass
class Office:
    """Three modules, and whoever looks after the members."""

    app: Flask
    admin: Browser
    codes: list[str]
    ids: list[uuid.UUID]

    def invite(self, sheets: str, **others: str):
        told = {"name": "Inès Roux", "email": INES, "role": "pilote", "sheets": sheets}
        return self.admin.post(INVITE, {**told, **others})

    def held(self) -> set[uuid.UUID]:
        with inside(self.app, SLUG) as session:
            query = select(Membership.sheet_id).join(User, User.id == Membership.user_id).where(User.email == INES)
            return set(session.scalars(query))

    def accept(self) -> Browser:
        browser = signed_in(self.app, INES)
        browser.post(f"{last_link(self.app, SLUG, 'invitation')}/accepter")
        return browser

    def part(self, sheet_id: uuid.UUID) -> uuid.UUID:
        with inside(self.app, SLUG) as session:
            return session.scalars(select(Membership.id).where(Membership.sheet_id == sheet_id)).one()


@pytest.fixture
def office(app: Flask) -> Office:
    tenant = registry.get(SLUG)
    with inside(app, SLUG) as session:
        top = make_tree(session, tenant, "dispositif", organisation(session))
        modules = [make_sheet(session, tenant, "module", top) for _ in range(3)]
        found = [(m.code, m.id) for m in modules]
    play(app, "ing@exemple.test", SLUG, "validator")
    account(app, INES)
    return Office(app, signed_in(app, "ing@exemple.test"), [c for c, _ in found], [i for _, i in found])


def test_an_invitation_on_two_modules_gives_both_and_nothing_else(office: Office) -> None:
    assert office.invite(f" {office.codes[0]}, {office.codes[1]} ").status_code == 303
    letter = letters(office.app, SLUG, "invitation")[-1]
    assert f"- {office.codes[0]}" in letter.body and f"- {office.codes[1]}" in letter.body
    assert office.held() == set()

    ines = office.accept()

    assert office.held() == set(office.ids[:2])
    pages = [ines.get(f"/{SLUG}/espace/fiches/{i}").status_code for i in office.ids]
    assert pages == [200, 200, 404]


def test_a_second_invitation_keeps_what_the_first_offered(office: Office) -> None:
    office.invite(office.codes[0])
    office.invite(office.codes[2])
    waiting = office.admin.get(MEMBERS).text
    assert waiting.count('id="invitation-') == 1
    office.accept()
    assert office.held() == {office.ids[0], office.ids[2]}


@pytest.mark.parametrize(("written", "said"), [("", "au moins un numéro"), ("introuvable", "aucune fiche")])
def test_a_number_that_is_not_one_is_told_beside_the_field(office: Office, written: str, said: str) -> None:
    refused = office.invite(written)
    assert refused.status_code == 422 and 'id="fault-sheets"' in refused.text and said in refused.text
    assert letters(office.app, SLUG, "invitation") == []


def test_a_sheet_of_another_level_is_not_one_the_role_is_held_on(office: Office) -> None:
    with inside(office.app, SLUG) as session:
        group = make_sheet(session, registry.get(SLUG), "groupe", session.get(Sheet, office.ids[0]))
        code = group.code
    assert code not in office.codes and office.invite(code).status_code == 422


def test_the_part_already_held_is_not_offered_again(office: Office) -> None:
    office.invite(office.codes[0])
    office.accept()
    assert "déjà ce rôle" in office.invite(office.codes[0]).text
    assert office.invite(f"{office.codes[0]} {office.codes[1]}").status_code == 303


def test_more_sheets_are_given_at_once_and_one_is_taken_away(office: Office) -> None:
    office.invite(office.codes[0])
    ines = office.accept()
    address = f"{MEMBERS}/{office.part(office.ids[0])}/fiches"
    assert office.admin.get(address).status_code == 200
    refused = office.admin.post(address, {"sheets": "introuvable"})
    assert refused.status_code == 422 and "introuvable" in refused.text

    office.admin.post(address, {"sheets": office.codes[1]})

    assert office.held() == set(office.ids[:2])
    page = office.admin.get(f"{MEMBERS}?q={office.codes[1]}").text
    assert "Inès" not in page and INES in page  # the account had a name of its own
    office.admin.post(f"{MEMBERS}/{office.part(office.ids[0])}/retirer")
    assert office.held() == {office.ids[1]}
    assert [ines.get(f"/{SLUG}/espace/fiches/{i}").status_code for i in office.ids[:2]] == [404, 200]
    with inside(office.app, SLUG) as session:
        kinds = select(JournalEntry.kind).where(JournalEntry.kind.startswith("member.")).order_by(JournalEntry.at)
        assert list(session.scalars(kinds)) == ["member.invited", "member.joined", "member.given", "member.removed"]


def test_a_part_on_no_sheet_is_given_no_more_sheets(office: Office) -> None:
    with inside(office.app, SLUG) as session:
        part = session.scalars(select(Membership.id).where(Membership.role != "pilote")).one()
    assert office.admin.get(f"{MEMBERS}/{part}/fiches").status_code == 404
    assert office.admin.post(f"{MEMBERS}/{part}/fiches", {"sheets": office.codes[0]}).status_code == 404


def test_those_who_do_not_manage_give_nothing(office: Office) -> None:
    office.invite(office.codes[0])
    ines = office.accept()
    address = f"{MEMBERS}/{office.part(office.ids[0])}/fiches"
    assert ines.post(address, {"sheets": office.codes[1]}).status_code == 404
    assert office.held() == {office.ids[0]}


def test_a_sheet_deleted_meanwhile_is_left_out(office: Office) -> None:
    office.invite(f"{office.codes[0]} {office.codes[1]}")
    with inside(office.app, SLUG) as session:
        gone = session.get(Sheet, office.ids[0])
        gone.deleted_at = gone.created_at
    office.accept()
    assert office.held() == {office.ids[1]}
