"""Passwords: how they are kept (Argon2id), and how their check costs the same whoever asks."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


@cache
def hasher(cheap: bool = False) -> PasswordHasher:
    """The library's own parameters (RFC 9106, low memory); `cheap` ones are for tests and demonstrations alone."""
    return PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1) if cheap else PasswordHasher()


def hash_password(password: str, *, cheap: bool = False) -> str:
    """What is kept of a password."""
    return hasher(cheap).hash(password)


def matches(kept: str | None, password: str, *, cheap: bool = False) -> bool:
    """Whether it is the password. Without one to compare with, the same work is done in vain and the answer is no."""
    try:
        hasher(cheap).verify(kept or _nobody(cheap), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


def is_outdated(kept: str, *, cheap: bool = False) -> bool:
    """Whether it was kept with other parameters than those of today."""
    return hasher(cheap).check_needs_rehash(kept)


@cache
def _nobody(cheap: bool) -> str:
    return hash_password("the password of nobody", cheap=cheap)
