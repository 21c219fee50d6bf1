"""What lets a delivery go: another target's receipt, a batch's hour, a rule that holds again; what is excluded."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.domain.deliveries import delays
from portal.domain.deliveries.actions import Tried, claim_due, record_answers
from portal.domain.deliveries.actions.hold import hold_target, release_target
from portal.domain.deliveries.models import Delivery
from portal.domain.deliveries.parcels import Answer
from portal.domain.people import SYSTEM
from portal.tenancy.schema.flows import Batch
from tests.support.deliveries import AT, TARGETS, World, region_with
from tests.support.tenants import tenant_named

MakeWorld = Callable[[str], World]
CHAIN = (
    "  - {target: mfme, on: session.approuver, withdraw_on: annulation.annuler}\n"
    "  - {target: region, after: mfme, plus: 30m, expect: 48h}\n"
)
LATER = AT + timedelta(hours=3)


def answered(world: World, target: str, answer: Answer, at: datetime = LATER) -> None:
    (claim,) = claim_due(world.session, target, now=at)
    record_answers(world.session, world.tenant, [Tried(claim, answer, at, at)], at=at)


def last(world: World, target: str) -> Delivery:
    return world.rows(target)[-1]


def test_what_waits_for_a_receipt_leaves_with_it(make_world: MakeWorld) -> None:
    world = make_world(CHAIN)
    world.open()
    waiting = last(world, "region")
    assert (waiting.state, waiting.held_because) == (
        "waiting", "L'envoi partira dès que Ma Formation aura accusé réception."
    )  # fmt: skip
    assert claim_due(world.session, "region", now=AT + timedelta(days=9)) == []

    answered(world, "mfme", Answer("acknowledged", 200))

    waiting = last(world, "region")
    assert (waiting.state, waiting.held_because, waiting.due_at) == ("due", None, LATER)
    assert waiting.expected_by == LATER + timedelta(hours=48)


@pytest.mark.parametrize("outcome", ["rejected", "accepted", "failed"])
def test_what_waits_for_a_receipt_goes_on_waiting_without_one(make_world: MakeWorld, outcome: str) -> None:
    world = make_world(CHAIN)
    world.open()

    answered(world, "mfme", Answer(outcome, 422))  # type: ignore[arg-type]

    assert world.states("region") == ["waiting"]


def test_newer_decision_replaces_what_waits_and_a_late_receipt_frees_nothing_old(make_world: MakeWorld) -> None:
    world = make_world(CHAIN)
    world.open()
    (claim,) = claim_due(world.session, "mfme", now=AT)
    world.open(at=LATER)

    record_answers(world.session, world.tenant, [Tried(claim, Answer("acknowledged"), AT, AT)], at=LATER)

    assert world.states("region") == ["superseded", "waiting"]


def test_what_is_not_ready_when_the_receipt_comes_is_held(make_world: MakeWorld) -> None:
    world = make_world(CHAIN)
    world.open()
    rule = "ready: [{rule: filled, fields: [code_offre_info], message: Il manque le code.}]"
    world.tenant = region_with(CHAIN.replace("expect: 48h", f"expect: 48h, {rule}"))

    answered(world, "mfme", Answer("acknowledged"))

    row = last(world, "region")
    assert (row.state, row.held_because) == ("held", "Il manque le code.")


def test_withdrawal_waits_for_its_carrier_too(make_world: MakeWorld) -> None:
    world = make_world(CHAIN)
    world.open()
    answered(world, "mfme", Answer("acknowledged"))
    answered(world, "region", Answer("acknowledged"))

    world.open("annulation.annuler", at=LATER)
    assert {(r.target, r.state) for r in world.rows() if r.verb == "withdraw"} == {
        ("mfme", "due"),
        ("region", "waiting"),
    }
    answered(world, "mfme", Answer("acknowledged"))

    assert last(world, "region").state == "due"


def test_what_never_left_its_carrier_is_withdrawn_from_nobody(make_world: MakeWorld) -> None:
    world = make_world(CHAIN + "  - {target: carif, via: mfme}\n")
    world.open()

    world.open("annulation.annuler", at=LATER)

    assert {(row.target, row.state) for row in world.rows()} == {
        ("mfme", "cancelled"), ("region", "cancelled"), ("carif", "cancelled"),
    }  # fmt: skip


def test_what_is_excluded_since_it_was_sent_is_withdrawn(make_world: MakeWorld) -> None:
    flow = '  - {target: region, on: session.approuver, unless: "effectif_vise == 99"}\n'
    world = make_world(flow)
    world.open()
    answered(world, "region", Answer("acknowledged"))

    world.open(revision=world.revise(effectif_vise=99), at=LATER)

    assert [(r.verb, r.state) for r in world.rows("region")] == [("put", "acknowledged"), ("withdraw", "due")]


def test_what_one_flow_excludes_another_may_send(make_world: MakeWorld) -> None:
    world = make_world(
        '  - {target: region, on: session.approuver, unless: "effectif_vise == 99"}\n'
        '  - {target: region, on: session.approuver, when: "effectif_vise == 99"}\n'
    )

    (row,) = world.open(revision=world.revise(effectif_vise=99))

    assert row.verb == "put"


def test_a_desk_has_it_at_once_and_a_batch_waits_for_its_hour(session: Session) -> None:
    targets = TARGETS + "  bureau: {label: le bureau, outlet: desk}\n"
    targets += '  depot: {label: le dépôt, outlet: file, batch: {every: day, at: "21:00"}}\n'
    flows = "".join(f"  - {{target: {name}, on: session.approuver}}\n" for name in ("bureau", "depot"))
    world = World(session, region_with(flows, targets))

    depot, desk = sorted(world.open(at=AT), key=lambda row: row.target, reverse=True)

    assert desk.state == "sent"
    assert (depot.state, depot.due_at) == ("due", datetime(2026, 3, 2, 20, 0, tzinfo=UTC))
    hold_target(session, world.tenant, "depot", at=AT, actor=SYSTEM)
    release_target(session, world.tenant, "depot", at=AT, actor=SYSTEM)
    assert last(world, "depot").state == "due"


FRIDAY_NIGHT = datetime(2026, 4, 3, 20, 30, tzinfo=UTC)  # 22:30 in Paris, before Easter Monday


@pytest.mark.parametrize(
    ("batch", "leaves"),
    [
        (Batch(every="hour"), "2026-04-03 23:00"),
        (Batch(every="half_day"), "2026-04-04 08:00"),
        (Batch(every="half_day", at=["12:30"]), "2026-04-04 12:30"),
        (Batch(every="day", at=["21:00"]), "2026-04-04 21:00"),
        (Batch(every="day", at=["23:00", "01:00"]), "2026-04-03 23:00"),
        (Batch(every="working_day", at=["06:00"]), "2026-04-07 06:00"),
    ],
)
def test_hours_of_batches(session: Session, batch: Batch, leaves: str) -> None:
    found = delays.next_batch(tenant_named("eos"), FRIDAY_NIGHT, batch)

    assert found.astimezone(delays.ZoneInfo("Europe/Paris")).strftime("%Y-%m-%d %H:%M") == leaves


def test_a_batch_leaves_at_its_hour_exactly_and_after_the_delay_of_its_flow(session: Session) -> None:
    targets = TARGETS + '  depot: {label: le dépôt, outlet: file, batch: {every: day, at: "10:00"}}\n'
    tenant = region_with("  - {target: depot, on: session.approuver, plus: 48h}\n", targets)
    (flow,) = tenant.flows.flows

    assert delays.departure(tenant, flow, decided=AT, now=AT) == AT + timedelta(hours=48)  # 10:00 in Paris
    assert delays.departure(tenant, flow, decided=AT, now=AT + timedelta(hours=49)) == AT + timedelta(hours=72)
