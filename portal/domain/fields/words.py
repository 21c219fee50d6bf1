"""Texts as they are stored: one normal form, and no character that a database or an XML document would refuse."""

import re
import unicodedata
from datetime import date, time
from decimal import Decimal
from typing import Any

from portal.domain.fields.faults import Fault

LONGEST = 100_000
_LARGEST = 10**18
_NEWLINES = re.compile("\r\n?|\u2028|\u2029")
_SPACES = re.compile("[\n\t]+")
# What Word and web pages leave behind, and what turns the direction of a line: nobody typed it, nobody sees it.
_DROPPED = dict.fromkeys(
    map(ord, "\u00ad\u200b\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)
# Control characters, halves of characters and what XML forbids: they would break PostgreSQL or a document sent out.
_REFUSED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def tidy(text: str) -> str:
    """The text normalised (NFC), trimmed, its newlines made one kind.

    Raises Fault on a control character, naming its code, and beyond LONGEST characters.
    """
    if len(text) > LONGEST:
        raise Fault("Ce texte est beaucoup trop long : 100 000 caractères au plus.")
    text = _NEWLINES.sub("\n", text).translate(_DROPPED)
    if wrong := _REFUSED.search(text):
        raise Fault(
            f"Ce texte contient un caractère invisible qui ne peut pas être enregistré (U+{ord(wrong.group()):04X}). "
            "Effacez-le, ou tapez le texte au lieu de le coller."
        )
    return unicodedata.normalize("NFC", text).strip()


def one_line(text: str) -> str:
    """The text tidied, on one line."""
    return _SPACES.sub(" ", tidy(text)).strip()


def scalar(raw: Any) -> str:
    """What was given, as one text: forms give texts, files and programs give numbers, dates and yes or no.

    Raises Fault when it is not one value.
    """
    if isinstance(raw, list | tuple) and len(raw) == 1:
        raw = raw[0]
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "oui" if raw else "non"
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < _LARGEST:
        return str(int(raw))
    if isinstance(raw, int) and abs(raw) >= _LARGEST:
        raise Fault("Ce nombre est trop grand.")
    if isinstance(raw, int | float):
        return repr(raw)
    if isinstance(raw, Decimal):
        return str(raw)
    if isinstance(raw, date | time):
        return raw.isoformat()
    raise Fault("Cette valeur n'a pas la forme attendue.")


def blank(raw: Any, depth: int = 0) -> bool:
    """Whether nothing was given, however it is wrapped; the `_id` of a row is not something given."""
    if raw is None:
        return True
    if isinstance(raw, str):
        return not raw.strip()
    if depth > 6:
        return False
    if isinstance(raw, list | tuple):
        return all(blank(item, depth + 1) for item in raw)
    if isinstance(raw, dict):
        return all(blank(item, depth + 1) for key, item in raw.items() if key != "_id")
    return False
