"""Communes around a point, without any geographic extension."""

import math
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Float, Select, and_, func, or_, select, true

from portal.domain.reference.models import Commune
from portal.extensions import db

EARTH_RADIUS_KM = 6371.0088  # mean radius of the Earth (IUGG)
MARGIN = 1e-6  # degrees added to the box, so that rounding never drops a commune on its edge


@dataclass(frozen=True)
class NearbyCommune:
    """A commune of today and its distance as the crow flies, from centre to point."""

    insee: str
    name: str
    distance_km: float


def communes_within(lat: float, lon: float, km: float) -> list[NearbyCommune]:
    """The communes and arrondissements whose centre is within `km` of the point, nearest first.

    A point that is none (latitude beyond 90, not a number) and a negative distance find nothing.
    """
    if not all(map(math.isfinite, (lat, lon, km))) or abs(lat) > 90 or km < 0:
        return []
    rows = db.session.execute(select_communes_within(lat, lon, km))
    return [NearbyCommune(row.insee, row.name, row.distance_km) for row in rows]


def select_communes_within(lat: float, lon: float, km: float) -> Select[str, str, float]:
    """The same as a SELECT of `insee`, `name`, `distance_km`, for those who join it to something else."""
    lon = (lon + 180) % 360 - 180
    distance = _haversine(lat, lon)
    return (
        select(Commune.insee, Commune.name, distance.label("distance_km"))
        .where(Commune.merged_into.is_(None), _box(lat, lon, km), distance <= km)
        .order_by(distance, Commune.insee)
    )


def _haversine(lat: float, lon: float) -> ColumnElement[float]:
    """Great-circle distance in km. The square of the sine makes it right on both sides of the date line."""
    by_lat = func.power(func.sin(func.radians(Commune.lat - lat) / 2), 2)
    by_lon = func.power(func.sin(func.radians(Commune.lon - lon) / 2), 2)
    square = by_lat + math.cos(math.radians(lat)) * func.cos(func.radians(Commune.lat)) * by_lon
    return 2 * EARTH_RADIUS_KM * func.asin(func.sqrt(func.least(1.0, square)), type_=Float)


def _box(lat: float, lon: float, km: float) -> ColumnElement[bool]:
    """The rectangle of latitudes and longitudes that holds the circle: what the index can narrow down."""
    angle = km / EARTH_RADIUS_KM
    height = math.degrees(angle) + MARGIN
    in_height = Commune.lat.between(lat - height, lat + height)
    if abs(lat) + height >= 90:  # the circle holds a pole, where every longitude meets
        return in_height
    width = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(lat))))) + MARGIN
    return and_(in_height, _in_width(lon - width, lon + width))


def _in_width(west: float, east: float) -> ColumnElement[bool]:
    if east - west >= 360:
        return true()
    if west < -180:
        return or_(Commune.lon >= west + 360, Commune.lon <= east)
    if east > 180:
        return or_(Commune.lon >= west, Commune.lon <= east - 360)
    return Commune.lon.between(west, east)
