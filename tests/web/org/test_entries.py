"""People chosen among thousands: words are typed and name one of them, or a page finds them, without script too."""

import uuid
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.organisations.actions import grant_membership
from portal.domain.organisations.models import Contact, User
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from portal.web.entries import LISTED
from portal.web.prose import linked
from tests.support.htmx import form_data, soup
from tests.support.offer import make_tree, organisation
from tests.support.people import Browser, account, inside, signed_in

SLUG = "plan"
NAMESAKES = (("Jean Martin", "J1"), ("Jean Martin", "J2"))
PATHS = ("heures", "intervenants", "intervenants.x", "intervenants.x.heures", "creneaux.x.jour")
CELL = "intervenants-0-personne"
UNKNOWN = "« Inconnu » ne fait pas partie des valeurs proposées."
NOBODY = "0b6f1d9e-4c52-4a55-9d0e-6a1c51c2a7f3"


@dataclass
class Desk:
    """A session of a region with many trainers, and a browser."""

    app: Flask
    sheet: uuid.UUID
    browser: Browser

    @property
    def step(self) -> str:
        return f"/{SLUG}/espace/fiches/{self.sheet}/etapes/dates"

    def people(self, name: str) -> list[str]:
        with inside(self.app, SLUG) as session:
            found = session.scalars(select(Contact.id).where(Contact.name == name).order_by(Contact.code))
            return [str(one) for one in found]

    def row(self) -> dict[str, object]:
        with inside(self.app, SLUG) as session:
            (row,) = session.get_one(Sheet, self.sheet).data["intervenants"]
            return dict(row)

    def with_row(self):
        """The page without script, with an empty row."""
        data = form_data(self.browser.get(self.step))
        data["_ajouter"] = "intervenants"
        return self.browser.get(self.browser.post(self.step, data.to_dict(flat=False)).location)

    def post(self, page, **values: str):
        data = form_data(page)
        for name, value in values.items():
            data[name.replace("__", "-")] = value
        return self.browser.post(self.step, data.to_dict(flat=False))


@pytest.fixture(params=[LISTED + 10], ids=lambda n: f"{n} people")
def desk(app: Flask, request) -> Desk:
    tenant = registry.get(SLUG)
    account(app, "pilote@exemple.test")
    with inside(app, SLUG) as session:
        holder, other = organisation(session), organisation(session, "AUTRE", 2)
        sheet = make_tree(session, tenant, "session", holder, intervenants=[])
        session.add_all(
            Contact(organisation_id=holder.id, name=f"Agent {n}", code=f"A{n:04}") for n in range(request.param)
        )
        named = (
            ("Irène Costil", "I1", holder, True),
            ("Jean Martin", "J1", holder, True),
            ("Jean Martin", "J2", holder, True),
        )
        left = (("Irène Partie", "I8", holder, False), ("Irène Ailleurs", "I9", other, True))
        session.add_all(
            Contact(organisation_id=whose.id, name=name, code=code, offered=offered)
            for name, code, whose, offered in (*named, *left)
        )
        module = session.get_one(Sheet, session.get_one(Sheet, sheet.parent_id).parent_id)
        user = session.scalars(select(User).where(User.email == "pilote@exemple.test")).one()
        grant_membership(session, user, role="pilote", sheet_id=module.id)
        found = sheet.id
    return Desk(app, found, signed_in(app, "pilote@exemple.test"))


@pytest.mark.parametrize("desk", [3000], indirect=True)
def test_thousands_are_not_listed_and_words_name_one(desk: Desk) -> None:
    page = desk.with_row()
    assert len(page.data) < 100_000
    assert soup(page).find(id=f"c-{CELL}")["role"] == "combobox"
    assert desk.post(page, **{CELL: "  irène   COSTIL "}).status_code == 303
    assert [desk.row()["personne"]] == desk.people("Irène Costil")
    again = desk.browser.get(desk.step)
    assert form_data(again)[CELL] == "Irène Costil"
    assert "Intervenant #1" in soup(again).get_text()
    assert desk.post(again, intervenants__0__heures="3").status_code == 303
    assert [desk.row()["personne"]] == desk.people("Irène Costil")


@pytest.mark.parametrize("typed", ["Inconnu", "Irène Ailleurs", "Irène Partie", "Jean Martin", NOBODY])
def test_words_that_name_nobody_or_several_are_refused_and_kept(desk: Desk, typed: str) -> None:
    refused = desk.post(desk.with_row(), **{CELL: typed})
    assert refused.status_code == 422
    assert UNKNOWN.replace("Inconnu", typed) in soup(refused).get_text()
    assert form_data(refused)[CELL] == typed


def test_a_few_are_suggested_among_those_of_the_organisation(desk: Desk) -> None:
    found = soup(desk.with_row()).find(id=f"list-c-{CELL}")["hx-get"]
    told = [li["data-value"] for li in soup(desk.browser.get(f"{found}?q=irene")).select("li")]
    assert told == ["Irène Costil"]
    assert len(soup(desk.browser.get(f"{found}?q=agent")).select("li")) == 10
    assert soup(desk.browser.get(f"{found}?q=%25")).select("li") == []


def test_without_script_a_page_finds_them_and_writes_the_row(desk: Desk) -> None:
    sent = desk.post(desk.with_row(), _choisir=CELL)
    assert sent.status_code == 303
    page = desk.browser.get(f"{sent.location}&q=jean+martin")
    keys = [button["value"] for button in soup(page).select("button[name=code]")]
    assert sorted(keys) == sorted(desk.people("Jean Martin"))
    chosen = desk.browser.post(sent.location, {"code": keys[1]})
    assert chosen.status_code == 303
    assert desk.row()["personne"] == keys[1]
    assert desk.post(desk.browser.get(desk.step), intervenants__0__heures="2").status_code == 303
    assert desk.row()["personne"] == keys[1]  # of two called the same, the one that was chosen


@pytest.mark.parametrize(
    "path", ["heures", "intervenants", "intervenants.x", "intervenants.x.heures", "creneaux.x.jour"]
)
def test_what_chooses_nobody_has_no_such_page(desk: Desk, path: str) -> None:
    where = desk.step.replace("/etapes/dates", f"/etapes/dates/annuaire/{path}")
    assert desk.browser.get(f"{where}/choisir").status_code == 404
    assert desk.browser.get(f"{where}/proposer?q=a").status_code == 404
    assert desk.browser.post(f"{where}/choisir", {"code": "a"}).status_code == 404


@pytest.mark.parametrize("desk", [LISTED - 10], indirect=True)
def test_a_short_list_stays_a_list(desk: Desk) -> None:
    assert soup(desk.with_row()).find(id=f"c-{CELL}").name == "select"


def test_a_line_of_the_region_makes_links_and_what_people_typed_makes_none() -> None:
    told = linked("Écrivez à [l'appui](mailto:a@b.test) : {nom}.", lambda text: text.replace("{nom}", "[x](/y) <b>"))
    assert told == 'Écrivez à <a href="mailto:a@b.test">l&#39;appui</a> : [x](/y) &lt;b&gt;.'
    assert linked("[x](javascript:alert(1))", str) == "[x](javascript:alert(1))"
