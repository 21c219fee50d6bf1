"""The reference tables as kinds of field ask them."""

from collections.abc import Callable, Mapping, Sequence

from portal.domain.reference.queries import CommuneHit, commune_hit, communes_of_postal_code


def _commune_label(code: str) -> str | None:
    hit = commune_hit(code)
    return hit.label if hit else None


CODE_TABLES: Mapping[str, Callable[[str], str | None]] = {"communes": _commune_label}
"""The tables a code may be looked up in: name → code → label, None when the table does not know it."""


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
        return CODE_TABLES[table](code) if table in CODE_TABLES else None
