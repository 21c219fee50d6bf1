"""What warns of a move is read before it is done; what time will do is said beside the state."""

import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.organisations.models import Organisation
from portal.domain.sheets.models import Sheet, SheetState
from portal.tenancy.registry import registry
from tests.support.htmx import soup
from tests.support.offer import make_tree
from tests.support.people import Browser, inside, play, signed_in

SLUG, PILOTE = "plan", "pilote@exemple.test"
LOCAL = datetime.now(UTC).astimezone(ZoneInfo("Europe/Paris"))


def day(number: int, hour: str) -> str:
    return f"{(LOCAL + timedelta(days=number)).date().isoformat()}T{hour}"


@pytest.fixture
def sheet(app: Flask) -> uuid.UUID:
    play(app, PILOTE, SLUG, "org", role="pilote")
    tenant = registry.get(SLUG)
    with inside(app, SLUG) as session:
        holder = session.scalars(select(Organisation).where(Organisation.name == "Organisme 1")).one()
        made = make_tree(session, tenant, "session", holder, soumise_avis=False, debut="2026-06-01", fin="2026-06-02")
        made.data = {k: v for k, v in made.data.items() if k != "fin_publication"}
        return made.id


@pytest.fixture
def pilote(app: Flask, sheet: uuid.UUID) -> Browser:
    return signed_in(app, PILOTE)


def stands(app: Flask, sheet: uuid.UUID) -> str:
    with inside(app, SLUG) as session:
        return session.get_one(Sheet, sheet).state("publication")


def href(sheet: uuid.UUID, rest: str = "") -> str:
    return f"/{SLUG}/espace/fiches/{sheet}{rest}"


def test_the_screen_says_what_it_implies_in_one_message(pilote, sheet):
    tree = soup(pilote.get(href(sheet, "/actions/publier")))
    (notice,) = tree.select("form .notice")
    assert notice.p.text == "Sachez que :"
    assert [li.text for li in notice.select("li")] == [
        "Une publication ne se reprend pas.", "Le groupe ne sera plus modifiable.",
    ]  # fmt: skip
    assert not tree.select("input[name=lu]")


def test_an_end_in_the_past_comes_back_with_the_answer(app, pilote, sheet):
    answer = pilote.post(href(sheet, "/actions/publier"), {"fin_publication": day(-1, "18:00")})
    field = soup(answer).find(id="field-fin_publication")
    assert answer.status_code == 422 and "est déjà passé" in field.text
    assert day(-1, "18:00") in str(field)
    assert stands(app, sheet) == "jamais"


@pytest.mark.parametrize("htmx", [False, True])
def test_a_warning_comes_back_with_the_answer_and_is_passed_over_once_read(app, pilote, sheet, htmx):
    given = {"fin_publication": day(9, "00:00")}
    answer = pilote.post(href(sheet, "/actions/publier"), given, htmx=htmx)
    tree = soup(answer)
    assert answer.status_code == 422 and "À minuit, on ne sait de quel jour." in tree.find(id="told").text
    assert tree.find("button", {"name": "confirmer"}).text.strip() == "Publier quand même"
    assert given["fin_publication"] in str(tree.find(id="field-fin_publication"))
    assert stands(app, sheet) == "jamais"
    (read,) = tree.select("input[name=lu]")
    again = pilote.post(tree.find("form", method="post", action=lambda a: a and "publier" in a)["action"], given)
    assert again.status_code == 422  # not what was read
    done = pilote.post(href(sheet, "/actions/publier"), {**given, "lu": read["value"]})
    assert done.status_code == 303 and stands(app, sheet) == "publiee"


def test_the_page_says_when_it_closes_by_itself(app, pilote, sheet):
    pilote.post(href(sheet, "/actions/publier"), {"fin_publication": day(9, "18:00")})
    words = soup(pilote.get(href(sheet))).find(id="states").text
    wanted = (LOCAL + timedelta(days=9)).strftime("%d/%m/%Y")
    assert f"se ferme le {wanted} à 18h00 (dans 9 jours)" in " ".join(words.split())


def test_a_delay_in_days_ends_in_the_evening_and_what_could_not_happen_says_why(app, pilote, sheet):
    with inside(app, SLUG) as session:
        row = session.scalars(select(SheetState).filter_by(sheet_id=sheet, axis="publication")).one()
        midnight = datetime.combine((LOCAL + timedelta(days=4)).date(), datetime.min.time(), LOCAL.tzinfo)
        row.state, row.due_move, row.due_at = "avis", "clore_avis", midnight
    words = " ".join(soup(pilote.get(href(sheet))).find(id="states").text.split())
    assert f"jusqu’au {(LOCAL + timedelta(days=3)).strftime('%d/%m/%Y')} au soir (dans 3 jours)" in words
    with inside(app, SLUG) as session:
        session.scalars(select(SheetState).filter_by(sheet_id=sheet, axis="publication")).one().due_problem = "Raison."
    assert "Raison." in soup(pilote.get(href(sheet))).find(id="states").text
