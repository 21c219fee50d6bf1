"""Claiming, trying, recording: leases, retries, refusals, receipts."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.domain.deliveries.actions import Claim, Tried, claim_due, hasten_target, record_answers, release_claims
from portal.domain.deliveries.actions.claim import LEASE
from portal.domain.deliveries.actions.receipt import returned_codes
from portal.domain.deliveries.actions.record import MOST_ATTEMPTS, retry_delay
from portal.domain.deliveries.models import Delivery
from portal.domain.deliveries.parcels import Answer
from portal.domain.deliveries.queries import attempts_of
from portal.domain.journal.models import JournalEntry
from portal.domain.mails.models import Mail
from portal.domain.organisations.models import Membership, User
from portal.domain.sheets.models import Revision
from tests.support.deliveries import AT, World

MakeWorld = Callable[[str], World]
TO_MFME = "  - {target: mfme, on: session.approuver}\n"
FAILED = Answer("failed", 503, error="HTTP 503")
RECEIPT = Answer("acknowledged", 200, {"id": "42988", "code_offre_info": "24_42988S"})
SECOND = timedelta(seconds=1)


def try_once(world: World, at: datetime, target: str = "mfme") -> Claim:
    """Claim the one row that is due."""
    (claim,) = claim_due(world.session, target, now=at)
    return claim


def record(world: World, claim: Claim, answer: Answer, at: datetime) -> list[Delivery]:
    """Record an answer, without chance."""
    tried = [Tried(claim, answer, at, at, "digest")]
    return record_answers(world.session, world.tenant, tried, at=at, chance=lambda: 0.0)


def answered(world: World, answer: Answer, at: datetime = AT) -> Delivery:
    """Send the one row that is due, with this answer."""
    (delivery,) = record(world, try_once(world, at), answer, at)
    return delivery


def test_due_row_is_claimed_once(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    world.open()

    assert len(claim_due(world.session, "mfme", now=AT)) == 1
    assert claim_due(world.session, "mfme", now=AT) == []


def test_row_is_not_claimed_before_its_time(make_world: MakeWorld) -> None:
    world = make_world("  - {target: mfme, on: session.approuver, plus: 1h}\n")
    world.open()

    assert claim_due(world.session, "mfme", now=AT + timedelta(minutes=59)) == []
    assert len(claim_due(world.session, "mfme", now=AT + timedelta(hours=1))) == 1


def test_lease_that_ended_is_claimed_again_and_the_first_worker_records_nothing(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    world.open()
    dead = try_once(world, AT)

    assert claim_due(world.session, "mfme", now=AT + LEASE) == []
    alive = try_once(world, AT + LEASE + SECOND)
    too_late = record(world, dead, FAILED, AT + LEASE + 2 * SECOND)
    (delivery,) = record(world, alive, RECEIPT, AT + LEASE + 2 * SECOND)

    assert (dead.id, too_late) == (alive.id, [])
    assert (delivery.state, delivery.payload_digest) == ("acknowledged", "digest")
    assert [a.outcome for a in attempts_of(world.session, alive.id)] == ["lost", "acknowledged"]


def test_claims_given_back_are_due_again(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    world.open()

    release_claims(world.session, claim_due(world.session, "mfme", now=AT))

    assert [(row.state, row.attempts) for row in world.rows()] == [("due", 0)]
    assert attempts_of(world.session, world.rows()[0].id) == []


def test_claim_taken_over_is_not_given_back(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    world.open()
    late = try_once(world, AT)
    try_once(world, AT + LEASE + SECOND)

    release_claims(world.session, [late])

    assert [(row.state, row.attempts) for row in world.rows()] == [("sending", 2)]


def test_codes_that_cannot_be_written_bring_the_delivery_back(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    world.open()

    def refuse(revision: Revision) -> None:
        raise RuntimeError("the catalogue is broken")

    tried = [Tried(try_once(world, AT), RECEIPT, AT, AT)]
    (row,) = record_answers(world.session, world.tenant, tried, at=AT, amended=refuse)

    assert (row.state, row.receipt) == ("due", None)
    assert "code_offre_info" not in world.sheet(world.unit.id).data
    assert attempts_of(world.session, row.id)[0].error == "received, but its receipt could not be recorded"


def test_failure_waits_longer_each_time(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    world.open()
    at, waits = AT, []
    for _ in range(9):
        row = answered(world, FAILED, at)
        waits.append((row.due_at - at).total_seconds())
        at = row.due_at

    assert waits == [5, 10, 20, 40, 80, 160, 320, 600, 600]
    assert row.problem == (
        "Ma Formation ne répond pas pour l'instant. L'envoi sera retenté : vous n'avez rien à faire."
    )


def test_chance_shortens_a_wait_by_half_at_most() -> None:
    assert retry_delay(1, None, lambda: 1.0) == timedelta(seconds=2.5)
    assert retry_delay(1, None, lambda: 0.0) == timedelta(seconds=5)


def test_target_that_says_when_to_come_back_is_obeyed() -> None:
    assert retry_delay(1, 120.0, lambda: 0.0) == timedelta(seconds=120)


def test_refusal_is_final_and_told_in_words(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    world.open()

    row = answered(
        world, Answer("rejected", 422, code="DATE", message="La date est passée.", field_name="session.start")
    )

    assert row.state == "rejected"
    assert row.problem == (
        "Ma Formation a refusé l'envoi : La date est passée (code DATE, champ session.start). "
        "Corrigez la fiche, puis envoyez-la de nouveau."
    )
    assert claim_due(world.session, "mfme", now=AT + timedelta(days=9)) == []


def test_refusal_is_written_to_those_the_region_names(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    user = User(email="exploitation@region.test", name="Ada")
    world.session.add(user)
    world.session.flush()
    world.session.add(Membership(user_id=user.id, role="administrateur"))
    world.open()

    row = answered(world, Answer("rejected", 422, message="Non."))

    (mail,) = world.session.scalars(select(Mail)).all()
    assert (mail.recipient, mail.mail) == ("exploitation@region.test", "transmission_en_echec")
    assert row.problem is not None
    assert row.problem in mail.body
    assert f"/eos/espace/fiches/{world.unit.id}" in mail.body


def test_accepted_delivery_waits_for_its_receipt(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    world.open()

    row = answered(world, Answer("accepted", 202))

    assert (row.state, row.done_at) == ("sent", None)


def test_delivery_tried_for_days_fails_and_waits_for_somebody(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    (row,) = world.open()
    row.attempts = MOST_ATTEMPTS - 1
    world.session.flush()

    assert answered(world, FAILED).state == "failed"
    assert claim_due(world.session, "mfme", now=AT + timedelta(days=9)) == []


def test_newer_delivery_waits_while_the_older_is_being_sent(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    world.open()
    older = try_once(world, AT)
    world.open(at=AT + SECOND)

    assert claim_due(world.session, "mfme", now=AT + SECOND) == []
    record(world, older, RECEIPT, AT + SECOND)
    assert len(claim_due(world.session, "mfme", now=AT + SECOND)) == 1


def test_older_delivery_that_fails_is_not_tried_after_a_newer_one(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    world.open()
    older = try_once(world, AT)
    world.open(at=AT + SECOND)

    record(world, older, FAILED, AT + 2 * SECOND)

    assert world.states("mfme") == ["superseded", "due"]


def test_older_lease_that_ended_is_sent_before_the_newer(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    (first,) = world.open()
    try_once(world, AT)
    (second,) = world.open(at=AT + SECOND)

    (claim,) = claim_due(world.session, "mfme", now=AT + LEASE + SECOND)

    assert claim.id == first.id != second.id


def test_target_that_answers_again_is_not_kept_waiting(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    world.open()
    for n in range(4):
        answered(world, FAILED, AT + timedelta(minutes=n))

    hasten_target(world.session, "mfme", now=AT + timedelta(minutes=3, seconds=1))

    assert len(claim_due(world.session, "mfme", now=AT + timedelta(minutes=3, seconds=1))) == 1


def test_codes_of_the_receipt_are_written_and_amend_the_version_in_force(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    (row,) = world.open()
    approved = row.revision_id

    answered(world, RECEIPT)

    sheet = world.sheet(world.unit.id)
    assert (sheet.data["identifiant_prescription"], sheet.data["code_offre_info"]) == (_as_stored(world), "24_42988S")
    amended = world.session.get(Revision, sheet.approved_revision_id)
    assert amended is not None
    assert (amended.kind, amended.base_id) == ("amendment", approved)
    assert amended.snapshot["sheets"][str(sheet.id)]["data"]["code_offre_info"] == "24_42988S"


def _as_stored(world: World) -> object:
    field = world.tenant.field("session", "identifiant_prescription")
    assert field is not None
    return 42988 if field.kind == "integer" else "42988"


def test_codes_are_told_in_the_journal_as_the_portals_own_change(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    world.open()
    answered(world, RECEIPT)

    query = select(JournalEntry).where(JournalEntry.kind == "receipt.recorded")
    (entry,) = world.session.scalars(query).all()
    assert (entry.actor_id, entry.actor_name, entry.sheet_id) == (None, "Guichet", world.unit.id)
    assert entry.after == {"identifiant_prescription": _as_stored(world), "code_offre_info": "24_42988S"}
    assert entry.before == {"identifiant_prescription": None, "code_offre_info": None}


def test_same_codes_again_change_nothing(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    world.open()
    answered(world, RECEIPT)
    in_force, version = world.unit.approved_revision_id, world.unit.version

    world.open(revision=world.session.get(Revision, in_force), at=AT + SECOND)
    answered(world, RECEIPT, AT + SECOND)

    assert (world.unit.approved_revision_id, world.unit.version) == (in_force, version)
    assert len(world.session.scalars(select(JournalEntry).where(JournalEntry.kind == "receipt.recorded")).all()) == 1


def test_receipt_without_codes_is_kept_all_the_same(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    world.open()

    row = answered(world, Answer("acknowledged", 200, {"merci": True}))

    assert (row.state, row.receipt, row.problem) == ("acknowledged", {"merci": True}, None)


def test_code_that_is_no_value_of_its_field_is_told_and_left_out(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    world.open()

    row = answered(world, Answer("acknowledged", 200, {"id": "x" * 5000, "code_offre_info": ["liste"]}))

    assert row.state == "acknowledged"
    assert row.problem is not None
    assert "n'a pas pu être inscrit" in row.problem
    assert "identifiant_prescription" not in world.sheet(world.unit.id).data


def test_code_for_a_sheet_deleted_since_is_kept_on_the_receipt_alone(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    world.open()
    world.unit.deleted_at = AT
    world.session.flush()

    row = answered(world, RECEIPT)

    assert (row.state, row.receipt) == ("acknowledged", RECEIPT.receipt)
    assert "identifiant_prescription" not in world.unit.data


def test_codes_that_came_while_a_version_waited_are_found_again(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    world.open()
    frozen = world.revise(at=AT + SECOND)
    answered(world, RECEIPT, AT + SECOND)

    changes = returned_codes(world.session, world.tenant, frozen)

    assert changes[world.unit.id]["code_offre_info"] == "24_42988S"


def test_promise_of_a_relay_runs_from_the_receipt_of_its_carrier(make_world: MakeWorld) -> None:
    chain = "  - {target: carif, via: mfme, expect: 24h}\n  - {target: kairos, via: carif, expect: 48h}\n"
    world = make_world(TO_MFME + chain)
    world.open()

    answered(world, RECEIPT, AT + timedelta(hours=5))

    relayed = [*world.rows("carif"), *world.rows("kairos")]
    assert [row.state for row in relayed] == ["relayed", "relayed"]
    assert [row.expected_by - AT for row in relayed] == [timedelta(hours=29), timedelta(hours=53)]


@pytest.mark.parametrize("outcome", ["acknowledged", "accepted", "rejected"])
def test_settled_rows_never_come_back(make_world: MakeWorld, outcome: str) -> None:
    world = make_world(TO_MFME)
    world.open()
    answered(world, Answer(outcome))  # type: ignore[arg-type]

    assert claim_due(world.session, "mfme", now=AT + timedelta(days=365)) == []
