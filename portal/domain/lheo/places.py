"""Addresses and people: ours in parts, LHÉO's in lines."""

import textwrap
from collections.abc import Mapping
from typing import Any

from portal.domain.fields.address import FRANCE, department_of
from portal.domain.lheo.elements import Element
from portal.domain.lheo.texts import one_line, said

LINE = 50  # characters of a line of LHÉO
NO_POSTAL_CODE = "00000"
NO_TOWN = "00000"
STREET = ("numero", "bis", "nature_voie", "voie")


def write_address(element: Element, address: Mapping[str, Any]) -> None:
    """Fill an `adresse`. Lines are wrapped between words, never cut."""
    for line in _lines(address):
        element.add("ligne", line)
    abroad = (address.get("pays") or FRANCE) != FRANCE
    town, code = address.get("commune") or "", address.get("code_postal") or ""
    if abroad and len(code) != 5:  # the language has room for French codes alone
        town, code = f"{code} {town}".strip(), ""
    for name, value in (("codepostal", code), ("ville", town), ("code-INSEE-commune", address.get("insee"))):
        if value:
            element.add(name, value)
    if not abroad:
        element.add("pays", "FR")
        if department := department_of(address):
            element.add("departement", department)
    elif len(address["pays"]) == 2:
        element.add("pays", address["pays"])


def _lines(address: Mapping[str, Any]) -> list[str]:
    country = address.get("pays") or FRANCE
    street = " ".join(address[part] for part in STREET if address.get(part))
    building = f"Bat. {address['batiment']}" if address.get("batiment") else ""
    abroad = country if len(country) != 2 and country != FRANCE else ""
    given = [street, building, address.get("complement") or "", address.get("lieu_dit") or "", abroad]
    found = [line for text in given if text for line in _wrapped(text)]
    return found if len(found) <= 4 else _wrapped(" ".join(filter(None, given)))


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, LINE, break_long_words=False, break_on_hyphens=False)


def read_address(element: Element) -> dict[str, str]:
    """The parts of an `adresse`: its first line is the street, the next the complement, the others the rest."""
    lines = [line for child in element.all("ligne") if (line := _text(child))]
    parts = {
        "voie": lines[0] if lines else "",
        "complement": lines[1] if len(lines) > 1 else "",
        "lieu_dit": " ".join(lines[2:]),
        "code_postal": _code(element, "codepostal", NO_POSTAL_CODE),
        "commune": _text(element.first("ville")),
        "insee": _code(element, "code-INSEE-commune", NO_TOWN),
    }
    found = {part: value for part, value in parts.items() if value}
    country = _text(element.first("pays")).upper()
    return {**found, "pays": FRANCE if country in ("", "FR") else country} if found else {}


def _text(element: Element | None) -> str:
    return one_line(said(element.text) or "") if element is not None else ""


def _code(element: Element, name: str, unknown: str) -> str:
    code = _text(element.first(name))
    return "" if code == unknown else code


def write_person(element: Element, person: Mapping[str, Any]) -> None:
    """Fill `coordonnees` with a name, a telephone number, an address of mail."""
    if person.get("name"):
        element.put("coordonnees").add("nom", person["name"])
    if person.get("phone"):
        element.put("coordonnees/telfixe").add("numtel", person["phone"])
    if person.get("mail"):
        element.put("coordonnees").add("courriel", person["mail"])


def read_person(element: Element) -> dict[str, str]:
    """The name, the telephone number and the mail of a contact."""
    given = element.at("coordonnees")
    if given is None:
        return {}
    name = " ".join(filter(None, (_text(given.first(part)) for part in ("prenom", "nom"))))
    phone = given.at("telfixe/numtel") or given.at("portable/numtel")
    found = {"name": name, "phone": _text(phone), "mail": _text(given.first("courriel"))}
    return {part: value for part, value in found.items() if value}
