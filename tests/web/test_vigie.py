"""A region made from the model by following the guide alone: its example data, then one departure from the first word
typed to what visitors read and what is owed, each person through their own browser.
"""

import re
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from portal.commands._demo_play import PASSWORD
from portal.domain.deliveries.models import Delivery
from portal.domain.mails.models import Mail
from portal.domain.sheets.models import Sheet
from tests.support.htmx import soup
from tests.support.people import Browser, inside

SLUG = "vigie"
FIRST, LAST = date.today() + timedelta(days=60), date.today() + timedelta(days=90)
QUAY = {
    "quai-numero": "2", "quai-voie": "quai Vauban", "quai-code_postal": "22870", "quai-commune": "Île-de-Bréhat",
    "bosco": "Gwenn Le Goff", "bosco_tel": "02 96 00 00 02", "bosco_mail": "gwenn@goeland.test",
}  # fmt: skip
DAYS = {"largage": f"{FIRST:%d/%m/%Y}", "retour": f"{LAST:%d/%m/%Y}", "couchettes": "8", "embarque": "0"}
PAY = {"prix": "990,50", "bourse": "oui", "note": "Le second est malade."}


@pytest.fixture
def examples(app: Flask, runner: FlaskCliRunner) -> None:
    """The example data of the region, lived."""
    done = runner.invoke(args=["demo", "load", SLUG], catch_exceptions=False)
    assert done.output == "Vigie : 4 fiches ajoutées\n"


def browser(app: Flask, who: str) -> Browser:
    """Where one of the people of the examples has signed in."""
    opened = Browser(app.test_client())
    assert opened.sign_in(f"{who}@vigie.test", PASSWORD).status_code == 303
    return opened


def new_departure(app: Flask, owner: Browser) -> uuid.UUID:
    """A departure with nothing typed in it, under the crossing of the examples."""
    with inside(app, SLUG) as session:
        crossing = session.scalars(select(Sheet.id).where(Sheet.level == "traversee")).one()
    above = soup(owner.get(f"/{SLUG}/espace/fiches/{crossing}?onglet=embarquement"))
    address = next(a["href"] for a in above.select("main a") if "nouveau" in a["href"])
    key = soup(owner.get(address)).find("input", attrs={"name": "_cle"})["value"]
    found = re.search(r"/fiches/([0-9a-f-]{36})/", owner.post(address, {"_cle": key}).location)
    assert found
    return uuid.UUID(found[1])


def owed(app: Flask, sheet_id: uuid.UUID) -> list[tuple[str, str]]:
    with inside(app, SLUG) as session:
        rows = session.execute(select(Delivery.target, Delivery.verb).where(Delivery.sheet_id == sheet_id))
        return [tuple(row) for row in rows]


@pytest.mark.usefixtures("examples")
def test_a_departure_goes_through_two_hands_before_anybody_sees_it(app: Flask) -> None:
    owner, harbour, agency = (browser(app, who) for who in ("armateur", "capitainerie", "agence"))
    visitor = Browser(app.test_client())
    sheet = new_departure(app, owner)
    mine = f"/{SLUG}/espace/fiches/{sheet}"

    early = owner.post(f"{mine}/actions/deposer")
    assert early.status_code == 422
    assert "Largage des amarres" in early.text
    for step, typed in (("quai", QUAY), ("calendrier", DAYS), ("solde", PAY)):
        assert owner.post(f"{mine}/etapes/{step}", typed).status_code == 303
    assert "7 924,00" in owner.get(f"{mine}/etapes/solde").text.replace("\u202f", " ").replace("\xa0", " ")
    assert owner.post(f"{mine}/actions/deposer").status_code == 303

    public = f"/{SLUG}/sessions/P-001-E0102"
    assert agency.post(f"{mine}/actions/ouvrir").status_code == 409  # not before the harbour office has had its word
    assert owner.post(f"{mine}/actions/viser").status_code == 404
    assert harbour.post(f"{mine}/actions/viser").status_code == 303
    assert (visitor.get(public).status_code, owed(app, sheet)) == (404, [])
    assert agency.post(f"{mine}/actions/ouvrir").status_code == 303

    page = visitor.get(public)
    assert page.status_code == 200
    words = soup(page).main.get_text(" ", strip=True)
    assert "Matelot de cabotage" in words
    assert "Gwenn Le Goff" in words
    assert f"Du {DAYS['largage']} au {DAYS['retour']}" in words
    assert "Le second est malade" not in words
    assert "7 924" not in words
    assert owed(app, sheet) == [("phare", "put")]


@pytest.mark.usefixtures("examples")
def test_each_hand_is_told_and_what_goes_back_says_why(app: Flask) -> None:
    harbour = browser(app, "capitainerie")
    with inside(app, SLUG) as session:
        waiting = session.scalars(select(Sheet.id).where(Sheet.code == "E0101")).one()
        told = session.scalars(select(Mail.recipient).where(Mail.mail == "depose", Mail.sheet_id == waiting)).all()
    assert told == ["capitainerie@vigie.test"]
    answer = harbour.post(f"/{SLUG}/espace/fiches/{waiting}/actions/rappeler", {"motif": "Le port est fermé."})
    assert answer.status_code == 303
    with inside(app, SLUG) as session:
        back = session.scalars(select(Mail).where(Mail.mail == "rappele", Mail.sheet_id == waiting)).all()
        assert {mail.recipient for mail in back} == {"armateur@vigie.test", "bosco@vigie.example"}
        assert all("Le port est fermé." in mail.body for mail in back)


@pytest.mark.usefixtures("examples")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("c.traversee.pavillon=peche", True),
        ("c.traversee.pavillon=plaisance", False),
        ("c.traversee.certifiante=oui&c.embarque=0", True),
        ("c.traversee.certifiante=non", False),
        ("c.traversee.pavillon=galion", True),  # no value of the region's: not asked
        ("c.numero=P-002", True),  # no facet of the region's
    ],
)
def test_visitors_narrow_the_search_by_the_choices_of_the_region(client, asked: str, found: bool) -> None:
    page = soup(client.get(f"/{SLUG}/sessions?{asked}"))
    assert bool(page.find(string="Matelot de cabotage")) is found
    names = [select["name"] for select in page.select(".filters select")]
    assert names == ["programme", "c.traversee.pavillon", "c.traversee.certifiante", "c.embarque"]


@pytest.mark.usefixtures("examples")
def test_a_choice_that_is_asked_is_said_and_can_be_taken_back(client) -> None:
    page = soup(client.get(f"/{SLUG}/sessions?q=matelot&c.traversee.pavillon=plaisance"))
    chips = {chip.get_text(" ", strip=True): chip["href"] for chip in page.select(".chips a")}
    assert [href for words, href in chips.items() if "Pavillon : Plaisance" in words] == [f"/{SLUG}/sessions?q=matelot"]


def test_its_register_of_harbours_can_be_brought(app: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
    """The containers that nobody types come from a file."""
    file = tmp_path / "ports.csv"
    file.write_text(
        "SIRET;Armateur;Ligne;Numéro;Port;Commune;Ouverture;Fermeture;Bourse\n"
        "84293612200048;LE GOÉLAND FORMATION;Cabotage;P-009;Port-Lay;56069;01/04/2026;30/10/2027;250\n",
        "utf-8",
    )
    done = runner.invoke(args=["imports", "run", SLUG, "ports", str(file), "--accept"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    with inside(app, SLUG) as session:
        harbour = session.scalars(select(Sheet).where(Sheet.level == "escale")).one()
        assert (harbour.code, harbour.title, harbour.programme) == ("P-009", "P-009 - Port-Lay", "cabotage")
