"""Four eyes: whoever let a submission through does not validate it, in whoever's name; others do."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from portal.domain.moves.eyes import with_four_eyes
from portal.domain.moves.perform import perform_move
from portal.domain.sheets.nodes import load_node
from portal.domain.workflow import MoveRefused, moves_for
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from tests.support.offer import AT, make_tree, member, organisation
from tests.support.tenants import tenant_named

ALL = {"ingenieur", "difor", "gestionnaire"}


class Plan:
    """A session sent, in a region where `valider` wants other eyes than `voir` and `avancer`."""

    def __init__(self):
        self.tenant, self.steps = tenant_named("plan"), 0
        holder = organisation(db.session)
        self.sheet = make_tree(db.session, self.tenant, "session", holder, debut="2026-06-01", fin="2026-06-02")
        self.pilote = member(self.tenant, "org", organisations={holder.id})
        self.one, self.other = (member(self.tenant, "validator", roles=ALL) for _ in range(2))

    def do(self, move, actor, **more):
        self.steps += 1
        told = {"actor": actor, "at": AT + timedelta(hours=self.steps), **more}
        return perform_move(db.session, self.tenant, self.sheet, move, **told)

    def offered(self, actor):
        found = moves_for(self.tenant, "session", {"statut": self.sheet.state("statut")}, actor.roles, lambda _: True)
        return {p.id: p.blocked for p in with_four_eyes(db.session, self.tenant, self.sheet.id, found, actor)}


@pytest.fixture
def plan(app):
    with app.app_context(), tenant_scope("plan"):
        found = Plan()
        found.do("transmettre", found.pilote)
        yield found
        db.session.rollback()


def test_whoever_let_it_through_does_not_validate_and_nothing_is_left_of_the_attempt(plan):
    plan.do("avancer", plan.one)

    with pytest.raises(MoveRefused, match="Vous avez déjà fait « Avancer » sur cet envoi : une autre personne"):
        plan.do("valider", plan.one)

    assert plan.sheet.state("statut") == "s4"
    assert "une autre personne" in plan.offered(plan.one)["valider"]
    assert plan.offered(plan.other)["valider"] == ""
    plan.do("valider", plan.other)
    assert load_node(db.session, plan.sheet).states["statut"] == "s5"


def test_acting_for_somebody_is_having_their_eyes_too(plan):
    plan.do("voir", plan.one)
    plan.do("avancer", plan.other)
    third = member(plan.tenant, "validator", roles=ALL)

    for same in (replace(third, on_behalf_of=plan.one.user_id), replace(plan.one, on_behalf_of=third.user_id)):
        with pytest.raises(MoveRefused, match="« Marquer vue »"):
            plan.do("valider", same)
    plan.do("valider", replace(third, on_behalf_of=uuid.uuid4()))


def test_whoever_was_acted_for_does_not_validate_either(plan):
    plan.do("avancer", replace(plan.other, on_behalf_of=plan.one.user_id))

    with pytest.raises(MoveRefused, match="« Avancer »"):
        plan.do("valider", plan.one)


def test_what_was_done_on_an_earlier_submission_is_no_matter(plan):
    plan.do("avancer", plan.one)
    plan.do("retour", plan.other, reason="À revoir.")
    plan.do("transmettre", plan.pilote)
    plan.do("avancer", plan.other)

    plan.do("valider", plan.one)


def test_a_region_that_asks_no_other_eyes_pays_nothing(plan):
    found = moves_for(plan.tenant, "session", {"statut": "s2"}, plan.one.roles, lambda _: True)
    asked = []

    def note(*args):
        asked.append(args[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert with_four_eyes(db.session, plan.tenant, plan.sheet.id, found, plan.one) == found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert asked == []
