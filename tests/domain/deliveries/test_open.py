"""What a move owes: which rows open, in which state, and what becomes of the older ones."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from portal.domain.deliveries.actions import open_deliveries
from portal.domain.deliveries.actions.hold import hold_target
from portal.domain.deliveries.models import Delivery
from portal.domain.journal.actions import append
from portal.domain.people import SYSTEM
from portal.domain.sheets.revisions import amend
from tests.support.deliveries import AT, World

MakeWorld = Callable[[str], World]
TO_REGION = "  - {target: region, on: session.approuver}\n"


def test_flow_opens_a_row_for_its_move_and_for_no_other(make_world: MakeWorld) -> None:
    world = make_world(TO_REGION + "  - {target: mfme, on: session.envoyer}\n")

    (row,) = world.open("session.approuver")

    assert (row.target, row.state, row.verb, row.due_at) == ("region", "due", "put", AT)
    assert (row.sheet_id, row.revision_id) == (world.unit.id, world.unit.approved_revision_id)


@pytest.mark.parametrize(
    ("condition", "opened"),
    [
        ("when: \"programme != 'cared_18'\"", 1),
        ("when: \"programme == 'cared_18'\"", 0),
        ("unless: \"programme != 'cared_18'\"", 0),
        ("unless: \"programme == 'cared_18'\"", 1),
    ],
)
def test_conditions_are_read_on_the_revision(make_world: MakeWorld, condition: str, opened: int) -> None:
    world = make_world(f"  - {{target: region, on: session.approuver, {condition}}}\n")

    assert len(world.open()) == opened


def test_conditions_do_not_see_what_changed_after_the_revision(make_world: MakeWorld) -> None:
    world = make_world('  - {target: region, on: session.approuver, when: "effectif_vise == 10"}\n')
    revision = world.revise(effectif_vise=10)
    world.unit.data = {**world.unit.data, "effectif_vise": 99}

    assert len(world.open(revision=revision)) == 1


def test_delay_and_promise_are_counted_from_the_decision(make_world: MakeWorld) -> None:
    world = make_world("  - {target: region, on: session.approuver, plus: 48h, expect: 2wd}\n")

    (row,) = world.open(at=AT)  # a Monday

    assert row.due_at == AT + timedelta(hours=48)
    assert row.expected_by == AT + timedelta(days=2)


def test_working_days_skip_weekends_and_holidays(make_world: MakeWorld) -> None:
    world = make_world("  - {target: region, on: session.approuver, expect: 1wd}\n")
    good_friday = AT.replace(month=4, day=3)  # Easter Monday follows

    (row,) = world.open(at=good_friday)

    assert row.expected_by == good_friday + timedelta(days=4)


def test_relay_is_announced_and_not_sent(make_world: MakeWorld) -> None:
    chain = "  - {target: carif, via: region, expect: 24h}\n  - {target: kairos, via: carif, expect: 72h}\n"
    world = make_world(TO_REGION + chain)

    states = {row.target: (row.state, row.expected_by) for row in world.open()}

    assert states == {
        "region": ("due", None),
        "carif": ("relayed", AT + timedelta(hours=24)),
        "kairos": ("relayed", AT + timedelta(hours=72)),
    }


def test_relay_follows_nothing_when_its_carrier_sends_nothing(make_world: MakeWorld) -> None:
    world = make_world(TO_REGION + "  - {target: carif, via: mfme}\n")

    assert [row.target for row in world.open()] == ["region"]


def test_unready_sheet_is_held_with_the_words_of_the_rule(make_world: MakeWorld) -> None:
    rule = "{rule: not_after, first: date_debut, then: date_fin, message: Les dates sont à revoir.}"
    world = make_world(f"  - {{target: region, on: session.approuver, ready: [{rule}]}}\n")

    (row,) = world.open(revision=world.revise(date_debut="2026-05-02", date_fin="2026-05-01"))

    assert (row.state, row.held_because) == ("held", "Les dates sont à revoir.")


def test_newer_revision_supersedes_what_has_not_left(make_world: MakeWorld) -> None:
    world = make_world(TO_REGION)

    (first,) = world.open()
    (second,) = world.open(at=AT + timedelta(minutes=1))

    assert world.states("region") == ["superseded", "due"]
    assert first.superseded_by == second.id


@pytest.mark.parametrize("state", ["sent", "acknowledged", "rejected", "failed"])
def test_newer_revision_leaves_what_is_over(make_world: MakeWorld, state: str) -> None:
    world = make_world(TO_REGION)
    (first,) = world.open()
    first.state = state

    world.open(at=AT + timedelta(minutes=1))

    assert world.states("region") == [state, "due"]


def test_same_decision_opens_once(make_world: MakeWorld) -> None:
    world = make_world(TO_REGION)
    (row,) = world.open()

    entry = row.journal_entry_id
    world.session.add(Delivery(target="region", sheet_id=row.sheet_id, journal_entry_id=entry, due_at=AT))

    with pytest.raises(IntegrityError):
        world.session.flush()


def test_withdrawal_of_what_was_never_sent_cancels_it(make_world: MakeWorld) -> None:
    world = make_world("  - {target: region, on: session.approuver, withdraw_on: annulation.annuler}\n")
    world.open()

    assert world.open("annulation.annuler") == []
    assert world.states("region") == ["cancelled"]


def test_withdrawal_of_what_may_be_there_is_sent(make_world: MakeWorld) -> None:
    world = make_world("  - {target: region, on: session.approuver, withdraw_on: annulation.annuler}\n")
    (put,) = world.open()
    put.attempts = 1  # tried once, and nobody knows how it ended

    (row,) = world.open("annulation.annuler")

    assert (row.verb, row.state) == ("withdraw", "due")
    assert world.states("region") == ["superseded", "due"]


def test_second_withdrawal_owes_nothing(make_world: MakeWorld) -> None:
    world = make_world("  - {target: region, on: session.approuver, withdraw_on: annulation.annuler}\n")
    (put,) = world.open()
    put.state = "acknowledged"
    (withdrawal,) = world.open("annulation.annuler")
    withdrawal.state = "acknowledged"

    assert world.open("annulation.annuler") == []


def test_sheet_gone_from_the_unit_is_withdrawn(make_world: MakeWorld) -> None:
    """A session that left its unit since it was delivered: the target is told, with the last revision that held it."""
    world = make_world(TO_REGION)
    other = World(world.session, world.tenant, number=2).unit
    (mine,) = world.open()
    gone = Delivery(
        target="region", sheet_id=other.id, revision_id=mine.revision_id, journal_entry_id=mine.journal_entry_id,
        due_at=AT, state="acknowledged",
    )  # fmt: skip
    world.session.add(gone)
    world.session.flush()

    opened = {row.sheet_id: (row.verb, row.revision_id) for row in world.open(at=AT + timedelta(minutes=1))}

    assert opened == {
        world.unit.id: ("put", world.unit.approved_revision_id),
        other.id: ("withdraw", mine.revision_id),
    }


def test_held_target_holds_what_opens_afterwards(make_world: MakeWorld) -> None:
    world = make_world(TO_REGION)
    hold_target(world.session, world.tenant, "region", at=AT, actor=SYSTEM, reason="maintenance")

    (row,) = world.open()

    assert (row.state, row.held_because) == ("held", "Les envois vers la Région sont suspendus : maintenance.")


def test_only_ids_to_be_sent_are_returned(make_world: MakeWorld) -> None:
    world = make_world(TO_REGION + "  - {target: carif, via: region}\n")
    revision = world.revise()
    entry = append(world.session, at=AT, actor=SYSTEM, sheet_id=world.unit.id, kind="state.changed")

    about = {"entry": entry, "revision": revision, "unit_sheet": world.unit}
    ids = open_deliveries(world.session, world.tenant, move="session.approuver", at=AT, **about)

    assert ids == [row.id for row in world.rows("region")]


def test_amendment_is_sent_like_a_decision(make_world: MakeWorld) -> None:
    world = make_world(TO_REGION)
    world.open()
    amended = amend(world.session, world.unit, {world.unit.id: {"effectif_vise": 12}}, at=AT, actor=SYSTEM)

    (row,) = world.open(revision=amended, at=AT + timedelta(minutes=1))

    assert row.revision_id == amended.id
