"""The key in the link by which one receives a message less often, or no more: signed, so that nobody makes it up.

It names the region, the address and the message, and never ends: a message found again years later still has its link.
"""

from itsdangerous import BadData, URLSafeSerializer


def stop_key(secret: str, tenant: str, address: str, mail_id: str) -> str:
    """The key of one message to one address, as the link carries it."""
    return str(_signer(secret, tenant).dumps([address, mail_id]))


def read_stop_key(secret: str, tenant: str, key: str) -> tuple[str, str] | None:
    """(address, message) of a key of this region; None when it is not ours."""
    try:
        address, mail_id = _signer(secret, tenant).loads(key)
    except (BadData, ValueError, TypeError):
        return None
    return str(address), str(mail_id)


def _signer(secret: str, tenant: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=f"courriels:{tenant}")
