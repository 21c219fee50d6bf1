"""The reference tables as kinds of field and rules ask them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.domain.reference.models import Formacode, Nsf, Public, Rome
from portal.domain.reference.queries import (
    CommuneHit,
    certification,
    certification_blocks,
    commune_hit,
    communes_of_postal_code,
    formacode,
    nsf,
    public,
    rome,
)


@dataclass(frozen=True)
class KnownCode:
    """What a table says of a code: its words, the last day on which it may be used, the code that takes its place.

    The last two are None when the table does not say.
    """

    label: str
    valid_until: date | None = None
    replaced_by: str | None = None


def _commune(code: str) -> KnownCode | None:
    hit = commune_hit(code)
    return KnownCode(hit.label) if hit else None


def _certification(code: str) -> KnownCode | None:
    found = certification(code)
    return KnownCode(found.title, found.usable_until, found.replaced_by) if found else None


def _labelled(find: Callable[[str], Formacode | Nsf | Public | Rome | None]) -> Callable[[str], KnownCode | None]:
    def known(code: str) -> KnownCode | None:
        found = find(code)
        return KnownCode(found.label) if found else None

    return known


CODE_TABLES: Mapping[str, Callable[[str], KnownCode | None]] = {
    "communes": _commune,
    "formacodes": _labelled(formacode),
    "publics": _labelled(public),
    "nsf": _labelled(nsf),
    "rome": _labelled(rome),
    "certifications": _certification,
}
"""The tables a code may be looked up in: name → code → what the table says, None when it does not know the code."""


class ReferenceLookups:
    """Answers kinds of field from the tables of the database; what a table lacks is never a fault.

    What it read once it does not read again: it is made for one sheet, or for one run.
    """

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], KnownCode | None] = {}
        self._certifications: dict[str, Mapping[str, Any] | None] = {}

    def commune(self, insee: str) -> CommuneHit | None:
        """The commune of an INSEE code, as it is today."""
        return commune_hit(insee)

    def communes_by_postal_code(self, code: str) -> Sequence[CommuneHit]:
        """The communes of a postal code."""
        return communes_of_postal_code(code)

    def label(self, table: str, code: str) -> str | None:
        """The label of a code in a table; None where the table, or the code in it, is unknown."""
        known = self.known(table, code)
        return known.label if known else None

    def replacement(self, table: str, code: str) -> str | None:
        """The code that takes the place of another; None where the table says of none."""
        known = self.known(table, code)
        return known.replaced_by if known else None

    def certification(self, code: str) -> Mapping[str, Any] | None:
        """What is known of a certification, as texts, and its blocks as rows; None when the table does not know it."""
        if code not in self._certifications:
            self._certifications[code] = _facts(code)
        return self._certifications[code]

    def known(self, table: str, code: str) -> KnownCode | None:
        """Everything a table says of a code; None where the table, or the code in it, is unknown."""
        if (table, code) not in self._codes:
            self._codes[table, code] = CODE_TABLES[table](code) if table in CODE_TABLES else None
        return self._codes[table, code]


def _facts(code: str) -> dict[str, Any] | None:
    found = certification(code)
    if found is None:
        return None
    blocks = certification_blocks(found.rncp) if found.rncp else []
    return {
        "certif_info": found.certif_info,
        "title": found.title,
        "level": str(found.level) if found.level else None,
        "level_label": found.level_label,
        "type": found.kind,
        "rncp": f"RNCP{found.rncp}" if found.rncp else None,
        "certifier": found.certifier,
        "last_session_year": str(found.last_session_year) if found.last_session_year else None,
        "valid_until": found.usable_until.isoformat() if found.usable_until else None,
        "blocks": [{"_id": block.code, "code": block.code, "title": block.title} for block in blocks],
    }
