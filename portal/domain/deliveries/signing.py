"""How a target knows that a document is ours, fresh, and as we wrote it.

The signature is HMAC-SHA256, under the secret shared with the target, over `timestamp.body`: a document read on the
wire cannot be altered, and cannot be played again once its timestamp is old. A receipt is signed the other way, over
`timestamp.accuse.<delivery>.body`: neither a document nor the receipt of another delivery can pass for it.
"""

import hashlib
import hmac

TIMESTAMP = "X-Guichet-Timestamp"
SIGNATURE = "X-Guichet-Signature"
IDEMPOTENCY = "Idempotency-Key"
FRESH = 300  # seconds a timestamp may be away from our clock


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The signature's header: `v1=<hex>`; another version may one day stand beside it."""
    message = str(timestamp).encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def headers(secret: str, timestamp: int, body: bytes, key: str) -> dict[str, str]:
    """What goes with a document."""
    return {TIMESTAMP: str(timestamp), SIGNATURE: sign(secret, timestamp, body), IDEMPOTENCY: key}


def sign_receipt(secret: str, timestamp: int, delivery: str, body: bytes) -> str:
    """The signature of a receipt, as a target makes it."""
    return sign(secret, timestamp, b"accuse." + delivery.encode() + b"." + body)


def judge_receipt(secret: str, delivery: str, body: bytes, written: str, signature: str, now: float) -> str | None:
    """What is wrong with a receipt, its timestamp and its signature as they came: `unsigned`, `stale`, or None."""
    if not (written.isascii() and written.isdigit() and len(written) <= 12):
        return "unsigned"
    expected = sign_receipt(secret, int(written), delivery, body)
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        return "unsigned"
    return "stale" if abs(now - int(written)) > FRESH else None
