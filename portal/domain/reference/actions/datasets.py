"""The table of datasets: one entry per reference table, with what a row of its file must say.

To add a reference table: its model in `models.py`, its file in `data/`, a row parser here, one entry in DATASETS.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from portal.domain.reference.errors import UnknownDatasetError
from portal.domain.reference.models import HOLIDAY_ZONES, Commune, Department, Holiday, SchoolHoliday
from portal.domain.reference.names import core, search_form
from portal.extensions import Base

CARRIED = Path(__file__).parent.parent / "data"
COMMUNE_COLUMNS = (
    *("insee", "name", "former_name", "postal_codes", "department", "region"),
    *("lat", "lon", "population", "kind", "merged_into"),
)
COMMUNE_KINDS = ("commune", "arrondissement", "deleguee", "associee")

INSEE = re.compile(r"\d[\dAB]\d{3}")
DEPARTMENT = re.compile(r"\d\d|2[AB]|9[78]\d")
POSTAL_CODE = re.compile(r"\d{5}")

Row = Mapping[str, str]
Values = dict[str, Any]


@dataclass(frozen=True)
class Dataset:
    """A reference table, the CSV file the project carries for it, and the parser of one row.

    `parse` turns a row of text into the model's values, or raises ValueError with a French message. `check` looks at
    all the rows together and yields one message per fault.
    """

    name: str
    title: str
    model: type[Base]
    columns: tuple[str, ...]
    parse: Callable[[Row], Values]
    check: Callable[[list[Values]], Iterable[str]] = lambda rows: ()

    @property
    def carried_file(self) -> Path:
        """The copy the project carries."""
        return CARRIED / f"{self.name.replace('_', '-')}.csv.gz"


def find_dataset(name: str) -> Dataset:
    """The dataset of that name; raises UnknownDatasetError with the names that exist."""
    if name not in DATASETS:
        raise UnknownDatasetError(f"Table inconnue : « {name} ». Tables : {', '.join(DATASETS)}.")
    return DATASETS[name]


def _text(row: Row, column: str) -> str:
    value = row[column].strip()
    if not value:
        raise ValueError(f"{column} est vide")
    return value


def _code(row: Row, column: str, form: re.Pattern[str]) -> str:
    value = row[column].strip()
    if not form.fullmatch(value):
        raise ValueError(f"{column} : code incorrect « {value} »")
    return value


def _one_of(row: Row, column: str, allowed: Iterable[str]) -> str:
    value = row[column].strip()
    if value not in allowed:
        raise ValueError(f"{column} : « {value} » n'est pas l'une des valeurs attendues ({', '.join(allowed)})")
    return value


def _number(row: Row, column: str, lowest: float, highest: float) -> float | None:
    value = row[column].strip()
    if not value:
        return None
    try:
        number = float(value)
    except ValueError:
        raise ValueError(f"{column} : « {value} » n'est pas un nombre") from None
    if not lowest <= number <= highest:
        raise ValueError(f"{column} : {value} est hors limites")
    return number


def _day(row: Row, column: str) -> date:
    try:
        return date.fromisoformat(row[column].strip())
    except ValueError:
        raise ValueError(f"{column} : date attendue sous la forme 2026-01-31, lu « {row[column]} »") from None


def _commune(row: Row) -> Values:
    name, former = _text(row, "name"), row["former_name"].strip()
    codes = [code for code in row["postal_codes"].split("|") if code]
    if wrong := [code for code in codes if not POSTAL_CODE.fullmatch(code)]:
        raise ValueError(f"postal_codes : code incorrect « {wrong[0]} »")
    merged_into = _code(row, "merged_into", INSEE) if row["merged_into"].strip() else None
    found_by = [search_form(name), *([search_form(former)] if former else []), *(codes if not merged_into else [])]
    population = _number(row, "population", 0, 10**8)
    return {
        "insee": _code(row, "insee", INSEE),
        "name": name,
        "former_name": former or None,
        "search": found_by[0],
        "core": core(found_by[0]),
        "words": "".join(f" {part}" for part in found_by),
        "postal_codes": codes,
        "department": _code(row, "department", DEPARTMENT),
        "region": _text(row, "region"),
        "lat": _number(row, "lat", -90, 90),
        "lon": _number(row, "lon", -180, 180),
        "population": None if population is None else int(population),
        "kind": _one_of(row, "kind", COMMUNE_KINDS),
        "merged_into": merged_into,
    }


def _merged_into_nothing(rows: list[Values]) -> Iterable[str]:
    today = {row["insee"] for row in rows if row["merged_into"] is None}
    for row in rows:
        if row["merged_into"] and row["merged_into"] not in today:
            yield f"{row['insee']} {row['name']} : commune de rattachement {row['merged_into']} absente du fichier"


def _department(row: Row) -> Values:
    names = ("name", "region", "region_name", "academy_code", "academy_name")
    return {
        "code": _code(row, "code", DEPARTMENT),
        **{column: _text(row, column) for column in names},
        "holiday_zone": _one_of(row, "holiday_zone", ("A", "B", "C", "")) or None,
        "chef_lieu": _code(row, "chef_lieu", INSEE),
    }


def _holiday(row: Row) -> Values:
    return {"zone": _one_of(row, "zone", HOLIDAY_ZONES), "day": _day(row, "day"), "name": _text(row, "name")}


def _school_holiday(row: Row) -> Values:
    first, last = _day(row, "first_day"), _day(row, "last_day")
    if last < first:
        raise ValueError("last_day précède first_day")
    zone = _one_of(row, "zone", ("A", "B", "C"))
    return {"zone": zone, "first_day": first, "last_day": last, "name": _text(row, "name")}


DATASETS: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        Dataset(
            "communes",
            "Communes, arrondissements municipaux et communes rattachées",
            Commune,
            COMMUNE_COLUMNS,
            _commune,
            _merged_into_nothing,
        ),
        Dataset(
            "departments",
            "Départements, régions et académies",
            Department,
            ("code", "name", "region", "region_name", "academy_code", "academy_name", "holiday_zone", "chef_lieu"),
            _department,
        ),
        Dataset("holidays", "Jours fériés", Holiday, ("zone", "day", "name"), _holiday),
        Dataset(
            "school_holidays",
            "Vacances scolaires",
            SchoolHoliday,
            ("zone", "first_day", "last_day", "name"),
            _school_holiday,
        ),
    )
}
