"""The reference tables as kinds of field ask them."""

from collections.abc import Sequence

from portal.domain.reference.queries import CommuneHit, commune_hit, communes_of_postal_code


class ReferenceLookups:
    """Answers kinds of field from the tables of the database; what a table lacks is never a fault."""

    def commune(self, insee: str) -> CommuneHit | None:
        """The commune of an INSEE code, as it is today."""
        return commune_hit(insee)

    def communes_by_postal_code(self, code: str) -> Sequence[CommuneHit]:
        """The communes of a postal code."""
        return communes_of_postal_code(code)

    def label(self, table: str, code: str) -> str | None:
        """The label of a code in a table; only communes have one so far."""
        hit = commune_hit(code) if table == "commune" else None
        return hit.label if hit else None
