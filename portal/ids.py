"""Identifiers: time-ordered UUIDs (RFC 9562, version 7), so that indexes grow at one end."""

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """A new UUID version 7: 48 bits of milliseconds, then random bits (RFC 9562 §5.7)."""
    millis = time.time_ns() // 1_000_000
    tail = int.from_bytes(os.urandom(10), "big")
    value = (millis << 80) | (0x7 << 76) | ((tail >> 68 & 0xFFF) << 64) | (0b10 << 62) | (tail & (1 << 62) - 1)
    return uuid.UUID(int=value)
