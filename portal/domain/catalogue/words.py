"""The words of the catalogue: how a session's are kept, and what those a visitor types must meet.

Texts are cut into words here, the same way on both sides: PostgreSQL's own reading takes « Entrées/Sorties » for the
path of a file, and « 1-50001 » for a negative number.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column

# The configuration made by the first migration: French stems, without accents; and no stem at all.
FRENCH: ColumnElement[Any] = literal_column("'french_plain'::regconfig")
PLAIN: ColumnElement[Any] = literal_column("'simple'::regconfig")
WEIGHTS: dict[str, ColumnElement[Any]] = {w: literal_column(f"'{w.upper()}'::\"char\"") for w in ("a", "b", "c")}
MOST_WORDS = 12
LONGEST_WORD = 40
WORD = re.compile(r"[^\W_]+")


def in_words(texts: Iterable[str]) -> str:
    """The words of some texts, one after the other."""
    return " ".join(word[:LONGEST_WORD] for text in texts for word in WORD.findall(text))


def words_vector(words: Mapping[str, str]) -> ColumnElement[Any]:
    """The words by weight. Those of the title, of who and where are kept as typed too: the beginning of a word is not
    always that of its stem.
    """
    stems = [(weight, func.to_tsvector(FRENCH, words[weight])) for weight in WEIGHTS]
    typed = [(weight, func.to_tsvector(PLAIN, func.unaccent(words[weight]))) for weight in ("a", "b")]
    parts: list[ColumnElement[Any]] = [func.setweight(vector, WEIGHTS[weight]) for weight, vector in [*stems, *typed]]
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.op("||")(part)
    return whole


def words_query(text: str) -> ColumnElement[Any] | None:
    """The words typed, all wanted, in any form; the last may be the beginning of a word. None without a word."""
    *whole, last = in_words([text]).split()[:MOST_WORDS] or [""]
    if not last:
        return None
    beginning = f"'{last}':*"
    either = func.plainto_tsquery(FRENCH, last).op("||")(func.to_tsquery(FRENCH, beginning))
    either = either.op("||")(func.to_tsquery(PLAIN, func.unaccent(beginning)))
    return func.plainto_tsquery(FRENCH, " ".join(whole)).op("&&")(either.self_group()) if whole else either
