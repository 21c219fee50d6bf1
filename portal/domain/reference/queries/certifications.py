"""Certifications by their codes and by words, and their blocks of skills.

The table is partial: a code it does not know is not thereby wrong.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    SelectBase,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)

from portal.domain.reference.models import Certification, CertificationBlock
from portal.domain.reference.names import plain_form
from portal.domain.reference.queries.words import LONGEST_TEXT, MOST_HITS, Searched, search_rows, typed_words
from portal.extensions import db

CERTIF_INFO = re.compile(r"[0-9]{2,10}")
RNCP = re.compile(r"(?:RNCP)?\s*([0-9]{1,6})", re.IGNORECASE)
BLOCK = re.compile(r"(RNCP[0-9]{1,6})BC[0-9]{1,3}", re.IGNORECASE)

ARCHIVED_LAST = case((Certification.status == "archived", 1), else_=0)
CERTIFICATIONS = Searched(Certification.certif_info, Certification.search, Certification.words, last=(ARCHIVED_LAST,))


def certification(code: str) -> Certification | None:
    """The certification of a Certif Info number (`109049`) or of an RNCP code (`RNCP35030`), or None.

    Digits alone are a Certif Info number: both are numbers of five or six digits, and the table has not all of them.
    An RNCP sheet that several certifications share gives the first, one in use if there is any.
    """
    code = code.strip().upper()
    if CERTIF_INFO.fullmatch(code):
        return db.session.get(Certification, code)
    found = RNCP.fullmatch(code)
    if not found:
        return None
    of_sheet = select(Certification).where(Certification.rncp == found[1])
    return db.session.scalar(of_sheet.order_by(ARCHIVED_LAST, Certification.certif_info).limit(1))


def certification_blocks(rncp: str) -> list[CertificationBlock]:
    """The blocks of skills of an RNCP sheet (`RNCP35030` or `35030`), in their order; empty when none is known."""
    found = RNCP.fullmatch(rncp.strip())
    if not found:
        return []
    of_sheet = select(CertificationBlock).where(CertificationBlock.rncp == found[1])
    return list(db.session.scalars(of_sheet.order_by(CertificationBlock.code)))


def certification_kinds(level: int | None = None) -> list[str]:
    """The kinds of certification there are, at one level or at all, in the order of the alphabet."""
    kinds = select(Certification.kind).distinct().order_by(Certification.kind)
    return list(db.session.scalars(kinds if level is None else kinds.where(Certification.level == level)))


def over_certifications(today: date) -> CompoundSelect[tuple[str]]:
    """The codes, Certif Info and RNCP alike, that may be used no more on a day, or that another replaces.

    An RNCP code stands for all the certifications of its sheet: it is over once all of them are.
    """
    ended = or_(
        Certification.replaced_by.is_not(None),
        Certification.valid_until < today,
        and_(Certification.valid_until.is_(None), Certification.last_session_year < today.year),
    )
    by_number = select(Certification.certif_info).where(ended)
    rncp = literal("RNCP") + Certification.rncp
    every = func.bool_and(func.coalesce(ended, false()))
    return union_all(by_number, select(rncp).where(Certification.rncp.is_not(None)).group_by(rncp).having(every))


ENDING: Mapping[str, Callable[[date], SelectBase]] = {"certifications": over_certifications}
"""The tables that say until when a code may be used: name → the codes that are over on a day."""


def search_certifications(
    text: str | None = None,
    rncp: str | None = None,
    level: int | None = None,
    kind: str | None = None,
    certifier: str | None = None,
    limit: int = 20,
) -> list[Certification]:
    """The certifications that answer all that is asked, likeliest first, archived ones last; none when nothing is.

    `text`: words of the title, of the kind, of the certifier, or a code (Certif Info, RNCP, block of skills). `rncp`:
    the beginning of an RNCP code, with or without its letters. `level`: from 3 to 8. `kind`: as it is written in the
    table. `certifier`: words of its name. Blank texts ask nothing.
    """
    conditions = list(_asked(rncp, level, kind, certifier))
    found = select(Certification).where(*conditions)
    if text and text.strip():
        text = block[1] if (block := BLOCK.fullmatch(text.strip())) else text
        return [row.Certification for row in search_rows(found, CERTIFICATIONS, text, limit)]
    if not conditions or limit < 1:
        return []
    ordered = found.order_by(ARCHIVED_LAST, Certification.search, Certification.certif_info)
    return list(db.session.scalars(ordered.limit(min(limit, MOST_HITS))))


def _asked(
    rncp: str | None, level: int | None, kind: str | None, certifier: str | None
) -> Iterator[ColumnElement[bool]]:
    if rncp and rncp.strip():
        code = RNCP.fullmatch(rncp.strip())
        yield Certification.rncp.like(f"{code[1]}%") if code else Certification.rncp.in_(())
    if level is not None:
        yield Certification.level == level
    if kind and (written := kind.replace("\x00", " ").strip()):  # PostgreSQL has no such character to compare with
        yield Certification.kind == written
    if certifier and (words := typed_words(plain_form(certifier[:LONGEST_TEXT]))):
        yield Certification.certifier.is_not(None)
        yield and_(*(Certification.words.like(f"% {word}%") for word in words))
