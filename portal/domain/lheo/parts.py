"""The parts of a document that several terms make together: contacts, events, funding, providers, blocks, cycles."""

from collections.abc import Mapping
from typing import Any

from portal.domain.lheo.elements import Element
from portal.domain.lheo.places import read_person, write_person
from portal.domain.lheo.structure import ELEMENTS
from portal.domain.lheo.values import text_of, value_of

Terms = Mapping[str, Any]

CONTACTS: Mapping[str, str] = {
    "contact-formation": "formation.contact",
    "contact-session": "session.contact",
    "contact-organisme": "organisation.contact",
}
"""Element → the beginning of the terms of its contact."""

REFERENTS: Mapping[str, str] = {"1": "session.disability_contact", "2": "session.mobility_contact"}
"""Code of `type-contact` → the term of somebody with that part."""

APPRENTICESHIP = "1"  # type-cycle and type-alternance alike


def write_contact(element: Element, name: str, terms: Terms) -> None:
    """The contact that the terms of an element say."""
    begins = CONTACTS[name]
    person = {part: terms.get(f"{begins}.{part}") for part in ("name", "phone", "mail")}
    if any(person.values()):
        write_person(element.add(name), person)


def read_contact(element: Element, name: str) -> dict[str, Any]:
    """The contact of an element: the main one, somebody with a part of their own excepted."""
    known = [one for one in element.all(name) if _role(one) not in REFERENTS and one.says()]
    if not known:
        return {}
    main = next((one for one in known if one.attributes.get("tag") == "principal"), known[0])
    return {f"{CONTACTS[name]}.{part}": value for part, value in read_person(main).items()}


def write_referents(element: Element, terms: Terms) -> None:
    """Those whom one calls for a reason: each with the code of their part."""
    for code, term in REFERENTS.items():
        if person := terms.get(term):
            contact = element.add("contact-session")
            contact.add("type-contact", code)
            write_person(contact, person)


def read_referents(element: Element) -> dict[str, Any]:
    """The same, read."""
    found: dict[str, Any] = {}
    for contact in element.all("contact-session"):
        term = REFERENTS.get(_role(contact))
        if term and (person := read_person(contact)):
            found.setdefault(term, person)
    return found


def _role(contact: Element) -> str:
    given = contact.first("type-contact")
    return given.text.strip() if given else ""


def write_provider(element: Element, provider: Mapping[str, Any]) -> None:
    """Who teaches: an establishment and its number."""
    made = element.add("organisme-formateur", numero=provider.get("number") or "", tag="principal")
    if provider.get("siret"):
        made.put("SIRET-formateur").add("SIRET", provider["siret"])
    made.add("raison-sociale-formateur", provider.get("name") or "")
    if provider.get("uai"):
        made.put("code-UAI-formateur").add("code-UAI", provider["uai"])


def read_provider(element: Element) -> dict[str, str]:
    """Who teaches; a SIRET with one zero too many, as one meets, is read without it."""
    made = element.first("organisme-formateur")
    if made is None:
        return {}
    siret = _text(made, "SIRET-formateur/SIRET")
    found = {
        "number": made.attributes.get("numero", ""),
        "siret": siret[1:] if len(siret) == 15 and siret.startswith("0") else siret,
        "name": _text(made, "raison-sociale-formateur"),
        "uai": _text(made, "code-UAI-formateur/code-UAI"),
    }
    return {part: value for part, value in found.items() if value}


def _text(element: Element, path: str) -> str:
    found = element.at(path)
    return str(value_of(found.text, ELEMENTS[found.name]) or "") if found is not None else ""


def write_funding(element: Element, rows: list[Mapping[str, Any]]) -> None:
    """Who pays for how many places. A row that does not say who is left out."""
    for row in rows:
        if not row.get("session.funding.funder"):
            continue
        made = element.add("organisme-financeur")
        made.add("code-financeur", row["session.funding.funder"])
        if row.get("session.funding.seats") is not None:
            made.add("nb-places-financees", text_of(row["session.funding.seats"], ELEMENTS["nb-places-financees"]))


def read_funding(element: Element) -> list[dict[str, Any]]:
    """The same, read."""
    found = []
    for made in element.all("organisme-financeur"):
        funder, seats = (made.first(name) for name in ("code-financeur", "nb-places-financees"))
        row = {
            "session.funding.funder": value_of(funder.text, ELEMENTS["code-financeur"]) if funder else None,
            "session.funding.seats": value_of(seats.text, ELEMENTS["nb-places-financees"]) if seats else None,
        }
        if row["session.funding.funder"]:
            found.append({term: value for term, value in row.items() if value is not None})
    return found


