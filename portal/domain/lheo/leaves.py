"""The terms that are one value at one place of LHÉO: most of them, written and read by the same table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from portal.domain.lheo.elements import Element
from portal.domain.lheo.offers import ALIASES, level_of
from portal.domain.lheo.places import read_address, write_address
from portal.domain.lheo.structure import ELEMENTS, Definition
from portal.domain.lheo.values import code_of, put_code, text_of, value_of
from portal.domain.vocabulary import TERMS

BY_HAND = (
    "contact-formation", "contact-session", "contact-organisme", "blocs-competences", "cycle", "equipement",
    "recrutement", "organisme-financeur", "organisme-formateur", "organisme-formation-responsable",
)  # fmt: skip
"""Elements made of several terms at once: `parts.py` writes and reads them."""

LISTS = frozenset(("code-FORMACODE", "code-public-vise"))
"""Elements that are written once for each code of a list."""


@dataclass(frozen=True)
class Leaf:
    """One term, its place under its level, what is found there."""

    term: str
    path: str
    definition: Definition


def _leaves() -> Mapping[str, tuple[Leaf, ...]]:
    found: dict[str, tuple[Leaf, ...]] = {}
    for path, terms in ALIASES.items():
        level = level_of(path)
        inside = path.removeprefix(level + "/")
        last = inside.rpartition("/")[2]
        by_hand = inside.partition("/")[0] in BY_HAND and not (_of_organisation(inside) and last not in BY_HAND)
        if TERMS[terms[0]].kind != "rows" and TERMS[terms[0]].within is None and not by_hand:
            found[level] = (*found.get(level, ()), Leaf(terms[0], inside, ELEMENTS[last]))
    return MappingProxyType(found)


def _of_organisation(path: str) -> bool:
    return path.startswith("organisme-formation-responsable/") and "/contact-organisme/" not in path


LEAVES: Mapping[str, tuple[Leaf, ...]] = _leaves()
"""Level → its terms of one value."""


def write_leaves(element: Element, level: str, terms: Mapping[str, Any]) -> None:
    """Write under the element of a level the terms given that are one value."""
    for leaf in LEAVES[level]:
        value = terms.get(leaf.term)
        if value in (None, "", [], {}):
            continue
        above, _, name = leaf.path.rpartition("/")
        holder = element.put(above) if above else element
        if name == "adresse":
            write_address(holder.put(name), value)
        elif name in LISTS:
            for one in value if isinstance(value, list) else [value]:
                put_code(holder, name, str(one))
        else:
            holder.add(name, text_of(value, leaf.definition))


def read_leaves(element: Element, level: str) -> dict[str, Any]:
    """The terms of one value found under the element of a level."""
    found = {leaf.term: value for leaf, value in _read(element, level)}
    return {term: value for term, value in found.items() if value not in (None, "", [], {})}


def _read(element: Element, level: str) -> Iterator[tuple[Leaf, Any]]:
    for leaf in LEAVES[level]:
        above, _, name = leaf.path.rpartition("/")
        holder = element.at(above) if above else element
        if holder is None:
            continue
        if name in LISTS:
            yield leaf, _codes(holder, name)
        elif (one := holder.first(name)) is not None:
            yield leaf, read_address(one) if name == "adresse" else value_of(one.text, leaf.definition)


def _codes(holder: Element, name: str) -> list[str]:
    """The codes of a list once each, the main one first."""
    given = sorted(holder.all(name), key=lambda one: one.attributes.get("tag") != "principal")
    return list(dict.fromkeys(code for one in given if (code := code_of(one))))
