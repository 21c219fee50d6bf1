"""Look-ups in the reference tables."""

from portal.domain.reference.queries.calendar import (
    holiday_zone_of,
    holidays_between,
    is_working_day,
    working_days_after,
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
    "CommuneHit",
    "NearbyCommune",
    "commune",
    "commune_hit",
    "communes_of_postal_code",
    "communes_within",
    "department",
    "departments",
    "holiday_zone_of",
    "holidays_between",
    "is_working_day",
    "loaded_datasets",
    "search_communes",
    "select_communes_within",
    "working_days_after",
]