EQUIPMENT: Mapping[str, str] = {
    "action.equipment_cost": "cout-indicatif-equipement",
    "action.equipment_comment": "commentaire",
}


def write_equipment(element: Element, terms: Terms) -> None:
    """What trainees must bring: the cost and the comment are said once, with the first."""
    for rank, code in enumerate(terms.get("action.equipment") or []):
        made = element.add("equipement")
        made.add("type-equipement", code)
        for term, name in EQUIPMENT.items():
            if rank == 0 and terms.get(term) not in (None, ""):
                made.add(name, text_of(terms[term], ELEMENTS[name]))


def read_equipment(element: Element) -> dict[str, Any]:
    """The same, read."""
    found: dict[str, Any] = {}
    for made in element.all("equipement"):
        kind = made.first("type-equipement")
        if kind and (code := value_of(kind.text, ELEMENTS["type-equipement"])):
            found.setdefault("action.equipment", []).append(code)
            for term, name in EQUIPMENT.items():
                given = made.first(name)
                value = value_of(given.text, ELEMENTS[name]) if given else None
                if value is not None:
                    found.setdefault(term, value)
    if found:
        found["action.equipment"] = list(dict.fromkeys(found["action.equipment"]))
    return found


def write_blocks(element: Element, terms: Terms) -> None:
    """The blocks of skills of the certification, with the way they are validated."""
    rows = [row for row in terms.get("formation.blocks") or [] if row.get("block.title") and row.get("block.code")]
    if not rows or not terms.get("formation.validation"):
        return
    made = element.add("blocs-competences")
    made.add("validation-blocs", terms["formation.validation"])
    made.add("reference-certification")
    for row in rows:
        block = made.add("bloc-competences")
        block.add("libelle-bloc", row["block.title"])
        block.add("code-bloc", row["block.code"])


def read_blocks(element: Element) -> dict[str, Any]:
    """The same, read."""
    made = element.first("blocs-competences")
    if made is None:
        return {}
    rows = [
        {"block.title": _text(block, "libelle-bloc"), "block.code": _text(block, "code-bloc")}
        for block in made.all("bloc-competences")
    ]
    rows = [row for row in rows if all(row.values())]
    validation = _text(made, "validation-blocs")
    return {"formation.validation": validation, "formation.blocks": rows} if rows and validation else {}


CYCLE: Mapping[str, str] = {
    "session.seats_min": "effectif-minimal",
    "session.capacity": "capacite-simultanee",
    "session.alternance.unit": "alternance/rythme-alternance/unite-rythme-alternance",
    "session.alternance.company": "alternance/rythme-alternance/unites-entreprise",
    "session.alternance.center": "alternance/rythme-alternance/unites-centre",
}
RHYTHM = tuple(term for term in CYCLE if term.startswith("session.alternance."))


def write_cycle(element: Element, terms: Terms) -> None:
    """The cycle of an apprenticeship: LHÉO has none for other trainings, and no rhythm without its three parts."""
    if terms.get("session.alternance.contract") != APPRENTICESHIP:
        return
    made = element.add("cycle")
    made.add("type-cycle", APPRENTICESHIP)
    made.put("alternance").add("type-alternance", APPRENTICESHIP)
    whole = all(terms.get(term) is not None for term in RHYTHM)
    for term, path in CYCLE.items():
        if terms.get(term) is not None and (whole or term not in RHYTHM):
            place = made.put(path)
            place.text = text_of(terms[term], ELEMENTS[place.name])


def read_cycle(element: Element) -> dict[str, Any]:
    """The same, read."""
    made = next((one for one in element.all("cycle") if _text(one, "type-cycle") == APPRENTICESHIP), None)
    if made is None or _text(made, "alternance/type-alternance") != APPRENTICESHIP:
        return {}
    places = {term: made.at(path) for term, path in CYCLE.items()}
    found = {term: value_of(place.text, ELEMENTS[place.name]) for term, place in places.items() if place is not None}
    if any(found.get(term) is None for term in RHYTHM):
        found = {term: value for term, value in found.items() if term not in RHYTHM}
    found = {term: value for term, value in found.items() if value is not None}
    return {"session.alternance.contract": APPRENTICESHIP, **found}
