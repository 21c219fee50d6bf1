"""Look-ups in the reference tables."""

from portal.domain.reference.queries.calendar import (
    closures_of,
    holiday_zone_of,
    holidays_between,
    is_working_day,
    working_days_after,
)
from portal.domain.reference.queries.certifications import (
    ENDING,
    certification,
    certification_blocks,
    certification_kinds,
    over_certifications,
    search_certifications,
)
from portal.domain.reference.queries.codes import (
    FormacodeHit,
    formacode,
    formacode_trail,
    formacode_tree,
    nsf,
    public,
    publics,
    rome,
    search_formacodes,
    search_nsf,
    search_rome,
)
from portal.domain.reference.queries.communes import (
    CommuneHit,
    commune,
    commune_hit,
    communes_of_postal_code,
    department,
    departments,
)
from portal.domain.reference.queries.datasets import loaded_datasets
from portal.domain.reference.queries.nearby import NearbyCommune, communes_within, select_communes_within
from portal.domain.reference.queries.search import search_communes

__all__ = [
    "ENDING",
    "CommuneHit",
    "FormacodeHit",
    "NearbyCommune",
    "certification",
    "certification_blocks",
    "certification_kinds",
    "closures_of",
    "commune",
    "commune_hit",
    "communes_of_postal_code",
    "communes_within",
    "department",
    "departments",
    "formacode",
    "formacode_trail",
    "formacode_tree",
    "holiday_zone_of",
    "holidays_between",
    "is_working_day",
    "loaded_datasets",
    "nsf",
    "over_certifications",
    "public",
    "publics",
    "rome",
    "search_certifications",
    "search_communes",
    "search_formacodes",
    "search_nsf",
    "search_rome",
    "select_communes_within",
    "working_days_after",
]
