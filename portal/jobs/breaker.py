"""A breaker per target: a system that is down is asked from time to time, not by every delivery.

It lives in Redis: it is shared by all workers, forgets by itself, and losing it costs a few tries too many. What is
owed, and when it will be tried again, is in PostgreSQL.
"""

import logging
import random
from collections.abc import Iterable
from typing import Any

import redis

log = logging.getLogger(__name__)

FAILURES = 5  # in a row, before the breaker opens
FIRST_PAUSE, LAST_PAUSE = 15, 120  # seconds; doubled each time the target fails again
MEMORY = 3600


class Breaker:
    """Closed: everything passes. Open: nothing does, for a while. Then one try at a time, until one succeeds."""

    def __init__(self, connection: redis.Redis) -> None:
        self.connection = connection

    def allows(self, tenant: str, target: str) -> bool:
        """Whether the target may be asked now."""
        return not self._ask("exists", _name(tenant, target, "open"))

    def failures(self, tenant: str, target: str) -> int:
        """How many times in a row the target failed; from FAILURES on it is asked once at a time, not by the dozen."""
        return int(self._ask("get", _name(tenant, target, "failures")) or 0)

    def pauses(self, tenant: str, targets: Iterable[str]) -> dict[str, int]:
        """The targets not to be asked now, each with the seconds left; 0 for one that is asked one try at a time."""
        return {target: left for target in targets if (left := self._pause(tenant, target)) is not None}

    def _pause(self, tenant: str, target: str) -> int | None:
        left = int(self._ask("ttl", _name(tenant, target, "open")) or 0)
        return left if left > 0 else 0 if self.failures(tenant, target) >= FAILURES else None

    def succeeded(self, tenant: str, target: str) -> None:
        """The target answered."""
        self._ask("delete", _name(tenant, target, "failures"), _name(tenant, target, "open"))

    def failed(self, tenant: str, target: str) -> None:
        """The target did not answer, or was in trouble; after some times, the breaker opens."""
        name = _name(tenant, target, "failures")
        count = int(self._ask("incr", name) or 0)
        self._ask("expire", name, MEMORY)
        if count >= FAILURES:
            pause = min(FIRST_PAUSE * 2 ** min(count - FAILURES, 10), LAST_PAUSE)
            seconds = max(1, round(pause * (0.75 + random.random() / 2)))  # noqa: S311 — to spread, not to hide
            self._ask("set", _name(tenant, target, "open"), count, seconds)
            log.warning("%s/%s failed %s times in a row: not asked again for %s s", tenant, target, count, seconds)

    def _ask(self, command: str, *arguments: str | int) -> Any:
        try:
            return getattr(self.connection, command)(*arguments)
        except redis.RedisError:
            return None  # without Redis the breaker is closed


def _name(tenant: str, target: str, what: str) -> str:
    return f"guichet:breaker:{tenant}:{target}:{what}"
