"""The sandbox as a person sees it, and its command."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

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
