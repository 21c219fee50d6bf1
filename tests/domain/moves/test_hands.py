"""Several hands validate one submission: it waits from one to the next, and keeps who sent it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.journal.models import JournalEntry
from portal.domain.moves.perform import perform_move
from portal.domain.people import Actor
from portal.domain.sheets.models import Decision, Sheet
from portal.domain.sheets.narrowing import Wanted
from portal.domain.sheets.queue import baskets_of, queue_page
from portal.domain.sheets.revisions import approved_revision, pending_revision
from portal.domain.workflow import MoveRefused
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import AT, TODAY, make_tree, member, organisation
from tests.support.tenants import tenant_named

LATER = AT + timedelta(days=4)


@dataclass
class Hands:
    """A session sent, and the hands it goes through."""

    tenant: Tenant
    sheet: Sheet
    pilote: Actor

    def by(self, role: str) -> Actor:
        return member(self.tenant, "validator", roles={role})

    def do(self, move: str, actor: Actor, **more: object):
        return perform_move(db.session, self.tenant, self.sheet, move, actor=actor, **{"at": AT, **more})

    def give(self, **values: object) -> None:
        self.sheet.data = {**self.sheet.data, **values}
        db.session.flush()

    def frozen(self, revision) -> dict:
        return revision.snapshot["sheets"][str(self.sheet.id)]["data"]


@pytest.fixture
def hands(app: Flask) -> Iterator[Hands]:
    tenant = tenant_named("plan")
    with app.app_context(), tenant_scope(tenant.slug):
        holder = organisation(db.session)
        sheet = make_tree(db.session, tenant, "session", holder, debut="2026-06-01", fin="2026-06-02")
        found = Hands(tenant, sheet, member(tenant, "org", organisations={holder.id}))
        found.do("transmettre", found.pilote)
        yield found
        db.session.rollback()


def test_a_submission_waits_from_hand_to_hand_and_the_last_puts_it_in_force(hands):
    sent = pending_revision(db.session, hands.sheet)
    hands.do("voir", hands.by("ingenieur"))
    hands.do("avancer", hands.by("difor"), at=LATER)
    assert pending_revision(db.session, hands.sheet).id == sent.id
    assert (sent.made_by, db.session.scalars(select(Decision)).all()) == (hands.pilote.user_id, [])
    hands.do("valider", hands.by("gestionnaire"), at=LATER)
    (decision,) = db.session.scalars(select(Decision))
    assert (decision.revision_id, decision.outcome) == (sent.id, "approved")
    assert approved_revision(db.session, hands.sheet).made_by == hands.pilote.user_id


@pytest.mark.parametrize("through", [[], ["voir"], ["avancer"]])
def test_any_hand_may_return_it_and_it_is_sent_anew(hands, through):
    for move in through:
        hands.do(move, hands.by("ingenieur"))
    holder = hands.tenant.axis("statut").states[hands.sheet.state("statut")].holder
    hands.do("retour", hands.by(holder), reason="À revoir.")
    assert pending_revision(db.session, hands.sheet) is None
    assert [d.outcome for d in db.session.scalars(select(Decision))] == ["returned"]
    hands.do("transmettre", hands.pilote)
    assert pending_revision(db.session, hands.sheet).number == 2


def test_the_queue_counts_from_the_hand_and_names_who_sent(hands):
    hands.do("avancer", hands.by("ingenieur"), at=LATER)
    actor = hands.by("gestionnaire")
    (basket,) = [b for b in baskets_of(hands.tenant, actor) if b.id == "a_voir"]
    (line,), _ = queue_page(db.session, hands.tenant, actor, basket, Wanted(), today=TODAY, limit=10)
    assert (line.since, line.sent_by) == (LATER, hands.pilote.name)


def test_two_hands_on_one_step_the_second_is_refused(hands):
    hands.do("avancer", hands.by("ingenieur"))
    with pytest.raises(MoveRefused):
        hands.do("voir", hands.by("ingenieur"))


def test_what_a_hand_typed_goes_with_the_submission_and_what_another_typed_does_not(hands):
    hands.give(note_ingenieur="Salle à confirmer", stagiaires=999)
    hands.do("voir", hands.by("ingenieur"))
    changed = pending_revision(db.session, hands.sheet)
    assert hands.frozen(changed)["note_ingenieur"] == "Salle à confirmer"
    assert hands.frozen(changed)["stagiaires"] != 999
    assert (changed.made_by, changed.made_at) == (hands.pilote.user_id, AT)
    kinds = db.session.scalars(select(JournalEntry.kind).where(JournalEntry.sheet_id == hands.sheet.id))
    assert "submission.changed" in set(kinds)
    assert [d.outcome for d in db.session.scalars(select(Decision))] == ["superseded"]


def test_what_needs_no_decision_is_in_force_with_the_first_approval(hands):
    hands.give(lien_visio="https://visio.exemple.fr/1")
    hands.do("avancer", hands.by("ingenieur"))
    hands.do("valider", hands.by("gestionnaire"))
    assert hands.frozen(approved_revision(db.session, hands.sheet))["lien_visio"] == "https://visio.exemple.fr/1"
