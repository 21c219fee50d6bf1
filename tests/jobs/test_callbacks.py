"""Receipts that come later, from the real sandbox to the real portal: over HTTP, signed, whatever happens meanwhile."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from werkzeug.serving import make_server

from portal.domain.deliveries.actions import retry_delivery
from portal.extensions import db
from portal.jobs.deliver import open_drain
from portal.jobs.setup import Jobs, jobs_of
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from tests.jobs.conftest import Sandbox
from tests.jobs.waiting import until
from tests.support.deliveries import SLUG, World


@pytest.fixture
def jobs(app: Flask, sandbox: Sandbox) -> Iterator[Jobs]:
    """The jobs of a portal that listens on a port of its own and delivers to the sandbox."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    kept, settings = app.config["GUICHET"], jobs_of(app).settings
    site = {"sandbox_url": sandbox.url, "base_url": f"http://127.0.0.1:{server.server_port}"}
    app.config["GUICHET"] = replace(kept, **site)
    yield Jobs(replace(settings, **site))
    app.config["GUICHET"] = kept
    server.shutdown()
    thread.join()


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with app.app_context(), tenant_scope(SLUG):
        yield World(db.session(), registry.get(SLUG))
        db.session.rollback()
        db.session.remove()


def deliver(jobs: Jobs, world: World, minutes: int = 0) -> int:
    moment = datetime.now(UTC) + timedelta(minutes=minutes, seconds=1)
    drain = open_drain(jobs, world.tenant, "mfme", clock=lambda: moment)
    assert drain is not None
    settled = drain.run()
    drain.outlet.close()
    return settled


def owe(world: World) -> None:
    world.open(at=datetime.now(UTC))
    world.session.commit()


def becomes(world: World, state: str) -> None:
    until(lambda: world.states("mfme") == [state] or world.session.rollback(), 20)


def test_the_receipt_comes_later_with_its_codes(jobs: Jobs, world: World, sandbox: Sandbox) -> None:
    owe(world)
    sandbox.tell("later", seconds=0.5)

    assert deliver(jobs, world) == 1
    assert world.states("mfme") in (["sent"], ["acknowledged"])
    becomes(world, "acknowledged")

    (row,) = world.rows("mfme")
    assert row.receipt is not None
    assert world.sheet(world.unit.id).data["code_offre_info"] == row.receipt["code_offre_info"]
    until(lambda: sandbox.received()["requests"][0]["verdict"] == "called")


def test_a_refusal_comes_later_in_french(jobs: Jobs, world: World, sandbox: Sandbox) -> None:
    owe(world)
    sandbox.tell("refuse_later", seconds=0)

    deliver(jobs, world)
    becomes(world, "rejected")

    (row,) = world.rows("mfme")
    assert row.problem is not None
    assert "La date de début de la session est passée. Corrigez la date de début" in row.problem
    assert sandbox.effects() == []


def test_a_receipt_that_never_comes_is_asked_for_again_under_the_same_key(
    jobs: Jobs, world: World, sandbox: Sandbox
) -> None:
    owe(world)
    sandbox.tell("silent")
    deliver(jobs, world)
    (row,) = world.rows("mfme")
    assert row.state == "sent"
    sandbox.tell("ok")

    retry_delivery(world.session, world.tenant, row.id, at=datetime.now(UTC))
    world.session.commit()
    deliver(jobs, world)

    assert world.states("mfme") == ["acknowledged"]
    assert [effect["key"] for effect in sandbox.effects()] == [str(row.id)]


def test_a_receipt_that_overtakes_the_answer_to_the_sending_is_kept(
    jobs: Jobs, world: World, sandbox: Sandbox, app: Flask
) -> None:
    """The target calls back before its own answer is read: the worker finds the row settled, and records nothing."""
    owe(world)
    sandbox.tell("later", seconds=0)
    moment = datetime.now(UTC) + timedelta(seconds=1)
    drain = open_drain(jobs, world.tenant, "mfme", clock=lambda: moment)
    assert drain is not None
    send = drain.outlet.send  # type: ignore[union-attr]

    def slow(parcel: object) -> object:
        answer = send(parcel)  # type: ignore[arg-type]
        until(lambda: sandbox.received()["requests"][0]["verdict"] == "called")
        return answer

    drain.outlet.send = slow  # type: ignore[union-attr,method-assign,assignment]
    drain.run()
    drain.outlet.close()

    world.session.rollback()
    assert world.states("mfme") == ["acknowledged"]
    (row,) = world.rows("mfme")
    assert [(one.n, one.outcome) for one in row.tries] == [(1, "accepted")]
