"""Communes around a point, compared with the same sum done in Python on every commune."""

import math

import pytest
from sqlalchemy import select, text

from portal.domain.reference.models import Commune
from portal.domain.reference.queries import communes_within, select_communes_within
from portal.extensions import db

EARTH = 6371.0088


def apart(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance by the spherical law of cosines, which owes nothing to the formula under test."""
    a, b, turn = math.radians(lat), math.radians(other_lat), math.radians(other_lon - lon)
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn)
    return EARTH * math.acos(max(-1.0, min(1.0, cosine)))


@pytest.mark.parametrize(
    ("lat", "lon", "km"),
    [
        (45.43, 4.38, 25),  # Saint-Étienne
        (48.86, 2.35, 60),  # Paris, dense
        (-21.1, 55.5, 80),  # La Réunion
        (-17.6, -149.5, 2500),  # Polynésie
        (-13.3, 179.9, 900),  # west of the date line, towards Wallis-et-Futuna which is east of it
        (-13.3, -179.9, 900),
        (-22.2, -179.5, 1500),  # east of it, towards Nouvelle-Calédonie which is west of it
        (89.9, 12.0, 5000),  # around a pole
        (46.6, 2.5, 21_000),  # the whole Earth
    ],
)
def test_the_communes_within_are_those_a_plain_sum_finds(lat: float, lon: float, km: float) -> None:
    rows = db.session.execute(
        select(Commune.insee, Commune.lat, Commune.lon).where(Commune.merged_into.is_(None), Commune.lat.is_not(None))
    )
    expected = {row.insee: apart(lat, lon, row.lat, row.lon) for row in rows}
    expected = {insee: distance for insee, distance in expected.items() if distance <= km}
    found = communes_within(lat, lon, km)
    assert {near.insee for near in found} == set(expected)
    assert expected
    assert [near.distance_km for near in found] == sorted(near.distance_km for near in found)
    assert all(near.distance_km == pytest.approx(expected[near.insee], abs=0.05) for near in found)


def test_the_nearest_comes_first() -> None:
    found = communes_within(45.43, 4.38, 10)
    assert (found[0].insee, found[0].name) == ("42218", "Saint-Étienne")
    assert found[0].distance_km < 1


def test_both_sides_of_the_date_line_are_the_same_place() -> None:
    assert communes_within(-13.3, 183.8, 300) == communes_within(-13.3, -176.2, 300) != []


@pytest.mark.parametrize(
    ("lat", "lon", "km"),
    [
        (91, 0, 100),
        (-91, 0, 100),
        (45, 4, -1),
        (math.nan, 4, 10),
        (45, math.inf, 10),
        (45, 4, math.nan),
        (45, 4, math.inf),
        (0, -30, 100),  # the middle of an ocean
    ],
)
def test_nowhere_finds_nothing(lat: float, lon: float, km: float) -> None:
    assert communes_within(lat, lon, km) == []


def test_the_select_can_be_joined() -> None:
    near = select_communes_within(45.43, 4.38, 10).subquery()
    joined = select(Commune.department).join(near, near.c.insee == Commune.insee).distinct()
    assert set(db.session.scalars(joined)) == {"42"}


def test_a_small_circle_reads_the_index() -> None:
    db.session.execute(text("set local enable_seqscan = off"))
    query = select_communes_within(45.43, 4.38, 20).compile(db.engine, compile_kwargs={"literal_binds": True})
    plan = "\n".join(db.session.scalars(text(f"explain {query}")))
    assert "ix_ref_commune_lat_lon" in plan
