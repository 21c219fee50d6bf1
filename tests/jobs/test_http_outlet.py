"""The HTTP outlet against the real sandbox, and against servers that answer badly on purpose."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from portal.domain.deliveries.addresses import Address
from portal.jobs.outlets.http import HttpOutlet, UnreadableError, interpret
from portal.jobs.outlets.network import is_public
from tests.jobs.conftest import Sandbox, make_parcel
from tests.jobs.waiting import until

QUICK = httpx.Timeout(0.5)


def test_parcel_is_acknowledged_with_its_receipt(outlet: HttpOutlet, sandbox: Sandbox) -> None:
    answer = outlet.send(make_parcel(code="42988"))

    assert (answer.outcome, answer.http_status, answer.receipt["id"]) == ("acknowledged", 200, "42988")
    assert [e["session"] for e in sandbox.effects()] == ["42988"]


def test_sessions_of_one_number_are_told_apart_by_their_reference(outlet: HttpOutlet, sandbox: Sandbox) -> None:
    answers = [outlet.send(make_parcel(code="1", reference=f"M{n}-01-1")) for n in (1, 2)]

    assert [e["session"] for e in sandbox.effects()] == ["M1-01-1", "M2-01-1"]
    assert answers[0].receipt["id"] != answers[1].receipt["id"]


def test_same_key_twice_gives_same_receipt_and_one_effect(outlet: HttpOutlet, sandbox: Sandbox) -> None:
    parcel = make_parcel()

    first, second = outlet.send(parcel), outlet.send(parcel)

    assert first.receipt == second.receipt
    assert sandbox.received()["requests"][0]["verdict"] == "repeated"
    assert len(sandbox.effects()) == 1


def test_wrong_secret_is_not_the_sheets_fault(sandbox: Sandbox) -> None:
    outlet = HttpOutlet(Address(f"{sandbox.url}/essai/region", "another secret"), allow_private=True)

    answer = outlet.send(make_parcel())

    assert (answer.outcome, answer.http_status) == ("failed", 401)
    assert sandbox.effects() == []


def test_old_timestamp_is_refused_by_the_target(sandbox: Sandbox, outlet: HttpOutlet) -> None:
    outlet.clock = lambda: 1_600_000_000.0

    assert outlet.send(make_parcel()).http_status == 401
    assert sandbox.received()["requests"][0]["verdict"] == "stale"


def test_altered_body_is_refused_by_the_target(sandbox: Sandbox, outlet: HttpOutlet) -> None:
    parcel, kept = make_parcel(), {}

    def steal(request: httpx.Request) -> None:
        kept.update(request.headers)

    outlet.client.event_hooks = {"request": [steal]}
    outlet.send(parcel)
    headers = {k: v for k, v in kept.items() if k.startswith("x-guichet") or k == "idempotency-key"}

    forged = httpx.post(outlet.address.url, content=parcel.body + b" ", headers=headers, trust_env=False)

    assert forged.status_code == 401
    assert len(sandbox.effects()) == 1


def test_business_refusal_is_told_with_its_code(outlet: HttpOutlet, sandbox: Sandbox) -> None:
    sandbox.tell("refuse", code="DATE_PASSEE", message="La date est passée.", field="session.start")

    answer = outlet.send(make_parcel())

    assert answer.outcome == "rejected"
    assert (answer.code, answer.message, answer.field_name) == ("DATE_PASSEE", "La date est passée.", "session.start")


@pytest.mark.parametrize(
    ("mode", "outcome"), [("fail", "failed"), ("down", "lost"), ("lose_answer", "lost"), ("later", "accepted")]
)
def test_each_misbehaviour_has_its_outcome(outlet: HttpOutlet, sandbox: Sandbox, mode: str, outcome: str) -> None:
    sandbox.tell(mode)

    assert outlet.send(make_parcel()).outcome == outcome


def test_lost_answer_leaves_one_effect_and_the_next_try_gets_the_receipt(outlet: HttpOutlet, sandbox: Sandbox) -> None:
    parcel = make_parcel()
    sandbox.tell("lose_answer", times=1)

    lost, found = outlet.send(parcel), outlet.send(parcel)

    assert (lost.outcome, found.outcome, found.receipt["id"]) == ("lost", "acknowledged", "42988")
    assert len(sandbox.effects()) == 1


def test_slow_target_is_not_waited_for(sandbox: Sandbox) -> None:
    sandbox.tell("slow", seconds=1)
    outlet = HttpOutlet(Address(f"{sandbox.url}/essai/region", "x"), allow_private=True, timeout=QUICK)

    answer = outlet.send(make_parcel())

    assert answer.outcome == "lost"
    assert "ReadTimeout" in (answer.error or "")
    until(lambda: sandbox.received()["requests"])  # it ends what it began, before another test looks


def test_target_that_is_not_there_has_failed() -> None:
    outlet = HttpOutlet(Address("http://127.0.0.1:9/essai/region", "x"), allow_private=True)

    assert outlet.send(make_parcel()).outcome == "failed"


@pytest.mark.parametrize("url", ["https://interne.test/x", "https://127.0.0.1/x"])
def test_private_addresses_are_refused_before_any_connection(url: str) -> None:
    outlet = HttpOutlet(Address(url, "x"), resolver=lambda host, port: ["203.0.113.7", "10.0.0.1"])

    answer = outlet.send(make_parcel())

    assert answer.outcome == "failed"
    assert "not a public address" in (answer.error or "")


def test_plain_http_is_refused_outside_a_laptop() -> None:
    answer = HttpOutlet(Address("http://exemple.test/x", "x"), resolver=_never_asked).send(make_parcel())

    assert answer.outcome == "failed"
    assert "encrypted" in (answer.error or "")


def _never_asked(host: str, port: int) -> list[str]:
    raise AssertionError("the name was resolved")


def test_connection_goes_to_the_address_that_was_judged(sandbox: Sandbox) -> None:
    """The name leads nowhere by itself: only the address given by the one resolution can have been used."""
    asked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    address = Address(f"http://region.exemple.invalid:{sandbox.port}/essai/region", "guichet-sandbox-shared-secret")
    answer = HttpOutlet(address, allow_private=True, resolver=resolver).send(make_parcel())

    assert (answer.outcome, asked) == ("acknowledged", ["region.exemple.invalid"])


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "::ffff:169.254.169.254",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("status", [401, 403, 404, 408, 425, 429, 500, 502, 503, 504, 301, 302, 308])
def test_technical_statuses_are_tried_again(status: int) -> None:
    assert interpret(status, b"").outcome == "failed"


@pytest.mark.parametrize("status", [400, 402, 409, 410, 412, 422, 451])
def test_business_statuses_are_not(status: int) -> None:
    assert interpret(status, b"not json").outcome == "rejected"


def test_target_may_say_when_to_come_back() -> None:
    assert interpret(429, b"", "120").retry_after == 120
    assert interpret(503, b"", "99999999").retry_after == 3600
    assert interpret(503, b"", "demain").retry_after is None


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'"x"', b"{", b'{"id": NaN}', b'{"id": "a\\u0000"}', b'{"id": "\\ud800"}', b"[" * 60_000]
)
def test_receipts_that_cannot_be_kept_are_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        interpret(200, body)


@contextmanager
def bad_server(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """A server that answers anything."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            answer(self)

        def log_message(self, *arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/x"
    finally:
        server.shutdown()
        server.server_close()


def test_redirection_is_never_followed(sandbox: Sandbox) -> None:
    def redirect(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(307)
        handler.send_header("Location", f"{sandbox.url}/essai/region")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with bad_server(redirect) as url:
        answer = HttpOutlet(Address(url, "x"), allow_private=True).send(make_parcel())

    assert (answer.outcome, answer.http_status) == ("failed", 307)
    assert sandbox.received()["requests"] == []


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_endless_answer_is_cut(encoding: str) -> None:
    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", encoding)
        handler.end_headers()
        try:
            for _ in range(400):
                handler.wfile.write(b"x" * 10_000)
        except OSError:
            pass

    with bad_server(flood) as url:
        answer = HttpOutlet(Address(url, "x"), allow_private=True).send(make_parcel())

    assert answer.outcome == "lost"
    assert "too long" in (answer.error or "")
