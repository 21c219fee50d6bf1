"""Words searched in what sheets say: names and patterns of names as one text, accents and capitals aside."""

import re
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal

from portal.domain.desk.sql import Speech, Unsayable
from portal.domain.sheets.answering import PATTERN


def contains(said: Any, word: str) -> ColumnElement[bool]:
    """Whether a text contains a word, accents and capitals aside."""
    pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return func.unaccent(said).ilike(func.unaccent(pattern))


def searched_text(speech: Speech, name: str) -> Any:
    """A name, or a pattern of names, as text to search words in; None when PostgreSQL cannot say it."""
    try:
        if "{" in name:
            return _pattern(speech, name)
        return cast(speech.said(name).sql, String)
    except Unsayable:
        return None


def _pattern(speech: Speech, pattern: str) -> Any:
    """`{formation.code}-{code}` in one text, so that a number written in full is found as it is written."""
    said = {match[0]: match[1] for match in PATTERN.finditer(pattern)}
    pieces = re.split("(" + "|".join(map(re.escape, said)) + ")", pattern) if said else [pattern]
    return func.concat(*(_words(speech, said[p]) if p in said else literal(p) for p in pieces if p))


def _words(speech: Speech, name: str) -> Any:
    """A name of a pattern: its sheet's own number first, as patterns read it everywhere."""
    level, _, own = name.rpartition(".")
    if own in ("code", "title", "reference"):
        return getattr(speech.reach.sheet(level or speech.reach.level), own)
    return cast(speech.said(name).sql, String)
