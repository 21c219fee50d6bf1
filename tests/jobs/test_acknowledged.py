"""A receipt may perform a move; and recording never waits in a circle with somebody who decides."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from portal.domain.deliveries.parcels import Answer, Parcel
from portal.domain.journal.models import JournalEntry
from portal.domain.moves.acknowledged import fire_acknowledged
from portal.domain.sheets.models import Sheet
from portal.extensions import db
from portal.jobs.deliver import Drain
from portal.jobs.outlets.null import NullOutlet
from portal.jobs.setup import jobs_of
from portal.tenancy.loader import load_files
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.deliveries import SLUG, World
from tests.support.offer import put_in_state
from tests.support.tenants import tenant_named

AWAITED = """      diffuser:
        on: acknowledged
        target: mfme
        from: transmise
        to: validee_of
        {guard}
      envoyer:
        label: Envoyer"""


def awaiting(guard: str = "") -> Tenant:
    """The region, where a receipt of one target moves the session on."""
    tenant = tenant_named(SLUG)
    workflow = tenant.files["workflow.yaml"].replace(
        "      envoyer:\n        label: Envoyer", AWAITED.replace("{guard}", guard)
    )
    return load_files({**tenant.files, "workflow.yaml": workflow}, "tenants/essai", None)


@pytest.fixture
def session(app: Flask) -> Iterator[None]:
    with app.app_context(), tenant_scope(SLUG):
        yield
        db.session.rollback()
        db.session.remove()


def state(world: World) -> str | None:
    world.session.expire_all()
    found = world.session.get(Sheet, world.unit.id)
    assert found is not None
    return found.state("session")


def test_receipt_performs_the_move_that_awaits_it(app: Flask, session: None) -> None:
    world = World(db.session(), awaiting())
    row = next(r for r in world.open(at=datetime.now(UTC)) if r.target == "mfme")
    put_in_state(world.session, world.unit, "session", "transmise")
    world.session.commit()
    outlet = NullOutlet()

    Drain(world.session, world.tenant, "mfme", outlet, jobs_of(app).breaker).run()

    assert [parcel.delivery_id for parcel in outlet.parcels] == [row.id]
    assert state(world) == "validee_of"
    entry = world.session.query(JournalEntry).filter_by(move="session.diffuser").one()
    assert (entry.actor_id, entry.actor_name) == (None, "Guichet")


@pytest.mark.parametrize(("target", "standing"), [("region", "transmise"), ("mfme", "a_finaliser")])
def test_receipt_of_another_target_or_in_another_state_moves_nothing(session: None, target: str, standing: str) -> None:
    world = World(db.session(), awaiting())
    put_in_state(world.session, world.unit, "session", standing)

    assert fire_acknowledged(world.session, world.tenant, world.unit.id, target, at=datetime.now(UTC)) == []
    assert state(world) == standing


def test_guard_that_refuses_leaves_the_delivery_acknowledged(app: Flask, session: None) -> None:
    world = World(db.session(), awaiting("when: \"programme == 'cared_18'\""))
    world.open(at=datetime.now(UTC))
    put_in_state(world.session, world.unit, "session", "transmise")
    world.session.commit()

    Drain(world.session, world.tenant, "mfme", NullOutlet(), jobs_of(app).breaker).run()

    assert (world.states("mfme"), state(world)) == (["acknowledged"], "transmise")


def test_decision_taken_while_a_receipt_is_recorded_makes_nobody_wait_in_a_circle(app: Flask, session: None) -> None:
    """Somebody holds the unit, as a move does, then opens a newer delivery while the older one is being recorded."""
    world = World(db.session(), registry.get(SLUG))
    world.open(at=datetime.now(UTC))
    revision = world.revise()
    world.session.commit()
    sent, answered = threading.Event(), threading.Event()
    failures: list[BaseException] = []

    def answer(parcel: Parcel) -> Answer:
        sent.set()
        assert answered.wait(10)
        return Answer("acknowledged", 200, {"id": "42988", "code_offre_info": "24_42988S"})

    def work() -> None:
        try:
            with app.app_context(), tenant_scope(SLUG):
                Drain(db.session(), registry.get(SLUG), "mfme", NullOutlet(answer), jobs_of(app).breaker).run()
                db.session.remove()
        except BaseException as failure:
            failures.append(failure)

    worker = threading.Thread(target=work)
    worker.start()
    assert sent.wait(10)
    world.session.execute(text("select id from sheet where id = :unit for update"), {"unit": world.unit.id})
    answered.set()
    worker.join(0.5)  # it now waits for the unit, and holds nothing that we need
    world.open(revision=revision, at=datetime.now(UTC) + timedelta(seconds=1))
    world.session.commit()
    worker.join(20)

    assert failures == []
    assert world.states("mfme") == ["acknowledged", "acknowledged"] or world.states("mfme") == ["acknowledged", "due"]
