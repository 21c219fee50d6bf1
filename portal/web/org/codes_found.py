"""What the page of a search shows: certifications as a tree (level, type, title), Formacodes found or unfolded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from werkzeug.datastructures import MultiDict

from portal.domain.fields.base import Lookups
from portal.domain.reference.models import LEVELS, STATUSES, Certification
from portal.domain.reference.queries import (
    FormacodeHit,
    certification_kinds,
    formacode_trail,
    formacode_tree,
    search_certifications,
    search_formacodes,
)

MOST = 60
NO_LEVEL = "Niveau non précisé"
Asked = MultiDict[str, str]


@dataclass(frozen=True)
class Found:
    """One certification, with what tells it from the others."""

    code: str
    title: str
    facts: list[tuple[str, str]]
    archived: bool


@dataclass(frozen=True)
class Certifications:
    """What was asked, what may be asked, and the tree of what was found: level → type → certifications."""

    asked: Mapping[str, str]
    levels: list[tuple[str, str]]
    kinds: list[str]
    tree: list[tuple[str, list[tuple[str, list[Found]]]]]
    number: int
    full: bool


@dataclass(frozen=True)
class Formacodes:
    """The codes retained so far; the terms found, or those below one, with the way to it."""

    asked: Mapping[str, str]
    kept: list[tuple[str, str]]
    trail: list[FormacodeHit] = field(default_factory=list)
    hits: list[FormacodeHit] = field(default_factory=list)


def certifications_found(asked: Asked, kept: Sequence[str], lookups: Lookups) -> Certifications:
    """The certifications that answer the form; none while it asks nothing."""
    wanted = {key: asked.get(key, "").strip() for key in ("niveau", "type", "q", "certificateur", "rncp")}
    level = int(wanted["niveau"]) if wanted["niveau"] in map(str, LEVELS) else None
    rows = search_certifications(
        wanted["q"], wanted["rncp"], level, wanted["type"], certifier=wanted["certificateur"], limit=MOST
    )
    levels = [(str(number), f"Niveau {number} ({words})") for number, words in LEVELS.items()]
    return Certifications(wanted, levels, certification_kinds(), _tree(rows), len(rows), len(rows) == MOST)


def _tree(rows: Sequence[Certification]) -> list[tuple[str, list[tuple[str, list[Found]]]]]:
    ordered = sorted(rows, key=lambda row: (row.level or 99, row.kind))
    return [
        (words, [(kind, [_found(row) for row in some]) for kind, some in groupby(of_level, lambda row: row.kind)])
        for words, of_level in groupby(ordered, lambda row: row.level_label or NO_LEVEL)
    ]


def _found(row: Certification) -> Found:
    told = (
        ("Code Certifinfo", row.certif_info),
        ("Intitulé", row.title),
        ("Code RNCP", f"RNCP{row.rncp}" if row.rncp else ""),
        ("Année de dernière session", str(row.last_session_year or "")),
        ("Certificateur", row.certifier or ""),
        ("État", STATUSES.get(row.status or "", "")),
        ("Remplacée par", row.replaced_by or ""),
    )
    known = ("Code RNCP", "Année de dernière session", "Certificateur")
    facts = [(label, value or "non précisé") for label, value in told if value or label in known]
    return Found(row.certif_info, row.title, facts, row.status == "archived")


def formacodes_found(asked: Asked, kept: Sequence[str], lookups: Lookups) -> Formacodes:
    """The terms that the words mean; without words, those below the term asked for, or at the top."""
    wanted = {key: asked.get(key, "").strip() for key in ("q", "sous")}
    named = [(code, lookups.label("formacodes", code) or "code inconnu de la liste") for code in dict.fromkeys(kept)]
    if wanted["q"]:
        return Formacodes(wanted, named, hits=search_formacodes(wanted["q"], MOST))
    trail = formacode_trail(wanted["sous"])
    return Formacodes(wanted, named, trail, formacode_tree(trail[-1].code if trail else None))


FOUND: Mapping[str, Callable[[Asked, Sequence[str], Lookups], Any]] = {
    "certification": certifications_found,
    "formacode": formacodes_found,
}
"""Kind of field → what its search shows."""
