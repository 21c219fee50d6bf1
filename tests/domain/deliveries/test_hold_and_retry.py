"""What people decide: hold a target, let it go, try again. And how it all reads on a screen."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.domain.deliveries.actions import (
    claim_due,
    hold_target,
    recheck_held,
    release_target,
    retry_all,
    retry_delivery,
)
from portal.domain.deliveries.actions.hold import held_targets
from portal.domain.deliveries.errors import CannotRetry, DeliveryNotFound, TargetNotFound
from portal.domain.deliveries.queries import deliveries_of, errors_of, health, hops_of, oldest_owed, owed_targets
from portal.domain.people import SYSTEM
from portal.ids import uuid7
from tests.support.deliveries import AT, World

MakeWorld = Callable[[str], World]
TO_REGION = "  - {target: region, on: session.approuver}\n"
LATER = AT + timedelta(hours=1)


def test_held_target_receives_nothing_until_it_is_released(make_world: MakeWorld) -> None:
    world = make_world(TO_REGION)
    world.open()

    assert hold_target(world.session, world.tenant, "region", at=AT, actor=SYSTEM) == 1
    assert claim_due(world.session, "region", now=LATER) == []
    assert release_target(world.session, world.tenant, "region", at=LATER, actor=SYSTEM) == 1
    assert len(claim_due(world.session, "region", now=LATER)) == 1
    assert held_targets(world.session) == {}


def test_target_held_twice_is_released_whole(make_world: MakeWorld) -> None:
    world = make_world(TO_REGION)
    world.open()
    hold_target(world.session, world.tenant, "region", at=AT, actor=SYSTEM, reason="un")
    hold_target(world.session, world.tenant, "region", at=LATER, actor=SYSTEM, reason="deux")

    release_target(world.session, world.tenant, "region", at=LATER, actor=SYSTEM)

    assert world.states("region") == ["due"]


def test_unknown_target_is_not_held(make_world: MakeWorld) -> None:
    world = make_world(TO_REGION)

    with pytest.raises(TargetNotFound):
        hold_target(world.session, world.tenant, "nulle_part", at=AT, actor=SYSTEM)


@pytest.mark.parametrize("state", ["failed", "rejected", "sent"])
def test_what_did_not_go_through_may_be_tried_again(make_world: MakeWorld, state: str) -> None:
    world = make_world(TO_REGION)
    (row,) = world.open()
    row.state, row.problem, row.done_at = state, "Non.", AT

    retry_delivery(world.session, world.tenant, row.id, at=LATER)

    assert (row.state, row.due_at, row.problem, row.done_at) == ("due", LATER, None, None)


@pytest.mark.parametrize("state", ["sending", "acknowledged", "superseded", "cancelled"])
def test_what_is_over_or_under_way_is_not_tried_again(make_world: MakeWorld, state: str) -> None:
    world = make_world(TO_REGION)
    (row,) = world.open()
    row.state = state
    world.session.flush()

    with pytest.raises(CannotRetry):
        retry_delivery(world.session, world.tenant, row.id, at=LATER)


def test_older_version_is_not_sent_after_a_newer_one(make_world: MakeWorld) -> None:
    world = make_world(TO_REGION)
    (old,) = world.open()
    old.state = "failed"
    world.open(at=LATER)

    with pytest.raises(CannotRetry):
        retry_delivery(world.session, world.tenant, old.id, at=LATER)
    assert retry_all(world.session, world.tenant, at=LATER) == 0


def test_retrying_all_leaves_refusals_alone(make_world: MakeWorld) -> None:
    world = make_world(TO_REGION + "  - {target: mfme, on: session.approuver}\n")
    region, mfme = sorted(world.open(), key=lambda row: row.target, reverse=True)
    region.state, mfme.state = "failed", "rejected"
    world.session.flush()

    assert retry_all(world.session, world.tenant, at=LATER) == 1
    assert (world.states("region"), world.states("mfme")) == (["due"], ["rejected"])


def test_unknown_delivery_is_not_found(make_world: MakeWorld) -> None:
    world = make_world(TO_REGION)

    with pytest.raises(DeliveryNotFound):
        retry_delivery(world.session, world.tenant, uuid7(), at=AT)


def test_unready_sheet_is_let_go_when_its_rule_holds_again(make_world: MakeWorld) -> None:
    """The rule ceases to apply on a day: nothing but time changes, and the sweep of that day lets the row go."""
    rule = "{rule: not_after, first: date_debut, then: date_fin, valid_until: 2026-03-04}"
    world = make_world(f"  - {{target: region, on: session.approuver, ready: [{rule}]}}\n")
    (row,) = world.open(revision=world.revise(date_debut="2026-05-02", date_fin="2026-05-01"))
    assert row.state == "held"

    assert recheck_held(world.session, world.tenant, now=AT + timedelta(hours=1)) == 0
    assert recheck_held(world.session, world.tenant, now=AT + timedelta(days=1)) == 0
    assert recheck_held(world.session, world.tenant, now=AT + timedelta(days=4)) == 1
    assert (row.state, row.held_because) == ("due", None)


def test_recheck_leaves_held_targets_alone(make_world: MakeWorld) -> None:
    world = make_world(TO_REGION)
    world.open()
    hold_target(world.session, world.tenant, "region", at=AT, actor=SYSTEM)

    assert recheck_held(world.session, world.tenant, now=AT + timedelta(days=9)) == 0
    assert world.states("region") == ["held"]


def test_screen_shows_the_last_word_of_each_target_in_the_declared_order(make_world: MakeWorld) -> None:
    flows = "  - {target: mfme, on: session.approuver}\n  - {target: carif, via: mfme, expect: 24h}\n"
    world = make_world(flows + TO_REGION)
    world.open()
    world.open(at=LATER)

    hops = hops_of(world.session, world.tenant, [world.unit.id])[world.unit.id]

    assert [(hop.label, hop.words, hop.relayed_by, hop.contact) for hop in hops] == [
        ("la Région", "À envoyer", None, None),
        ("Ma Formation", "À envoyer", None, "Assistance"),
        ("le Carif", "En attente du relais", "Ma Formation", None),
    ]
    for row in world.rows("mfme"):
        row.state = "acknowledged"
    world.session.flush()
    hops = hops_of(world.session, world.tenant, [world.unit.id])[world.unit.id]
    assert [hop.words for hop in hops if hop.relayed_by] == ["Relayé"]
    assert len(deliveries_of(world.session, [world.unit.id], past=True)[world.unit.id]) == 6


def test_errors_count_the_targets_not_reached(make_world: MakeWorld) -> None:
    world = make_world(TO_REGION + "  - {target: mfme, on: session.approuver}\n")
    assert errors_of(world.session, [world.unit.id]) == {}
    for row in world.open():
        row.state = "rejected" if row.target == "mfme" else "acknowledged"
    world.session.flush()

    assert errors_of(world.session, [world.unit.id]) == {world.unit.id: 1}


def test_health_tells_the_age_of_what_is_owed(make_world: MakeWorld) -> None:
    world = make_world("  - {target: region, on: session.approuver, plus: 1h}\n")
    (row,) = world.open()

    assert oldest_owed(world.session, AT) is None
    assert oldest_owed(world.session, AT + timedelta(hours=2)) == LATER
    row.attempts, row.due_at = 3, AT + timedelta(days=1)  # tried in vain, and put off
    row.problem = "ne répond pas"
    world.session.flush()

    found = health(world.session, LATER)
    assert (found.oldest_owed, found.age) == (AT, 3600.0)
    assert (found.counts, found.retrying, found.trouble) == (
        {"region": {"due": 1}}, {"region": 1}, {"region": "ne répond pas"},
    )  # fmt: skip


def test_sweep_finds_what_is_due_and_what_a_dead_worker_left(make_world: MakeWorld) -> None:
    world = make_world(TO_REGION)
    world.open()
    lease = timedelta(seconds=60)

    assert owed_targets(world.session, AT - timedelta(seconds=1), lease) == []
    assert owed_targets(world.session, AT, lease) == ["region"]
    claim_due(world.session, "region", now=AT)
    assert owed_targets(world.session, AT, lease) == []
    assert owed_targets(world.session, AT + timedelta(seconds=61), lease) == ["region"]
