"""Several documents together: in a file of a folder, whose receipts are read back; in a message, by a real server."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from portal.domain.deliveries.actions import claim_batches
from portal.domain.deliveries.actions.claim import LEASE
from portal.domain.deliveries.models import Delivery
from portal.extensions import db
from portal.jobs.deliver import open_drain
from portal.jobs.file_receipts import read_receipts
from portal.jobs.sandbox.depot import Depot
from portal.jobs.sandbox.manners import Manner, Manners
from portal.jobs.sandbox.store import Store
from portal.jobs.sandbox.taking import Taker
from portal.jobs.setup import Jobs, jobs_of
from portal.tenancy.scope import tenant_scope
from tests.jobs.conftest import Mailbox, mail_server, read_message
from tests.support.deliveries import SLUG, TARGETS, World, region_with

FILE = TARGETS + (
    "  depot: {label: le dépôt, outlet: file, writes: {session.code_offre_info: receipt.code_offre_info}}\n"
    "  bureau: {label: le bureau, outlet: mail, mail: bureau@exemple.fr}\n"
)
FLOWS = "".join(f"  - {{target: {name}, on: session.approuver}}\n" for name in ("depot", "bureau"))


@pytest.fixture
def jobs(app: Flask, tmp_path: Path) -> Jobs:
    return Jobs(replace(jobs_of(app).settings, var_dir=tmp_path, base_url="https://guichet.exemple.fr"))


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with app.app_context(), tenant_scope(SLUG):
        yield World(db.session(), region_with(FLOWS, FILE))
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def folder(jobs: Jobs) -> Path:
    return jobs.settings.var_dir / "depots" / SLUG / "depot"


def owe(world: World, count: int = 1) -> None:
    """Commit decisions about several sessions."""
    world.open(at=datetime.now(UTC))
    for number in range(2, count + 1):
        World(world.session, world.tenant, number=number).open(at=datetime.now(UTC))
    world.session.commit()


def drain(jobs: Jobs, world: World, target: str = "depot", at: datetime | None = None) -> int:
    moment = at or datetime.now(UTC) + timedelta(seconds=1)
    drain = open_drain(jobs, world.tenant, target, clock=lambda: moment)
    assert drain is not None
    settled = drain.run()
    drain.outlet.close()
    return settled


def archive(folder: Path, number: int) -> dict[str, bytes]:
    with zipfile.ZipFile(folder / "envois" / f"{SLUG}-depot-{number:06}.zip") as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def leave(folder: Path, name: str, body: object) -> None:
    place = folder / "accuses"
    place.mkdir(exist_ok=True)
    (place / name).write_text(body if isinstance(body, str) else json.dumps(body))


def read(jobs: Jobs, world: World) -> int:
    return read_receipts(world.session, world.tenant, jobs, datetime.now(UTC))


def test_what_is_due_leaves_in_one_numbered_file(jobs: Jobs, world: World, folder: Path) -> None:
    owe(world, 3)

    assert drain(jobs, world) == 3

    files = archive(folder, 1)
    manifest = json.loads(files.pop("manifeste.json"))
    assert manifest["lot"] == 1
    assert {line["delivery"] for line in manifest["documents"]} == {str(row.id) for row in world.rows("depot")}
    assert {json.loads(body)["delivery"] for body in files.values()} == {str(row.id) for row in world.rows("depot")}
    assert set(world.states("depot")) == {"sent"}
    assert [path.name for path in (folder / "envois").iterdir()] == [f"{SLUG}-depot-000001.zip"]  # nothing half-written


def test_each_departure_has_the_next_number(jobs: Jobs, world: World, folder: Path) -> None:
    owe(world)
    drain(jobs, world)
    world.open(at=datetime.now(UTC))
    world.session.commit()

    drain(jobs, world)

    assert len(archive(folder, 1)) == len(archive(folder, 2)) == 2
    assert drain(jobs, world) == 0  # nothing is due: no empty file
    assert len(list((folder / "envois").iterdir())) == 2


def test_a_batch_whose_worker_died_is_made_again_under_its_number(jobs: Jobs, world: World, folder: Path) -> None:
    owe(world, 2)
    now = datetime.now(UTC) + timedelta(seconds=1)
    drain(jobs, world, at=now)
    first = (folder / "envois" / f"{SLUG}-depot-000001.zip").read_bytes()
    world.session.query(Delivery).filter_by(target="depot").update({"state": "sending", "claimed_at": now})
    World(world.session, world.tenant, number=9).open(at=now)
    world.session.commit()  # as if the worker had been killed after the file was written, and something else was owed

    drain(jobs, world, at=now + LEASE + timedelta(seconds=1))

    assert (folder / "envois" / f"{SLUG}-depot-000001.zip").read_bytes() == first
    assert len(archive(folder, 2)) == 2
    assert set(world.states("depot")) == {"sent"}


def test_a_folder_that_cannot_be_written_keeps_the_number_for_the_next_try(
    jobs: Jobs, world: World, folder: Path
) -> None:
    owe(world)
    folder.parent.mkdir(parents=True)
    folder.write_text("a file where the folder should be")

    assert drain(jobs, world) == 0
    assert world.states("depot") == ["due"]
    folder.unlink()
    drain(jobs, world, at=datetime.now(UTC) + timedelta(minutes=5))

    assert len(archive(folder, 1)) == 2


def test_two_workers_take_different_numbers_or_nothing(jobs: Jobs, world: World) -> None:
    owe(world, 2)
    now = datetime.now(UTC) + timedelta(seconds=1)

    (batch,) = claim_batches(world.session, "depot", now=now)
    world.session.commit()

    assert len(batch.claims) == 2
    assert claim_batches(world.session, "depot", now=now) == []


def test_receipts_left_as_files_are_read_once_and_put_away(jobs: Jobs, world: World, folder: Path) -> None:
    owe(world, 2)
    drain(jobs, world)
    one, other = world.rows("depot")
    taken = {"delivery": str(one.id), "status": "acknowledged", "receipt": {"code_offre_info": "24_7S"}}
    refused = {"delivery": str(other.id), "status": "refused", "code": "SIRET", "message": "SIRET inconnu"}
    leave(folder, "lot-1.json", {"accuses": [taken, refused]})

    assert (read(jobs, world), read(jobs, world)) == (2, 0)

    assert world.states("depot") == ["acknowledged", "rejected"]
    assert world.sheet(one.sheet_id).data["code_offre_info"] == "24_7S"
    assert [path.name.partition("-")[2] for path in (folder / "accuses" / "lus").iterdir()] == ["lot-1.json"]
    leave(folder, "lot-1-bis.json", {"accuses": [taken]})
    assert read(jobs, world) == 0  # the same receipt again


def test_nonsense_is_put_aside_and_stops_no_other_receipt(jobs: Jobs, world: World, folder: Path) -> None:
    owe(world)
    drain(jobs, world)
    (row,) = world.rows("depot")
    (elsewhere,) = world.rows("bureau")
    leave(folder, "a.json", "{")
    said = [
        {"delivery": "?", "status": "acknowledged"},
        {"delivery": str(elsewhere.id), "status": "acknowledged"},  # another target's
        {"delivery": str(row.id), "status": "perhaps"},
        {"delivery": str(row.id), "status": "acknowledged"},
    ]
    leave(folder, "b.json", {"accuses": said})

    assert read(jobs, world) == 1

    assert (world.states("depot"), world.states("bureau")) == (["acknowledged"], ["due"])
    assert len(list((folder / "accuses" / "illisibles").iterdir())) == 1


@pytest.mark.parametrize(("manner", "state"), [(Manner(), "acknowledged"), (Manner("refuse"), "rejected")])
def test_the_sandbox_fetches_the_files_and_answers(
    jobs: Jobs, world: World, tmp_path: Path, manner: Manner, state: str
) -> None:
    owe(world, 2)
    drain(jobs, world)
    store, manners = Store(tmp_path / "sandbox.sqlite3"), Manners()
    manners.tell("depot", manner)
    depot = Depot(jobs.settings.var_dir / "depots", store, manners, Taker(store, {(SLUG, "depot"): ["aude"]}))

    assert (depot.collect(), depot.collect()) == (1, 0)
    assert read(jobs, world) == 2

    assert set(world.states("depot")) == {state}
    effects = [effect["target"] for effect in store.effects()]
    assert effects == (["depot", "aude"] * 2 if state == "acknowledged" else [])
    store.close()


def test_documents_leave_by_mail_attached_and_count_as_received(jobs: Jobs, world: World) -> None:
    owe(world, 2)

    with mail_server() as (url, mailbox):
        assert drain(Jobs(replace(jobs.settings, mail_url=url)), world, "bureau") == 2

    (envelope,) = mailbox.kept
    message = read_message(envelope)
    assert envelope.rcpt_tos == ["bureau@exemple.fr"]
    assert "envoi n° 1 (2 documents)" in message["Subject"]
    assert message["Message-ID"] == f"<{SLUG}-bureau-000001@guichet.exemple.fr>"
    attached = {json.loads(part.get_content())["delivery"] for part in message.iter_attachments()}
    rows = world.rows("bureau")
    assert attached == {str(row.id) for row in rows}
    assert {row.state for row in rows} == {"acknowledged"}
    assert rows[0].receipt == {"lot": 1, "message_id": message["Message-ID"]}


def test_a_mail_server_that_is_not_there_or_refuses_keeps_what_is_owed(jobs: Jobs, world: World) -> None:
    owe(world)
    with mail_server(Mailbox(unknown="bureau@")) as (url, mailbox):
        assert drain(Jobs(replace(jobs.settings, mail_url=url)), world, "bureau") == 0
    assert mailbox.kept == []

    gone = Jobs(replace(jobs.settings, mail_url=url))
    assert drain(gone, world, "bureau", at=datetime.now(UTC) + timedelta(hours=1)) == 0

    assert world.states("bureau") == ["due"]
    assert [row.attempts for row in world.rows("bureau")] == [2]
