"""The reference tables as kinds of field and rules ask them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.domain.reference.models import Formacode, Nsf, Public, Rome
from portal.domain.reference.queries import (
    CommuneHit,
    certification,
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
    """Answers kinds of field from the tables of the database; what a table lacks is never a fault."""

    def commune(self, insee: str) -> CommuneHit | None:
        """The commune of an INSEE code, as it is today."""
        return commune_hit(insee)

    def communes_by_postal_code(self, code: str) -> Sequence[CommuneHit]:
        """The communes of a postal code."""
        return communes_of_postal_code(code)

    def label(self, table: str, code: str) -> str | None:
        """The label of a code in a table; None where the table, or the code in it, is unknown."""
        known = CODE_TABLES[table](code) if table in CODE_TABLES else None
        return known.label if known else None
