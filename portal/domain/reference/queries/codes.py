"""Formacodes, publics, NSF groups and ROME trades, by their codes and by words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from portal.domain.reference.models import Formacode, Nsf, Public, Rome
from portal.domain.reference.names import plain_form
from portal.domain.reference.queries.words import LONGEST_TEXT, Searched, begin_words, search_rows, typed_words
from portal.extensions import db

CODE = re.compile(r"[0-9A-Z]{3,5}")

Narrower = aliased(Formacode, name="narrower")
HAS_CHILDREN = select(Narrower.code).where(Narrower.parent == Formacode.code).exists()

# Among equals the broadest term, whose path is the shortest.
FORMACODES = Searched(
    Formacode.code, Formacode.search, Formacode.words, synonyms=True, among=(func.length(Formacode.path),)
)
NSF = Searched(Nsf.code, Nsf.search, Nsf.words)
ROME = Searched(Rome.code, Rome.search, Rome.words)


@dataclass(frozen=True)
class FormacodeHit:
    """A term as a list or a tree shows it. `synonym` is the one it was found by, None when its label was enough."""

    code: str
    label: str
    field_label: str
    has_children: bool
    synonym: str | None = None


def formacode(code: str) -> Formacode | None:
    """The term of a code, or None."""
    return _get(Formacode, code)


def search_formacodes(text: str, limit: int = 20) -> list[FormacodeHit]:
    """The terms that a text being typed may mean, likeliest first; empty when it means none.

    Words are looked for anywhere in the label and its synonyms; digits are the beginning of a code.
    """
    words = typed_words(plain_form(text[:LONGEST_TEXT]))
    return [_hit(row, words) for row in search_rows(_select_hits(), FORMACODES, text, limit)]


def formacode_tree(parent: str | None = None) -> list[FormacodeHit]:
    """The terms right below one, or the 65 at the top, in the order of their labels."""
    code = parent.strip() if parent is not None else None
    if code is not None and not CODE.fullmatch(code):
        return []
    below = Formacode.parent.is_(None) if code is None else Formacode.parent == code
    rows = db.session.execute(_select_hits().where(below).order_by(Formacode.search, Formacode.code))
    return [_hit(row) for row in rows]


def formacode_trail(code: str) -> list[FormacodeHit]:
    """The terms from the top of the tree down to that of a code, itself included; empty when there is no such term."""
    term = formacode(code)
    if term is None:
        return []
    paths = [term.path[:end] for end in range(2, len(term.path) + 1, 2)]
    rows = db.session.execute(_select_hits().where(Formacode.path.in_(paths)).order_by(Formacode.path))
    return [_hit(row) for row in rows]


def publics() -> list[Public]:
    """Every kind of people, in the order of codes."""
    return list(db.session.scalars(select(Public).order_by(Public.code)))


def public(code: str) -> Public | None:
    """The kind of people of a code, or None."""
    return _get(Public, code)


def nsf(code: str) -> Nsf | None:
    """The group of specialities of a code of three digits, or None."""
    return _get(Nsf, code)


def search_nsf(text: str, limit: int = 20) -> list[Nsf]:
    """The groups of specialities that a text being typed may mean, by words or by code, likeliest first."""
    return [row.Nsf for row in search_rows(select(Nsf), NSF, text, limit)]


def rome(code: str) -> Rome | None:
    """The trade of a code (`M1501`), or None."""
    return _get(Rome, code)


def search_rome(text: str, limit: int = 20) -> list[Rome]:
    """The trades that a text being typed may mean, by words or by code, likeliest first."""
    return [row.Rome for row in search_rows(select(Rome), ROME, text, limit)]


def _get(model: type[Any], code: str) -> Any:
    code = code.strip().upper()
    return db.session.get(model, code) if CODE.fullmatch(code) else None


def _select_hits() -> Select[Any]:
    columns: tuple[Any, ...] = (Formacode.code, Formacode.label, Formacode.field_label, Formacode.search)
    return select(*columns, Formacode.synonyms, HAS_CHILDREN.label("has_children"))


def _hit(row: Any, words: Sequence[str] = ()) -> FormacodeHit:
    synonym = None
    if words and not begin_words(words, f"{row.code} {row.search}"):
        synonym = next((name for name in row.synonyms if begin_words(words, plain_form(name))), None)
    return FormacodeHit(row.code, row.label, row.field_label, row.has_children, synonym)
