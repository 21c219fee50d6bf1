"""Absences on the desk: noted, shown, and a colleague who acts in the name of whoever is away, between two days."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from portal.domain.habits.models import Absence
from portal.domain.journal.models import JournalEntry
from portal.domain.organisations.models import User
from portal.domain.sheets.models import Decision
from tests.support.people import account, inside, play, signed_in
from tests.web.validator.conftest import ADMIN, REGION, SLUG

DESK = f"/{SLUG}/validation/"
ABSENCES = f"{DESK}absences"
COVER = "collegue@exemple.test"


def today():
    return datetime.now(UTC).astimezone(ZoneInfo("Europe/Paris")).date()


def read(browser, url=DESK):
    answer = browser.get(url)
    assert answer.status_code == 200, answer.text
    return " ".join(BeautifulSoup(answer.text, "html.parser").find("main").get_text(" ").split())


@pytest.fixture
def team(region):
    """Luc stands in for Ida, who is the person of the region; both have signed in."""
    account(region.app, COVER, "Luc Bel")
    play(region.app, COVER, SLUG, "validator")
    region.ida, region.luc = account(region.app, REGION), account(region.app, COVER)
    region.cover = signed_in(region.app, COVER)
    return region


def note(team, browser=None, *, starts=0, ends=5, **more):
    days = {"du": (today() + timedelta(days=starts)).isoformat(), "au": (today() + timedelta(days=ends)).isoformat()}
    return (browser or team.region).post(ABSENCES, {"remplacant": str(team.luc), **days, **more})


def act_for(team):
    return team.cover.post(f"{DESK}au-nom-de/{team.ida}")


def test_an_absence_is_noted_and_both_are_told_on_their_desk(team):
    assert note(team).status_code == 303

    assert "Luc Bel recevra aussi vos courriels et pourra agir en votre nom" in read(team.region)
    assert "En l’absence de Ida Lot" in read(team.cover)
    assert "Agir pour le compte de Ida Lot" in read(team.cover)


def test_what_is_wrong_is_said_where_it_is_and_what_was_typed_stays(team):
    answer = note(team, ends=-3, starts=-9)

    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    assert "déjà finie" in page.select_one("#fault-au").text
    assert page.select_one(f"#remplacant option[value='{team.luc}']").has_attr("selected")
    assert "Indiquez le premier jour" in team.region.post(ABSENCES, {"du": "hier", "au": ""}).text


def test_a_colleague_acts_in_the_name_of_whoever_is_away(team):
    sheet = team.session()
    note(team)

    assert act_for(team).status_code == 303
    assert "Luc Bel, pour le compte de Ida Lot." in read(team.cover)
    assert team.cover.post(f"/{SLUG}/espace/fiches/{sheet}/actions/approuver").status_code == 303

    with inside(team.app, SLUG) as session:
        entry = session.scalars(select(JournalEntry).where(JournalEntry.move == "session.approuver")).one()
        told = (entry.actor_id, entry.on_behalf_of, entry.actor_name)
        assert told == (team.luc, team.ida, "Luc Bel, pour le compte de Ida Lot")
        assert session.scalars(select(Decision.by_name)).one() == "Luc Bel, pour le compte de Ida Lot"
    assert "Luc Bel, pour le compte de Ida Lot" in read(team.cover, f"/{SLUG}/espace/fiches/{sheet}/historique")


def test_one_acts_in_one_s_own_name_again(team):
    note(team)
    act_for(team)

    assert team.cover.post(f"{DESK}en-mon-nom").status_code == 303

    assert "pour le compte de Ida Lot." not in read(team.cover)


@pytest.mark.parametrize("end", ["over", "taken away", "no longer a member"])
def test_it_stops_by_itself(team, end):
    note(team)
    act_for(team)
    with inside(team.app, SLUG) as session:
        row = session.scalars(select(Absence)).one()
        if end == "over":
            row.starts_on = row.ends_on = today() - timedelta(days=1)
        elif end == "taken away":
            session.delete(row)
        else:
            session.delete(session.get(User, team.ida))

    assert "pour le compte" not in read(team.cover)


@pytest.mark.parametrize(("starts", "ends"), [(1, 5), (None, None)])
def test_nobody_acts_for_a_colleague_who_is_there(team, starts, ends):
    if starts is not None:
        note(team, starts=starts, ends=ends)

    assert act_for(team).status_code == 404
    assert team.region.post(f"{DESK}au-nom-de/{team.luc}").status_code == 404


def test_the_administrator_notes_and_takes_away_for_others(team):
    play(team.app, ADMIN, SLUG, "admin")
    admin = signed_in(team.app, ADMIN)

    assert note(team, admin, absent=str(team.ida)).status_code == 303
    assert "Ida Lot" in read(admin, ABSENCES)
    with inside(team.app, SLUG) as session:
        row = session.scalars(select(Absence)).one()
        assert (row.user_id, row.cover_id, row.made_by_name) == (team.ida, team.luc, "Ida Lot")
        address = f"{ABSENCES}/{row.id}/retirer"
    assert team.cover.post(address).status_code == 404
    assert admin.post(address).status_code == 303
    assert "Aucune absence" in read(admin, ABSENCES)


def test_a_validator_notes_no_absence_of_a_colleague(team):
    note(team, team.cover, absent=str(team.ida), remplacant=str(team.ida))

    with inside(team.app, SLUG) as session:
        assert session.scalars(select(Absence.user_id)).all() == [team.luc]
