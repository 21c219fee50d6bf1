"""How a target knows that a document is ours, fresh, and as we wrote it.

The signature is HMAC-SHA256, under the secret shared with the target, over `timestamp.body`: a document read on the
wire cannot be altered, and cannot be played again once its timestamp is old.
"""

import hashlib
import hmac

TIMESTAMP = "X-Guichet-Timestamp"
SIGNATURE = "X-Guichet-Signature"
IDEMPOTENCY = "Idempotency-Key"


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The signature's header: `v1=<hex>`; another version may one day stand beside it."""
    message = str(timestamp).encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def headers(secret: str, timestamp: int, body: bytes, key: str) -> dict[str, str]:
    """What goes with a document."""
    return {TIMESTAMP: str(timestamp), SIGNATURE: sign(secret, timestamp, body), IDEMPOTENCY: key}
