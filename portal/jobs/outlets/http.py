"""The HTTP outlet: a signed POST, answered at once (200, 201, 204) or later (202).

Nothing of what a target answers is trusted: its size, its time, its shape are bounded, and a redirection is never
followed, for it would carry a signed document to an address nobody gave.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx

from portal.domain.deliveries import signing
from portal.domain.deliveries.addresses import Address
from portal.domain.deliveries.parcels import Answer, Parcel, answer_said, read_object
from portal.jobs.outlets.network import PinnedTransport, RefusedAddressError, Resolver, resolve

TIMEOUT = httpx.Timeout(10, connect=3, pool=3)
LONGEST = 25.0  # seconds for a whole answer, however slowly it drips
LARGEST = 64 * 1024  # bytes of an answer
LONGEST_WAIT = 3600.0  # a target may ask us to wait, not to forget
# Not the sheet's fault: too early, too often, or an address and a secret that the operator must mend.
TECHNICAL = frozenset({401, 403, 404, 405, 407, 408, 411, 413, 415, 421, 425, 426, 429})


VERB, CALLBACK = "X-Guichet-Verb", "X-Guichet-Callback"


class UnreadableError(Exception):
    """The answer is not what a target may answer."""


class HttpOutlet:
    """One target over HTTP. Keeps its connection between two parcels."""

    def __init__(
        self,
        address: Address,
        *,
        allow_private: bool = False,
        resolver: Resolver = resolve,
        timeout: httpx.Timeout = TIMEOUT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.address = address
        self.clock = clock
        self.secure = httpx.URL(address.url).scheme == "https" or allow_private
        transport = PinnedTransport(allow_private=allow_private, resolver=resolver)
        self.client = httpx.Client(transport=transport, timeout=timeout, follow_redirects=False, trust_env=False)

    def send(self, parcel: Parcel) -> Answer:
        """Send, and say how it went. A connection never made is `failed`; one that broke after is `lost`."""
        if not self.secure:
            return Answer("failed", error="an address in http:// is refused: what is sent must be encrypted")
        try:
            return self._exchange(parcel)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, RefusedAddressError) as error:
            return Answer("failed", error=_words(error))
        except (httpx.HTTPError, httpx.InvalidURL, UnreadableError) as error:
            return Answer("lost", error=_words(error))

    def close(self) -> None:
        """Close the connection."""
        self.client.close()

    def _exchange(self, parcel: Parcel) -> Answer:
        now = int(self.clock())
        headers = signing.headers(self.address.secret, now, parcel.body, str(parcel.delivery_id))
        headers |= {
            "Content-Type": parcel.content_type,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "Guichet",
            VERB: parcel.verb,
        }
        if parcel.callback:
            headers[CALLBACK] = parcel.callback
        with self.client.stream("POST", self.address.url, content=parcel.body, headers=headers) as response:
            return interpret(response.status_code, _read(response), response.headers.get("Retry-After"))


def interpret(status: int, body: bytes, retry_after: str | None = None) -> Answer:
    """What a status and a body mean. Raises UnreadableError for a success whose receipt cannot be read."""
    if status in (202, 204):
        return Answer("accepted" if status == 202 else "acknowledged", status)
    if status in (200, 201):
        receipt = parse(body)
        return (
            _refusal(status, receipt) if receipt.get("status") == "refused" else Answer("acknowledged", status, receipt)
        )
    if 400 <= status < 500 and status not in TECHNICAL:
        return _refusal(status, _parse_or_nothing(body))
    return Answer("failed", status, error=f"HTTP {status}", retry_after=_seconds(retry_after))


def parse(body: bytes) -> dict[str, Any]:
    """The JSON object of an answer. Raises UnreadableError."""
    try:
        return read_object(body)
    except ValueError as error:
        raise UnreadableError(str(error)) from None


def _parse_or_nothing(body: bytes) -> dict[str, Any]:
    try:
        return parse(body)
    except UnreadableError:
        return {}


def _refusal(status: int, said: dict[str, Any]) -> Answer:
    answer = answer_said({**said, "status": "refused"})
    assert answer is not None
    return replace(answer, http_status=status)


def _seconds(written: str | None) -> float | None:
    return min(float(written), LONGEST_WAIT) if written and written.isascii() and written.isdigit() else None


def _read(response: httpx.Response) -> bytes:
    started, body = time.monotonic(), b""
    for piece in response.iter_raw():
        body += piece
        if len(body) > LARGEST:
            raise UnreadableError("the answer is too long")
        if time.monotonic() - started > LONGEST:
            raise UnreadableError("the answer is too slow")
    return body


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
