"""`flask deliveries …`: what an operator reads and does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from portal.extensions import db
from portal.jobs.setup import Jobs, jobs_of
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from tests.jobs.conftest import Sandbox
from tests.support.deliveries import SLUG, World


@pytest.fixture
def owed(app: Flask, sandbox: Sandbox) -> Iterator[str]:
    """The id of a delivery owed to the sandbox."""
    kept = jobs_of(app)
    app.extensions["jobs"] = Jobs(replace(kept.settings, sandbox_url=sandbox.url))
    with app.app_context(), tenant_scope(SLUG):
        (row,) = World(db.session(), registry.get(SLUG)).open("session.envoyer", at=datetime.now(UTC))
        db.session.commit()
        delivery_id = str(row.id)
    yield delivery_id
    app.extensions["jobs"] = kept


def run(runner: FlaskCliRunner, *words: str) -> str:
    done = runner.invoke(args=["deliveries", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_list_counts_and_names(owed: str, runner: FlaskCliRunner) -> None:
    told = run(runner, "list", "--tenant", SLUG)

    assert "à envoyer : 1" in told
    assert owed in told


def test_sweep_without_workers_sends_what_is_due(owed: str, runner: FlaskCliRunner, sandbox: Sandbox) -> None:
    assert "1 envoi(s) aboutis" in run(runner, "sweep", "--now")
    assert [effect["key"] for effect in sandbox.effects()] == [owed]
    assert "0 envoi(s) aboutis" in run(runner, "sweep", "--now")


def test_sweep_tells_the_workers(owed: str, runner: FlaskCliRunner, app: Flask) -> None:
    jobs_of(app).queue.connection.flushdb()

    run(runner, "sweep")

    (job,) = jobs_of(app).queue.connection.lrange("rq:queue:deliveries", 0, -1)
    assert job.decode().startswith(f"deliveries-{SLUG}-region-sweep")


def test_held_target_is_told_and_let_go(owed: str, runner: FlaskCliRunner, sandbox: Sandbox) -> None:
    assert "1 envoi(s) retenus" in run(runner, "hold", SLUG, "region", "--reason", "maintenance")
    run(runner, "sweep", "--now")
    assert sandbox.effects() == []
    assert "sont suspendus : maintenance." in run(runner, "list", "--tenant", SLUG, "--state", "held")

    assert "1 envoi(s) repartent" in run(runner, "hold", SLUG, "region", "--release")
    run(runner, "sweep", "--now")
    assert len(sandbox.effects()) == 1


def test_refused_delivery_is_sent_again_on_demand(owed: str, runner: FlaskCliRunner, sandbox: Sandbox) -> None:
    sandbox.tell("refuse", times=1)
    run(runner, "sweep", "--now")
    assert "0 envoi(s) à renvoyer" in run(runner, "retry", SLUG)  # a refusal is not a failure

    assert "1 envoi(s) à renvoyer" in run(runner, "retry", SLUG, owed)
    run(runner, "sweep", "--now")
    assert len(sandbox.effects()) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("hold", SLUG, "nulle_part"), "ne déclare aucun destinataire « nulle_part »"),
        (("retry", "nulle-part"), "région inconnue « nulle-part »"),
        (("retry", SLUG, "019a0000-0000-7000-8000-000000000001"), "Cet envoi n'existe pas"),
    ],
)
def test_unknown_names_are_refused_with_words(
    owed: str, runner: FlaskCliRunner, words: tuple[str, ...], told: str
) -> None:
    done = runner.invoke(args=["deliveries", *words])

    assert done.exit_code != 0
    assert told in done.output
