"""POST /api/v1/<region>/accuses/<envoi>: who may answer, what it does, and how often."""

import json
import time
import uuid
from dataclasses import replace

import pytest
from sqlalchemy import select

from portal.domain.deliveries.addresses import SANDBOX_SECRET
from portal.domain.deliveries.models import Delivery, RefusalWording
from portal.domain.deliveries.signing import SIGNATURE, TIMESTAMP, sign, sign_receipt
from portal.domain.sheets.models import Sheet
from tests.support.deliveries import SLUG, World
from tests.support.people import inside
from tests.support.tenants import tenant_named

TAKEN = {"status": "acknowledged", "receipt": {"id": "40001", "code_offre_info": "24_40001S"}}
REFUSED = {"status": "refused", "code": "DATE", "message": "La date est passée.", "field": "session.start"}


@pytest.fixture(autouse=True)
def _known_target(app, monkeypatch):
    monkeypatch.setitem(app.config, "GUICHET", replace(app.config["GUICHET"], sandbox_url="http://127.0.0.1:9"))


@pytest.fixture
def sent(app):
    """A delivery that was sent and waits for its receipt."""
    with inside(app, SLUG) as session:
        world = World(session, tenant_named(SLUG))
        row = next(row for row in world.open() if row.target == "mfme")
        row.state, row.attempts = "sent", 1
        return row.id


@pytest.fixture
def answer(client):
    """Answer as a target does."""

    def answer(delivery, said=TAKEN, *, secret=SANDBOX_SECRET, at=None, about=None, body=None, headers=None):
        body = json.dumps(said).encode() if body is None else body
        moment = int(time.time() if at is None else at)
        proof = {TIMESTAMP: str(moment), SIGNATURE: sign_receipt(secret, moment, str(about or delivery), body)}
        return client.post(f"/api/v1/{SLUG}/accuses/{delivery}", data=body, headers=headers or proof)

    return answer


def row_of(app, delivery):
    with inside(app, SLUG) as session:
        row = session.get(Delivery, delivery)
        session.expunge(row)
        return row


def test_a_signed_receipt_settles_the_delivery_and_gives_its_codes(app, answer, sent):
    told = answer(sent)

    assert (told.status_code, told.json["state"]) == (200, "acknowledged")
    row = row_of(app, sent)
    assert (row.state, row.receipt) == ("acknowledged", TAKEN["receipt"])
    with inside(app, SLUG) as session:
        assert session.get(Sheet, row.sheet_id).data["code_offre_info"] == "24_40001S"


def test_a_refusal_is_told_in_the_words_of_the_target_and_waits_to_be_worded(app, answer, sent):
    assert answer(sent, REFUSED).status_code == 200

    row = row_of(app, sent)
    assert row.state == "rejected" and "La date est passée" in row.problem
    with inside(app, SLUG) as session:
        assert session.scalars(select(RefusalWording.key)).all() == ["DATE"]


FORGERIES = {
    "another secret": {"secret": "another secret"},
    "made for another delivery": {"about": uuid.uuid4()},
    "nothing at all": {"headers": {"X-Nothing": "1"}},
    "a timestamp that is none": {"headers": {TIMESTAMP: "²", SIGNATURE: "v1=00"}},
    "too old": {"at": time.time() - 3600},
    "from the future": {"at": time.time() + 3600},
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_what_is_not_proved_changes_nothing(app, answer, sent, forgery):
    told = answer(sent, **forgery)

    assert told.status_code == 401
    assert row_of(app, sent).state == "sent"


def test_a_document_of_ours_sent_back_is_no_receipt(app, client, sent):
    """Whoever reads our own document on the wire cannot make an answer of it."""
    body, moment = json.dumps({"delivery": str(sent), **TAKEN}).encode(), int(time.time())
    ours = {TIMESTAMP: str(moment), SIGNATURE: sign(SANDBOX_SECRET, moment, body)}

    assert client.post(f"/api/v1/{SLUG}/accuses/{sent}", data=body, headers=ours).status_code == 401
    assert row_of(app, sent).state == "sent"


def test_the_same_receipt_twice_is_a_replay_and_signed_again_it_changes_nothing(app, answer, sent):
    now = time.time()
    assert answer(sent, at=now).status_code == 200
    before = row_of(app, sent).done_at

    replayed, again = answer(sent, at=now), answer(sent, at=now - 1)

    assert (replayed.status_code, again.status_code) == (409, 200)
    assert row_of(app, sent).done_at == before


def test_a_contrary_answer_is_refused(app, answer, sent):
    answer(sent)

    assert answer(sent, REFUSED).status_code == 409
    assert row_of(app, sent).state == "acknowledged"


@pytest.mark.parametrize(
    ("state", "attempts", "status"),
    [
        ("sending", 1, 200),
        ("due", 1, 200),
        ("failed", 300, 200),
        ("due", 0, 409),
        ("held", 0, 409),
        ("superseded", 1, 409),
    ],
)
def test_it_is_heard_whenever_the_target_may_have_the_document(app, answer, sent, state, attempts, status):
    with inside(app, SLUG) as session:
        row = session.get(Delivery, sent)
        row.state, row.attempts = state, attempts

    assert answer(sent).status_code == status
    assert row_of(app, sent).state == ("acknowledged" if status == 200 else state)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"status": "perhaps"}', b'{"status": "acknowledged", "receipt": {"id": "a\\u0000"}}']
)
def test_words_that_say_nothing_are_refused(app, answer, sent, body):
    assert answer(sent, body=body).status_code == 422
    assert row_of(app, sent).state == "sent"


def test_what_is_too_long_is_not_read(answer, sent):
    assert answer(sent, body=b"x" * 70_000).status_code == 413


def test_an_unknown_delivery_one_of_another_region_or_of_another_outlet_is_not_found(app, client, answer, sent):
    assert answer(uuid.uuid4()).status_code == 404
    assert client.post(f"/api/v1/sofi/accuses/{sent}", data=b"{}").status_code == 404
    with inside(app, SLUG) as session:
        session.get(Delivery, sent).target = "offre_retiree"
    assert answer(sent).status_code == 404
