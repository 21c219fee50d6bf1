"""The sandbox's receipts that come later: a signed call to the address the portal gave with its document."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx

TRIES = 5  # the portal may be starting again
PAUSE = 1.0  # seconds after the first failed try; doubled each time


def sign_call(secret: str, timestamp: int, delivery: str, body: bytes) -> dict[str, str]:
    """The headers that prove a receipt, as the portal's documentation tells targets to make them."""
    message = b".".join([str(timestamp).encode(), b"accuse", delivery.encode(), body])
    signature = "v1=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    return {"X-Guichet-Timestamp": str(timestamp), "X-Guichet-Signature": signature, "Content-Type": "application/json"}


def call_back(secret: str, address: str, delivery: str, said: dict[str, Any]) -> int:
    """Give a receipt; the status of the answer, 0 when nobody answered. Each try is signed anew."""
    body = json.dumps({"delivery": delivery, **said}, ensure_ascii=False).encode()
    for attempt in range(TRIES):
        if attempt:
            time.sleep(PAUSE * 2 ** (attempt - 1))
        try:
            headers = sign_call(secret, int(time.time()), delivery, body)
            status = httpx.post(address, content=body, headers=headers, timeout=10, trust_env=False).status_code
        except httpx.HTTPError:
            continue
        if status < 500:
            return status
    return 0


def promise(seconds: float, call: Callable[[], object]) -> None:
    """Call in a while, in a thread that dies with the process."""
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()
