"""Communes and départements by their codes, and the light row that lists and searches show."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from portal.domain.reference.models import SPLIT_CITIES, Commune, Department
from portal.extensions import db

INSEE = re.compile(r"[0-9][0-9AB][0-9]{3}")
DEPARTMENT = re.compile(r"[0-9]{2,3}|2[AB]")
POSTAL_CODE = re.compile(r"[0-9]{5}")

Today = aliased(Commune, name="today")
TODAY_NAME = select(Today.name).where(Today.insee == Commune.merged_into).scalar_subquery()


@dataclass(frozen=True)
class CommuneHit:
    """A commune as a list shows it. `insee` and `name` are always those of a commune of today.

    `label` is what was looked for: « Saint-Étienne (42000) », or, when a former commune was found,
    « Bellegarde-sur-Valserine (01200), aujourd’hui Valserhône ».
    """

    insee: str
    name: str
    postal_codes: tuple[str, ...]
    department: str
    label: str


def commune(insee: str) -> Commune | None:
    """The row of an INSEE code, or None. A former commune answers too: see its `merged_into`."""
    code = insee.strip().upper()
    return db.session.get(Commune, code) if INSEE.fullmatch(code) else None


def commune_hit(insee: str) -> CommuneHit | None:
    """The commune of today that an INSEE code leads to, ready to be shown, or None."""
    code = insee.strip().upper()
    if not INSEE.fullmatch(code):
        return None
    row = db.session.execute(select_hits().where(Commune.insee == code)).one_or_none()
    return make_hit(row) if row else None


def department(code: str) -> Department | None:
    """The département of a code (« 42 », « 2A », « 974 »), or None."""
    code = code.strip().upper()
    return db.session.get(Department, code) if DEPARTMENT.fullmatch(code) else None


def departments() -> list[Department]:
    """Every département, in the order of codes."""
    return list(db.session.scalars(select(Department).order_by(Department.code)))


def communes_of_postal_code(code: str) -> list[CommuneHit]:
    """The communes that a postal code serves: the arrondissement first, then the most populous.

    CEDEX codes belong to companies and post offices, not to communes: they are not known here.
    """
    code = code.strip()
    if not POSTAL_CODE.fullmatch(code):
        return []
    found = select_hits().where(Commune.postal_codes.contains([code]), Commune.merged_into.is_(None))
    arrondissement_first = (Commune.kind == "arrondissement").desc()
    rows = db.session.execute(found.order_by(arrondissement_first, *most_populous_first()))
    return [make_hit(row, code=code) for row in rows]


def select_hits() -> Select[Any]:
    """The columns that `make_hit` reads, with the name of today's commune beside a former one."""
    columns = (Commune.insee, Commune.name, Commune.former_name, Commune.search, Commune.postal_codes)
    # A subquery rather than a join: it is computed for the rows kept by LIMIT only.
    return select(*columns, Commune.department, Commune.merged_into, TODAY_NAME.label("today_name"))


def most_populous_first() -> tuple[Any, ...]:
    """The order of equals: population, then name, then code, so that two calls answer alike."""
    return Commune.population.desc().nulls_last(), Commune.search, Commune.insee


def make_hit(row: Any, *, code: str = "", words: Sequence[str] = ()) -> CommuneHit:
    """A row of `select_hits` as a hit; `code` is the postal code asked, `words` the words asked."""
    today = row.today_name or row.name
    shown = row.name
    if row.former_name and words and not _begin_words(words, row.search):
        shown = row.former_name
    place = code or main_postal_code(row.insee, row.postal_codes) or row.department
    label = f"{shown} ({place})" if shown == today else f"{shown} ({place}), aujourd’hui {today}"
    return CommuneHit(row.merged_into or row.insee, today, tuple(row.postal_codes), row.department, label)


def main_postal_code(insee: str, codes: Sequence[str]) -> str | None:
    """The code that names the whole commune: the roundest one (42000 of 42000, 42100 and 42230).

    None when there is no such code: a commune without post, or a city whose codes are its arrondissements.
    """
    if not codes or insee in SPLIT_CITIES:
        return None
    return min(codes, key=lambda code: (-(len(code) - len(code.rstrip("0"))), code))


def _begin_words(words: Iterable[str], form: str) -> bool:
    return all(f" {word}" in f" {form}" for word in words)
