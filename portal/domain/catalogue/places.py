"""Where a session is held, and where a visitor looks for one."""

import re
from dataclasses import dataclass
from typing import Any

from portal.domain.reference.models import SPLIT_CITIES
from portal.domain.reference.names import search_form
from portal.domain.reference.queries import (
    CommuneHit,
    commune,
    commune_hit,
    communes_of_postal_code,
    department,
    search_communes,
)
from portal.domain.sheets.view import View

INSEE = re.compile(r"[0-9]{5}|2[AB][0-9]{3}")
DEPARTMENT = re.compile(r"[0-9]{2,3}|2[ab]", re.IGNORECASE)
POSTAL_CODE = re.compile(r"[0-9]{5}")
CEDEX = re.compile(r"\bcedex\b.*", re.IGNORECASE)


@dataclass(frozen=True)
class Venue:
    """A place as the published copy holds it."""

    insee: str | None = None
    postal_code: str | None = None
    town: str | None = None
    department: str | None = None
    lat: float | None = None
    lon: float | None = None


class Gazetteer:
    """Turns addresses into places. Kept for one publication: sessions of a unit are often held in the same place."""

    def __init__(self) -> None:
        self._known: dict[tuple[str | None, str | None, str | None], Venue] = {}

    def venue(self, view: View) -> Venue:
        """Where a session is held, from the field tied to `session.venue`: an address or a commune."""
        value = view.term("session.venue")
        if isinstance(value, str) and INSEE.fullmatch(value):
            return self._look((value, None, None))
        if not isinstance(value, dict):
            return Venue()
        return self._look((_text(value, "insee"), _text(value, "code_postal"), _text(value, "commune")))

    def _look(self, key: tuple[str | None, str | None, str | None]) -> Venue:
        if key not in self._known:
            self._known[key] = _venue(*key)
        return self._known[key]


def _text(address: dict[str, Any], part: str) -> str | None:
    value = address.get(part)
    return value.strip() or None if isinstance(value, str) else None


def _venue(insee: str | None, postal_code: str | None, town: str | None) -> Venue:
    hit = commune_hit(insee) if insee else None
    if hit is None and postal_code and town:
        hit = _hit(postal_code, town)
    if hit is None:
        return Venue(None, postal_code, town, _department_of(postal_code))
    row = commune(hit.insee)
    lat, lon = (row.lat, row.lon) if row else (None, None)
    only_code = hit.postal_codes[0] if len(hit.postal_codes) == 1 else None
    return Venue(hit.insee, postal_code or only_code, town or hit.name, hit.department, lat, lon)


def _hit(postal_code: str, town: str) -> CommuneHit | None:
    """The commune of a postal code that has this name; in Paris, Lyon and Marseille, that code's arrondissement."""
    hits, wanted = communes_of_postal_code(postal_code), search_form(CEDEX.sub("", town))
    named = [hit for hit in hits if search_form(hit.name) == wanted]
    if len(named) != 1:
        return None
    return hits[0] if named[0].insee in SPLIT_CITIES else named[0]


def _department_of(postal_code: str | None) -> str | None:
    """What a postal code says of the département: enough for a list, and never wrong outside Corsica."""
    if not postal_code or not POSTAL_CODE.fullmatch(postal_code) or postal_code.startswith("20"):
        return None
    return postal_code[:3] if postal_code.startswith(("97", "98")) else postal_code[:2]


@dataclass(frozen=True)
class Place:
    """Where a visitor looks: a commune and what is around it, or a whole département.

    `codes` are the postal codes that mean this very place; `loose_codes` those of a session whose commune is unknown.
    """

    label: str
    insee: str | None = None
    codes: tuple[str, ...] = ()
    loose_codes: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None
    department: str | None = None


def find_place(text: str) -> Place | None:
    """The place a visitor means: a commune, a postal code, or the number of a département; None when there is none.

    A commune spelt nearly right is found too, since the label says which one was understood.
    """
    typed = text.strip()
    if DEPARTMENT.fullmatch(typed) and (found := department(typed)) is not None:
        return Place(f"{found.name} ({found.code})", department=found.code)
    hit = next(iter(search_communes(typed, 1)), None)
    row = commune(hit.insee) if hit else None
    if hit is None or row is None:
        return None
    meant = hit.postal_codes if hit.insee in SPLIT_CITIES else (typed,) if POSTAL_CODE.fullmatch(typed) else ()
    return Place(hit.label, hit.insee, meant, hit.postal_codes, row.lat, row.lon)
