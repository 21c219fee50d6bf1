"""The proof of a decision: of the content as it was sent, under its own configuration, with its digest."""

import copy

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import set_committed_value

from portal.domain.desk.proof import proof_of
from portal.domain.journal.models import JournalEntry
from portal.domain.moves.perform import perform_move
from portal.domain.sheets.models import Revision
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from tests.support.offer import AT, make_tree, member, organisation
from tests.support.tenants import tenant_named


class Decided:
    """A session of the planned region, sent with two slots, seen, then approved."""

    def __init__(self):
        self.tenant = tenant_named("plan")
        holder = organisation(db.session)
        self.sheet = make_tree(db.session, self.tenant, "session", holder, debut="2026-06-01", fin="2026-06-02")
        self.do("transmettre", member(self.tenant, "org", organisations={holder.id}))
        self.do("avancer", member(self.tenant, "validator", roles={"ingenieur"}))

    def do(self, move, actor, **more):
        return perform_move(db.session, self.tenant, self.sheet, move, actor=actor, at=AT, **more)

    def proof(self, number=1):
        return proof_of(db.session(), self.tenant, self.sheet, number, at_version=lambda _: self.tenant)


@pytest.fixture
def decided(app):
    with app.app_context(), tenant_scope("plan"):
        yield Decided()
        db.session.rollback()


def approve(decided):
    return decided.do("valider", member(decided.tenant, "validator", roles={"gestionnaire"}), reason="Conforme.")


def test_it_says_what_was_decided_by_whom_when_and_why(decided):
    assert decided.proof() is None
    done = approve(decided)

    proof = decided.proof()

    assert (proof.outcome, proof.move, proof.reason) == ("Validée", "Valider", "Conforme.")
    assert (proof.decided_by, proof.role, proof.decided_at) == ("Personne validator", "Gestionnaire", AT)
    assert (proof.organisation, proof.sent_by) == ("HECATE FORMATION", "Personne org")
    assert proof.entry == done.entry.id
    assert proof.config_digest == decided.tenant.digest
    assert decided.proof(2) is None


def test_it_shows_the_content_as_it_was_sent(decided):
    approve(decided)
    decided.sheet.data = {**decided.sheet.data, "debut": "2027-01-04"}
    db.session.flush()

    told = {label: lines for part in decided.proof().parts for _, fields in part.steps for label, lines in fields}

    assert ["01/06/2026"] in told.values()
    assert ["04/01/2027"] not in told.values()
    assert next(part.level for part in decided.proof().parts) == "Session"


def test_a_content_that_is_not_what_was_sent_is_not_proved(decided):
    approve(decided)
    assert decided.proof().intact

    revision = db.session.scalars(select(Revision).where(Revision.unit_id == decided.sheet.id)).first()
    altered = copy.deepcopy(revision.snapshot)
    altered["sheets"][str(decided.sheet.id)]["data"]["debut"] = "2026-06-03"
    set_committed_value(revision, "snapshot", altered)  # the database itself refuses to change it

    assert not decided.proof().intact


def test_the_move_read_is_that_of_the_decision(decided):
    approve(decided)

    assert db.session.scalar(select(func.count(JournalEntry.id))) > 2
    assert decided.proof().move == "Valider"
