"""Search of a commune while it is being typed: by the start of its name, by its words, by its code, misspelt."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from portal.domain.reference.models import Commune
from portal.domain.reference.names import ARTICLES, COMMON, LONGEST_TEXT, core, search_form, typed_forms
from portal.domain.reference.queries.communes import (
    CommuneHit,
    commune_hit,
    communes_of_postal_code,
    make_hit,
    most_populous_first,
    select_hits,
)
from portal.extensions import db

MOST_HITS = 100
MOST_WORDS = 6
LONGEST_LABEL = 3 * LONGEST_TEXT
AFTER_LETTERS = "~"  # sorts after every character of a normal form: the upper bound of « starts with »

DIGITS = re.compile(r"[0-9]+")
CORSICAN_INSEE = re.compile(r"2[AB][0-9]{3}")
POSTAL_WORD = re.compile(r"(?<![0-9])[0-9]{5}(?![0-9])")
LABEL = re.compile(r"(?P<name>.+) \((?P<place>[0-9]{5}|[0-9]{2,3}|2[AB])\)(, aujourd.hui (?P<today>.+))?")


@dataclass(frozen=True)
class _Step:
    """One way to look for a name, and the order of what it finds."""

    where: ColumnElement[bool]
    order: tuple[Any, ...]


def search_communes(text: str, limit: int = 12) -> list[CommuneHit]:
    """The communes that a text being typed may mean, best first; empty when it means none.

    Digits are the beginning of a postal code; « 42000 Saint-Étienne » is a code and a name; a label given back finds
    its own commune. A name is looked for by its beginning, then by its words, and as a misspelling when both find
    nothing. Accents, capitals, hyphens and the spelling of « saint » do not count. Each commune of today comes once.
    """
    limit = min(limit, MOST_HITS)
    code = text[:LONGEST_TEXT].replace(" ", "").upper()
    if limit < 1:
        return []
    if DIGITS.fullmatch(code):
        return _by_digits(code, limit)
    if CORSICAN_INSEE.fullmatch(code):
        hit = commune_hit(code)
        return [hit] if hit else []
    hits = _by_label(text[:LONGEST_LABEL].strip()) or _by_code_and_name(text[:LONGEST_TEXT])
    return hits[:limit] if hits else _by_name(POSTAL_WORD.sub(" ", text[:LONGEST_TEXT]), limit)


def _by_digits(digits: str, limit: int) -> list[CommuneHit]:
    """By the start of a postal code. One digit says too little, and five that no commune has say nothing."""
    if len(digits) == 5:
        return communes_of_postal_code(digits)[:limit]
    if not 2 <= len(digits) < 5:
        return []
    code = func.unnest(Commune.postal_codes).column_valued("code")
    starts = select(code).where(code.like(f"{digits}%")).exists()
    found = select_hits().where(Commune.words.like(f"% {digits}%"), starts)
    rows = db.session.execute(found.order_by(*most_populous_first()).limit(limit))
    return [make_hit(row, code=_only_code(row.postal_codes, digits)) for row in rows]


def _only_code(codes: Iterable[str], digits: str) -> str:
    """The code to show for a commune found by the start of a code; none for one that has several."""
    matching = [code for code in codes if code.startswith(digits)]
    return matching[0] if len(matching) == 1 else ""


def _by_label(text: str) -> list[CommuneHit]:
    """« Saint-Étienne (42100) » and « Paris (75) », as a hit's label says them."""
    label = LABEL.fullmatch(text)
    if not label:
        return []
    place = label["place"]
    there = Commune.postal_codes.contains([place]) if len(place) == 5 else Commune.department == place
    named = Commune.search == search_form(label["today"] or label["name"])
    rows = db.session.execute(select_hits().where(named, there, Commune.merged_into.is_(None)))
    return [make_hit(row, code=place if len(place) == 5 else "") for row in rows]


def _by_code_and_name(text: str) -> list[CommuneHit]:
    """« 42100 saint etienne »: the communes of the code, those of that name if there are any."""
    found = POSTAL_WORD.search(text)
    if not found:
        return []
    hits = communes_of_postal_code(found.group())
    forms = typed_forms(POSTAL_WORD.sub(" ", text))
    named = [hit for hit in hits if any(f" {form}" in f" {search_form(hit.name)}" for form in forms)]
    return named or hits


def _by_name(text: str, limit: int) -> list[CommuneHit]:
    forms = typed_forms(text)
    if not forms:
        return []
    words = core(forms[0]).split()[:MOST_WORDS]
    hits = _take(_by_beginning(forms), limit)
    if len(hits) < limit:
        hits += _take(_by_words(words), limit, words)
    if not hits:
        hits = _take(_by_likeness(forms[0]), limit)
    return _once_each(hits)[:limit]


def _take(step: _Step, limit: int, words: Sequence[str] = ()) -> list[CommuneHit]:
    rows = db.session.execute(select_hits().where(step.where).order_by(*step.order).limit(2 * limit))
    return [make_hit(row, words=words) for row in rows]


def _once_each(hits: list[CommuneHit]) -> list[CommuneHit]:
    """Several former communes may live on in the same one of today: the first found stands for it."""
    once: dict[str, CommuneHit] = {}
    for hit in hits:
        once.setdefault(hit.insee, hit)
    return list(once.values())


def _by_beginning(forms: list[str]) -> _Step:
    """The name begins so; exact names first, with or without their article (« Havre » is Le Havre)."""
    with_article = [f"{article} {form}" for form in forms for article in ARTICLES if form not in COMMON]
    exact = Commune.search.in_([*forms, *with_article])
    begins = [and_(Commune.search.op("~>=~")(f), Commune.search.op("~<~")(f + AFTER_LETTERS)) for f in forms]
    return _Step(or_(exact, *begins), (case((exact, 0), else_=1), *most_populous_first()))


def _by_words(words: list[str]) -> _Step:
    """Each word begins a word of the name, or of a former name kept under the same code."""
    return _Step(and_(*(Commune.words.like(f"% {word}%") for word in words)), most_populous_first())


def _by_likeness(form: str) -> _Step:
    """The name is spelt nearly so: chosen without the common words, ranked with all of them."""
    likeness = func.similarity(Commune.search, form)
    return _Step(Commune.core.op("%")(core(form)), (likeness.desc(), *most_populous_first()))
