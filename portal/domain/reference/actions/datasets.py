"""The table of datasets: one entry per reference table, with what a row of its file must say.

To add a reference table: its model in `models/`, its file in `data/`, a row parser (here for places and days, in
`codes.py` for codes and certifications), one entry in DATASETS.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from portal.domain.reference.actions import codes
from portal.domain.reference.actions.cells import Row, Values, code, code_or_none, day, number, one_of, text
from portal.domain.reference.errors import UnknownDatasetError
from portal.domain.reference.models import (
    HOLIDAY_ZONES,
    Certification,
    CertificationBlock,
    Commune,
    Department,
    Formacode,
    Holiday,
    Nsf,
    Public,
    Rome,
    SchoolHoliday,
)
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


def _commune(row: Row) -> Values:
    name, former = text(row, "name"), row["former_name"].strip()
    postal_codes = [part for part in row["postal_codes"].split("|") if part]
    if wrong := [part for part in postal_codes if not POSTAL_CODE.fullmatch(part)]:
        raise ValueError(f"postal_codes : code incorrect « {wrong[0]} »")
    merged_into = code_or_none(row, "merged_into", INSEE)
    found_by = [search_form(name), *([search_form(former)] if former else [])]
    population = number(row, "population", 0, 10**8)
    return {
        "insee": code(row, "insee", INSEE),
        "name": name,
        "former_name": former or None,
        "search": found_by[0],
        "core": core(found_by[0]),
        "words": "".join(f" {part}" for part in [*found_by, *(postal_codes if not merged_into else [])]),
        "postal_codes": postal_codes,
        "department": code(row, "department", DEPARTMENT),
        "region": text(row, "region"),
        "lat": number(row, "lat", -90, 90),
        "lon": number(row, "lon", -180, 180),
        "population": None if population is None else int(population),
        "kind": one_of(row, "kind", COMMUNE_KINDS),
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
        "code": code(row, "code", DEPARTMENT),
        **{column: text(row, column) for column in names},
        "holiday_zone": one_of(row, "holiday_zone", ("A", "B", "C", "")) or None,
        "chef_lieu": code(row, "chef_lieu", INSEE),
    }


def _holiday(row: Row) -> Values:
    return {"zone": one_of(row, "zone", HOLIDAY_ZONES), "day": day(row, "day"), "name": text(row, "name")}


def _school_holiday(row: Row) -> Values:
    first, last = day(row, "first_day"), day(row, "last_day")
    if last < first:
        raise ValueError("last_day précède first_day")
    zone = one_of(row, "zone", ("A", "B", "C"))
    return {"zone": zone, "first_day": first, "last_day": last, "name": text(row, "name")}


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
        Dataset(
            "formacodes",
            "Formacode : domaines de formation",
            Formacode,
            codes.FORMACODE_COLUMNS,
            codes.formacode,
            codes.formacodes_hang_together,
        ),
        Dataset("publics", "Formacode : publics", Public, codes.CODE_COLUMNS, codes.public),
        Dataset("nsf", "Spécialités de formation (NSF)", Nsf, codes.CODE_COLUMNS, codes.nsf),
        Dataset("rome", "Métiers (ROME)", Rome, codes.CODE_COLUMNS, codes.rome),
        Dataset(
            "certifications",
            "Certifications (Certif Info, RNCP)",
            Certification,
            codes.CERTIFICATION_COLUMNS,
            codes.certification,
        ),
        Dataset(
            "certification_blocks",
            "Blocs de compétences",
            CertificationBlock,
            codes.BLOCK_COLUMNS,
            codes.block,
        ),
    )
}
