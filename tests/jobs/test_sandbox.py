"""The sandbox as a person sees it, and its command."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.domain.deliveries.signing import headers
from portal.jobs.sandbox.app import create_sandbox
from portal.jobs.sandbox.store import Arrival, Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "sandbox.sqlite3")
    yield store
    store.close()


@pytest.fixture
def visitor(store: Store) -> FlaskClient:
    return create_sandbox(store, "secret").test_client()


def arrival(key: str = "k1", session: str = "42988") -> Arrival:
    return Arrival("2026-03-02T09:00:00.000+00:00", "ici", "region", key, session, "put", "{}")


def test_empty_page_says_what_to_do_next(visitor: FlaskClient) -> None:
    page = visitor.get("/").text

    assert "Approuvez une session dans le portail" in page


def test_page_shows_what_was_received(visitor: FlaskClient, store: Store) -> None:
    store.note(arrival(session="<script>42988"), "received", 200, {"id": "42988"})

    page = visitor.get("/").text

    assert "02/03/2026 09:00:00 UTC" in page
    assert "&lt;script&gt;42988" in page
    assert "enregistré" in page


def test_page_has_no_script_and_says_so_to_the_browser(visitor: FlaskClient) -> None:
    answer = visitor.get("/")

    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    with visitor.get("/static/sandbox.css") as style:
        assert style.status_code == 200


def test_effects_survive_a_restart(store: Store, tmp_path: Path) -> None:
    store.take(arrival(), {"id": "1"})
    store.close()

    again = Store(tmp_path / "sandbox.sqlite3")
    assert again.take(arrival(), {"id": "2"}) == ({"id": "1"}, False)
    again.close()


@pytest.mark.parametrize(
    "asked", [{"mode": "danser"}, {"mode": "fail", "status": 200}, {"mode": "slow", "seconds": "x"}]
)
def test_orders_that_mean_nothing_are_refused(visitor: FlaskClient, asked: dict[str, object]) -> None:
    assert visitor.post("/_control", json=asked).status_code == 422


def test_order_for_one_target_leaves_the_others(visitor: FlaskClient) -> None:
    visitor.post("/_control", json={"mode": "fail", "target": "region", "status": 500, "times": 1})

    assert visitor.post("/ici/mfme", json={}).status_code == 401
    assert visitor.post("/ici/region", json={}).status_code == 500
    assert visitor.post("/ici/region", json={}).status_code == 401


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff\xfe", b'{"session": 3}'])
def test_strange_documents_do_not_break_it(visitor: FlaskClient, body: bytes) -> None:
    assert visitor.post("/ici/region", data=body).status_code == 401


BODY = b'{"delivery": "k1", "verb": "put", "session": {"id": "s1", "code": "42988"}}'


def signed(body: bytes, key: str = "k1", **more: str) -> dict[str, str]:
    return {**headers("secret", int(time.time()), body, key), "Content-Type": "application/json", **more}


def test_what_a_target_takes_its_relays_take_too(store: Store) -> None:
    relays = {("ici", "carif"): ["site", "kairos"], ("ici", "site"): ["aude", "carif"]}
    visitor = create_sandbox(store, "secret", relays).test_client()

    for _ in range(2):
        assert visitor.post("/ici/carif", data=BODY, headers=signed(BODY)).status_code == 200
    visitor.post("/ici/kairos", data=BODY, headers=signed(BODY))

    assert sorted(effect["target"] for effect in store.effects()) == ["aude", "carif", "kairos", "site"]
    page = visitor.get("/?destinataire=aude").text
    assert "reçu d&#39;un relais" in page and "par site" in page
    assert page.count("<tr>") == 2  # its head, and one line


def test_the_page_leads_to_the_document(visitor: FlaskClient) -> None:
    visitor.post("/ici/region", data=BODY, headers=signed(BODY))

    answer = visitor.get("/document/ici/region/k1")

    assert 'href="/document/ici/region/k1"' in visitor.get("/").text
    assert (answer.data, answer.mimetype) == (BODY, "text/plain")
    assert visitor.get("/document/ici/region/k2").status_code == 404


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'<lheo xmlns="urn:x"><offres/></lheo>', "application/xml", 200),
        (b"<lheo><offres>", "application/xml", 400),
        (b"<autre/>", "application/xml", 400),
        (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><lheo>&e;</lheo>', "application/xml", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"delivery": "another"}', "application/json", 400),
    ],
)
def test_documents_are_read_as_a_target_would(
    visitor: FlaskClient, store: Store, body: bytes, kind: str, status: int
) -> None:
    answer = visitor.post("/ici/region", data=body, headers=signed(body, **{"Content-Type": kind}))

    assert answer.status_code == status
    assert "root:" not in str(store.effects())
    assert len(store.effects()) == (status == 200)
