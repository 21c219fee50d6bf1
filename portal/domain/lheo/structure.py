"""What a LHÉO document may hold: elements, their order, how many, how long, which codes. A table of facts.

`elements.csv` and `children.csv` were written from the official schemas of versions 2.3 and 2.2
(https://github.com/lheo/lheo-schema), whose facts they restate: 2.3 in the first columns, where 2.2 differs in the
last. The codes are those of `lheo_tables.csv`.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from portal.domain.lheo_tables import TABLES

Version = Literal["2.2", "2.3"]
Kind = Literal["complex", "text", "code", "date", "long", "free"]

NAMESPACES: Mapping[str, Version] = MappingProxyType(
    {"http://lheo.gouv.fr/2.3": "2.3", "http://www.lheo.org/2.2": "2.2"}
)
"""The namespaces one meets, and the version each says."""

NAMESPACE = "http://lheo.gouv.fr/2.3"
"""The one we write."""

TRAINING_ACCOUNT = "https://www.of.moncompteformation.gouv.fr"
"""The namespace of the national training account's catalogue: the same words, another language."""

ATTRIBUTES = frozenset(("numero", "info", "ref", "id", "idref", "tag"))
STAMPS = frozenset(("uri", "horodatage-creation", "horodatage-modification", "horodatage-export"))
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Child:
    """An element in its parent: how many times. `most` is None without a bound."""

    name: str
    least: int
    most: int | None


@dataclass(frozen=True)
class Definition:
    """An element: what it holds, within which bounds."""

    name: str
    label: str
    kind: Kind
    shortest: int
    longest: int | None
    codes: frozenset[str]
    attributes: frozenset[str]
    children: tuple[Child, ...]

    def child(self, name: str) -> Child | None:
        """A child by its name."""
        return next((child for child in self.children if child.name == name), None)


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _load(version: Version) -> Mapping[str, Definition]:
    children: dict[str, list[Child]] = {}
    suffix = "" if version == "2.3" else "_2.2"
    for row in _rows("children.csv"):
        least, most = row[f"min{suffix}"], row[f"max{suffix}"]
        if least:
            child = Child(row["child"], int(least), None if most == "N" else int(most))
            children.setdefault(row["parent"], []).append(child)
    rows = [row for row in _rows("elements.csv") if version == "2.3" or not row["since"]]
    return MappingProxyType(
        {r["element"]: _definition(r, version, tuple(children.get(r["element"], ()))) for r in rows}
    )


def _definition(row: Mapping[str, str], version: Version, children: tuple[Child, ...]) -> Definition:
    codes = set(TABLES[row["table"]].labels) if row["table"] else set()
    longest, stamps = row["max_length"], STAMPS
    if version == "2.2":
        codes -= set(row["codes_since_2.3"].split())
        longest, stamps = row["max_length_2.2"] or longest, frozenset()
    return Definition(
        name=row["element"],
        label=row["label"],
        kind=row["kind"],  # type: ignore[arg-type]
        shortest=int(row["min_length"] or 0),
        longest=int(longest) if longest else None,
        codes=frozenset(codes),
        attributes=ATTRIBUTES | stamps | set(row["attributes"].split()),
        children=children,
    )


VERSIONS: Mapping[str, Mapping[str, Definition]] = MappingProxyType({"2.3": _load("2.3"), "2.2": _load("2.2")})
"""The elements of each version, by name."""

ELEMENTS = VERSIONS["2.3"]
"""Those of the version we write."""
