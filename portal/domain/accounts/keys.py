"""Single-use keys: what travels in a link, and the little of it that is kept.

A key is the id of a row and 32 random bytes, in 64 signs. The row keeps a SHA-256 of the bytes: they are random and as
long as the digest, so nothing slower would add anything. Looked up by id, compared in constant time.
"""

import hashlib
import hmac
import re
import secrets
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.accounts.errors import KeyRefusedError
from portal.domain.accounts.models import Invitation, PasswordReset

SECRET_BYTES = 32
_WRITTEN = re.compile(r"[A-Za-z0-9_-]{64}")
Row = TypeVar("Row", Invitation, PasswordReset)


def new_secret() -> tuple[bytes, bytes]:
    """(secret, digest): the first for the link alone, the second for the row."""
    secret = secrets.token_bytes(SECRET_BYTES)
    return secret, hashlib.sha256(secret).digest()


def written(row_id: uuid.UUID, secret: bytes) -> str:
    """The key as an address carries it."""
    return urlsafe_b64encode(row_id.bytes + secret).decode()


def row_of_key(session: Session, kind: type[Row], key: str, *, at: datetime) -> Row:
    """The row that a key opens, locked until the end of the transaction: two hands on one link enter one by one.

    Raises KeyRefusedError, with one sentence whatever the reason.
    """
    if not _WRITTEN.fullmatch(key):
        raise KeyRefusedError
    raw = urlsafe_b64decode(key)
    row = session.scalar(select(kind).where(kind.id == uuid.UUID(bytes=raw[:16])).with_for_update())
    same = hmac.compare_digest(row.digest if row else bytes(32), hashlib.sha256(raw[16:]).digest())
    if row is None or not same or row.used_at is not None or row.expires_at <= at:
        raise KeyRefusedError
    return row
