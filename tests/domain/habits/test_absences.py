"""Absences: who may note one, for which days, with whom; and what stands in the journal."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.domain.habits.absences import absences, covers_of, declare_absence, end_absence, standing_in
from portal.domain.habits.errors import HabitRefused
from portal.domain.journal.models import JournalEntry
from portal.domain.organisations.models import Membership, User
from portal.domain.people import Actor
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from tests.support.offer import AT, TODAY
from tests.support.tenants import tenant_named

LAST = TODAY + timedelta(days=10)


class Team:
    """Three people who decide in a region, and one who does not."""

    def __init__(self):
        self.tenant = tenant_named("eos")
        self.ida, self.luc, self.zoe = (self.person(name, "region") for name in ("Ida", "Luc", "Zoé"))
        self.admin = self.person("Ada", "administrateur")

    def person(self, name, role):
        user = User(email=f"{name.lower()}@region.test", name=name)
        db.session.add(user)
        db.session.flush()
        db.session.add(Membership(user_id=user.id, role=role))
        db.session.flush()
        return user

    def away(self, user, cover, starts=TODAY, ends=LAST, *, by=None, for_others=False):
        actor = Actor((by or user).id, (by or user).name, side="validator")
        return declare_absence(
            db.session(), self.tenant, actor, user_id=user.id, cover_id=cover.id, starts_on=starts, ends_on=ends,
            today=TODAY, at=AT, for_others=for_others,
        )  # fmt: skip


@pytest.fixture
def team(app):
    with app.app_context(), tenant_scope("eos"):
        yield Team()
        db.session.rollback()


def test_a_colleague_stands_in_from_the_first_day_to_the_last(team):
    team.away(team.ida, team.luc, TODAY + timedelta(days=1), LAST)

    days = [TODAY, TODAY + timedelta(days=1), LAST, LAST + timedelta(days=1)]
    found = [standing_in(db.session(), team.luc.id, team.ida.id, day) is not None for day in days]
    assert found == [False, True, True, False]
    assert standing_in(db.session(), team.zoe.id, team.ida.id, LAST) is None
    assert standing_in(db.session(), team.ida.id, team.luc.id, LAST) is None


def test_the_journal_holds_who_noted_it_and_who_ended_it(team):
    row = team.away(team.ida, team.luc, by=team.admin, for_others=True)
    assert not end_absence(db.session(), Actor(team.luc.id, "Luc"), row.id, at=AT)
    assert end_absence(db.session(), Actor(team.ida.id, "Ida"), row.id, at=AT)

    entries = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id)).all()
    told = [(e.kind, e.actor_name, (e.after or e.before)["cover_id"]) for e in entries]
    cover = str(team.luc.id)
    assert told == [("absence.declared", "Ada", cover), ("absence.ended", "Ida", cover)]
    assert absences(db.session(), TODAY) == []


@pytest.mark.parametrize(
    ("who", "cover", "starts", "ends", "field"),
    [
        ("ida", "ida", TODAY, LAST, "remplacant"),
        ("ida", "admin", TODAY, LAST, "remplacant"),
        ("admin", "luc", TODAY, LAST, "absent"),
        ("ida", "luc", LAST, TODAY, "au"),
        ("ida", "luc", date(2026, 1, 1), date(2026, 1, 9), "au"),
        ("ida", "luc", TODAY, TODAY + timedelta(days=367), "au"),
    ],
)
def test_what_cannot_be_noted(team, who, cover, starts, ends, field):
    with pytest.raises(HabitRefused) as refusal:
        team.away(getattr(team, who), getattr(team, cover), starts, ends)

    assert refusal.value.field == field
    assert absences(db.session(), date.min) == []


def test_one_notes_one_s_own_absences_unless_one_looks_after_the_members(team):
    with pytest.raises(HabitRefused, match="vos propres absences"):
        team.away(team.ida, team.luc, by=team.zoe)

    team.away(team.ida, team.luc, by=team.admin, for_others=True)


@pytest.mark.parametrize(("who", "cover"), [("ida", "zoe"), ("zoe", "ida"), ("luc", "zoe")])
def test_nobody_is_away_twice_nor_stands_in_while_away(team, who, cover):
    team.away(team.ida, team.luc)

    with pytest.raises(HabitRefused):
        team.away(getattr(team, who), getattr(team, cover), LAST, LAST + timedelta(days=3))
    team.away(getattr(team, who), getattr(team, cover), LAST + timedelta(days=1), LAST + timedelta(days=3))


def test_the_addresses_of_those_who_stand_in(team):
    team.away(team.ida, team.luc)
    team.away(team.zoe, team.luc, LAST + timedelta(days=1), LAST + timedelta(days=2))

    found = covers_of(db.session(), team.tenant, ["IDA@region.test", "zoé@region.test", "autre@of.test"], LAST)

    assert found == {"ida@region.test": ("luc@region.test", "Ida", LAST)}


def test_whoever_decides_no_more_is_told_nothing_more(team):
    team.away(team.ida, team.luc)
    part = db.session.scalars(select(Membership).where(Membership.user_id == team.luc.id)).one()
    part.role = "organisme"
    db.session.flush()

    assert covers_of(db.session(), team.tenant, ["ida@region.test"], TODAY) == {}


def test_another_region_sees_none_of_it(team):
    team.away(team.ida, team.luc)
    db.session.commit()
    with tenant_scope("sofi"):
        assert absences(db.session(), TODAY) == []
