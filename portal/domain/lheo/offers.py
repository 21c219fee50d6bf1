"""An offer between a document and sheets: terms and their values, at the three levels of LHÉO.

A value is neutral: a day in ISO form, a whole number, yes or no, an official code, a text, an address in parts, a list
of those; rows are named by the terms of their cells. Several terms may have one place in LHÉO (what one region says of
the action, another says of the session): the offer holds the first of the vocabulary.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from portal.domain.vocabulary import TERMS

FORMATION = "formation"
ACTION = "formation/action"
SESSION = "formation/action/session"
RESPONSIBLE = "formation/organisme-formation-responsable"


@dataclass
class Session:
    """One session: its number, its terms."""

    number: str = ""
    terms: dict[str, Any] = field(default_factory=dict)


@dataclass
class Action:
    """One action and its sessions."""

    number: str = ""
    terms: dict[str, Any] = field(default_factory=dict)
    sessions: list[Session] = field(default_factory=list)


@dataclass
class Offer:
    """One formation and its actions; `changed` is the day of its last change, in ISO form, `responsible` the number
    of the organisation that answers for it.
    """

    number: str = ""
    terms: dict[str, Any] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)
    changed: str | None = None
    responsible: str = ""


def _aliases() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for term in TERMS.values():
        if term.lheo:
            found[term.lheo] = (*found.get(term.lheo, ()), term.name)
    return MappingProxyType(found)


ALIASES: Mapping[str, tuple[str, ...]] = _aliases()
"""Place in LHÉO → the terms that are said there, in the order of the vocabulary."""


def level_of(path: str) -> str:
    """The level at which a place of LHÉO is told: formation, action or session."""
    if path.startswith(SESSION + "/"):
        return SESSION
    return ACTION if path.startswith(ACTION + "/") else FORMATION


def main_term(term: str) -> str:
    """The term under which an offer holds the value of another of the same place."""
    path = TERMS[term].lheo
    return ALIASES[path][0] if path else term
