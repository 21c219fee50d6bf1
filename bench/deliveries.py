"""Deliveries through one job of a worker, beside the same documents posted by a bare loop to the same sandbox.

Everything is real: PostgreSQL and Redis of this run alone, the sandbox in a process of its own, a job that claims,
makes the documents, signs, sends and records. Rounds alternate, so that a machine that slows down slows both.
"""

import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
from flask import Flask

from bench.tables import show
from portal import create_app
from portal.domain.deliveries import signing
from portal.domain.deliveries.actions import Claim
from portal.domain.deliveries.addresses import SANDBOX_SECRET
from portal.domain.deliveries.parcels import Parcel
from portal.extensions import db
from portal.ids import uuid7
from portal.jobs.deliver import deliver_due
from portal.jobs.documents import Documents
from portal.settings import ROOT, Settings
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from tests.support import services
from tests.support.deliveries import SLUG, World

SESSIONS, ROUNDS = 60, 5
TARGET, MOVE = "region", "session.envoyer"
CASES: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("json", "un destinataire qui répond aussitôt", {"mode": "ok"}),
    ("lheo-2.3", "un destinataire qui répond aussitôt", {"mode": "ok"}),
    ("lheo-2.3", "un destinataire qui met 20 ms à répondre", {"mode": "slow", "seconds": 0.02}),
)
_SERVE = """
import sys
from pathlib import Path
from portal.jobs.sandbox.serve import make_sandbox_server
server = make_sandbox_server(0, Path(sys.argv[1]), sys.argv[2])
print(server.server_port, flush=True)
server.serve_forever()
"""


def measure() -> None:
    """Prepare, then measure a target that answers at once and one that takes its time."""
    run = services.Services()
    run.start()
    try:
        with sandbox(run.folder) as url, portal(run.folder, url) as app:
            worlds = prepare(app)
            for form, title, manner in CASES:
                write_as(form)
                httpx.post(f"{url}/_control", json={**manner, "forget": True}, trust_env=False).raise_for_status()
                rounds = [one_round(app, worlds, url) for _ in range(ROUNDS)]
                show(f"{form}, {title} ({SESSIONS} documents par tour)", ("envois", "appels nus"), rounds)
    finally:
        run.stop()


@contextmanager
def sandbox(folder: Path) -> Iterator[str]:
    """The sandbox, in a process of its own: its address."""
    command = [sys.executable, "-c", _SERVE, str(folder / "sandbox.sqlite3"), SANDBOX_SECRET]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)  # noqa: S603 — a line of ours
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.communicate()


@contextmanager
def portal(folder: Path, sandbox_url: str) -> Iterator[Flask]:
    """The application, on a database of its own."""
    url = services.make_database("guichet_bench")
    options = {"testing": True, "cheap_passwords": True, "allow_private_targets": True, "var_dir": folder / "var"}
    app = create_app(Settings(url, services.redis_url(), services.SECRET_KEY, sandbox_url=sandbox_url, **options))
    yield app
    services.close_connections(app)


def prepare(app: Flask) -> list[uuid.UUID]:
    """Sessions of as many organisations; the ids of the revisions that will be sent again and again."""
    with app.app_context(), tenant_scope(SLUG):
        tenant = registry.adopt(db.session(), SLUG)
        units = []
        for number in range(1, SESSIONS + 1):
            world = World(db.session(), tenant, number=number)
            world.open(MOVE, at=datetime.now(UTC))
            units.append(world.unit.id)
        db.session.commit()
        deliver_due(SLUG, TARGET)
        db.session.remove()
    return units


def write_as(form: str) -> None:
    """From now on, the target reads this format."""
    tenant = registry.get(SLUG)
    read = tenant.flows.targets[TARGET].model_copy(update={"format": form})
    flows = tenant.flows.model_copy(update={"targets": {**tenant.flows.targets, TARGET: read}})
    registry._current[SLUG] = replace(tenant, flows=flows)


def one_round(app: Flask, units: list[uuid.UUID], url: str) -> tuple[float, float]:
    """(deliveries a second, bare calls a second), the same documents."""
    parcels = owe(app, units)
    began = time.perf_counter()
    with app.app_context():
        settled = deliver_due(SLUG, TARGET)
    ours = settled / (time.perf_counter() - began)
    assert settled == len(units), f"{settled} deliveries settled of {len(units)}"
    return ours, bare(parcels, f"{url}/{SLUG}/{TARGET}")


def owe(app: Flask, units: list[uuid.UUID]) -> list[Parcel]:
    """Owe every session to the target once more; the documents, for a bare loop to post too."""
    parcels = []
    with app.app_context(), tenant_scope(SLUG):
        tenant, session = registry.get(SLUG), db.session()
        documents = Documents(session, tenant, TARGET)
        for unit in units:
            world = World.of(session, tenant, unit)
            row = next(row for row in world.open(MOVE, at=datetime.now(UTC)) if row.target == TARGET)
            claim = Claim(row.id, TARGET, row.sheet_id, row.revision_id, row.verb, 1, datetime.now(UTC))
            parcels.append(documents.parcel(claim, documents.revisions([claim])[claim.revision_id]))  # type: ignore[index]
        session.commit()
        db.session.remove()
    return parcels


def bare(parcels: list[Parcel], url: str) -> float:
    """Post the documents one after the other over one connection, under keys of their own, and nothing else."""
    made = [(key := str(uuid7()), p.body.replace(str(p.delivery_id).encode(), key.encode()), p) for p in parcels]
    began = time.perf_counter()
    with httpx.Client(trust_env=False) as client:
        for key, body, parcel in made:
            headers = signing.headers(SANDBOX_SECRET, int(time.time()), body, key)
            told = {**headers, "Content-Type": parcel.content_type, "X-Guichet-Verb": parcel.verb}
            client.post(url, content=body, headers=told).raise_for_status()
    return len(made) / (time.perf_counter() - began)
