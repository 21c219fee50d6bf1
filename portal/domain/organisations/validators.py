"""What a new password must be (ANSSI, NIST SP 800-63B: length and novelty, no recipe of signs)."""

import unicodedata

from portal.domain.organisations.common_passwords import COMMON
from portal.domain.organisations.errors import WeakPasswordError

SHORTEST, LONGEST = 12, 128
FEWEST_DIFFERENT = 5


def validate_new_password(password: str, *, email: str, name: str) -> None:
    """Raises WeakPasswordError, with what to do: too short, common, repetitive, or made of one's own name."""
    if len(password) < SHORTEST:
        raise WeakPasswordError(f"Choisissez au moins {SHORTEST} caractères : une phrase courte convient très bien.")
    if len(password) > LONGEST:
        raise WeakPasswordError(f"Choisissez au plus {LONGEST} caractères.")
    plain = _plain(password)
    if len(set(plain)) < FEWEST_DIFFERENT:
        raise WeakPasswordError("Ce mot de passe répète les mêmes signes : il se devine trop vite.")
    if _is_common(plain):
        raise WeakPasswordError("Ce mot de passe fait partie des plus utilisés : il se devine trop vite.")
    if any(part in plain for part in _own_words(email, name)):
        raise WeakPasswordError("Évitez votre nom et votre adresse dans le mot de passe.")


def _is_common(plain: str) -> bool:
    """Common as such, or a common word dressed with digits and signs (`Formation2026!`), or twice the same word."""
    letters = plain.strip("0123456789 .,;:!?*-_+/#&@$€'\"()=")
    half = len(plain) // 2
    return any(word in COMMON for word in (plain, letters, plain[:half] if plain[:half] == plain[half:] else ""))


def _own_words(email: str, name: str) -> list[str]:
    words = [email.partition("@")[0], *name.split()]
    return [plain for word in words if len(plain := _plain(word)) >= 4]


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
