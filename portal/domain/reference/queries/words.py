"""The search every table of codes shares: words anywhere in the names of a row, the likeliest row first.

A table searched so has two columns (see `names.py`): `search`, its label in plain form, and `words`, all its names.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, case, func, literal, or_
from sqlalchemy.orm import InstrumentedAttribute

from portal.domain.reference.names import COMMON, plain_form
from portal.extensions import db

MOST_HITS = 100
MOST_WORDS = 8
LONGEST_TEXT = 300  # the longest title has 240 characters

LINKS = COMMON - {"saint", "sainte"} | {"dans", "ou", "par", "pour", "un", "une"}
SUGGESTED = re.compile(r"\((?P<code>[0-9A-Za-z]{2,10})\)\s*$")  # « Accompagnement vers l'emploi (15061) »
PLURAL = re.compile(r"(?<=[a-z]{4})[sx]\b")


@dataclass(frozen=True)
class Searched:
    """The columns of a table that a search reads.

    `synonyms` says that the names beside the label are what people may type: a row found by the whole of one comes
    before those found by a word. `last` says what comes after all the rest, `among` what comes first among equals.
    """

    code: InstrumentedAttribute[str]
    search: InstrumentedAttribute[str]
    words: InstrumentedAttribute[str]
    synonyms: bool = False
    last: tuple[ColumnElement[Any], ...] = ()
    among: tuple[ColumnElement[Any], ...] = ()


def search_rows(found: Select[Any], table: Searched, text: str, limit: int) -> Sequence[Any]:
    """The rows of a SELECT that a text being typed may mean, likeliest first; none when it means none.

    A suggestion given back with its code in brackets finds its own row. Otherwise each word must begin a word of the
    row's names; when no row has them all, the roots of the words must. Accents, capitals, link words and the « s » of
    plurals do not count. One letter says too little.
    """
    text, limit = text[:LONGEST_TEXT], min(limit, MOST_HITS)
    form = plain_form(text)
    if limit < 1 or len(form) < 2:
        return []
    if (given := SUGGESTED.search(text)) and (rows := _rows(found.where(table.code == given["code"]))):
        return rows
    words = typed_words(form)
    roots = [_root(word) for word in words]
    return _begun(found, table, form, words, limit) or _begun(found, table, " ".join(roots), roots, limit)


def typed_words(form: str) -> list[str]:
    """The words of a plain form that narrow a search: without links and plurals, unless there is nothing else."""
    words = form.split()
    telling = [word for word in words if word not in LINKS] or words
    return [PLURAL.sub("", word) for word in telling[:MOST_WORDS]]


def begin_words(words: Sequence[str], form: str) -> bool:
    """Whether each word begins a word of a plain form."""
    return all(f" {word}" in f" {form}" for word in words)


def _root(word: str) -> str:
    """« soudeur » and « soudage » both begin with « soud »: what is left when endings, and slips in them, are cut."""
    return word[: max(4, len(word) * 6 // 10)]


def _begun(found: Select[Any], table: Searched, form: str, words: Sequence[str], limit: int) -> Sequence[Any]:
    ordered = found.where(_has(table.words, words)).order_by(*_likeliest(table, form, words))
    return _rows(ordered.limit(limit))


def _rows(found: Select[Any]) -> Sequence[Any]:
    return db.session.execute(found).all()


def _has(column: SQLColumnExpression[str], words: Sequence[str]) -> ColumnElement[bool]:
    return and_(*(column.like(f"% {word}%") for word in words))


def _likeliest(table: Searched, form: str, words: Sequence[str]) -> tuple[Any, ...]:
    """The whole label or code, another whole name, the beginning of the label, of another name, then words of it."""
    ranks = [
        or_(table.search == form, func.lower(table.code) == form),
        table.words.like(f"%| {form} |%"),
        table.search.like(f"{form}%"),
        table.words.like(f"%| {form}%"),
        _has(literal(" ") + table.search, words),
    ]
    like_a_code = any(map(str.isdigit, form))
    if not table.synonyms and not like_a_code:  # reading all the names of thousands of rows is slow
        ranks = ranks[::2]
    rank = case(*((holds, place) for place, holds in enumerate(ranks)), else_=len(ranks))
    if like_a_code and " " not in form:  # codes come in their own order
        return (*table.last, rank, table.code)
    return (*table.last, rank, *table.among, func.length(table.search), table.search, table.code)
