"""How and when people are chosen: the modes of a session, and its events, which LHÉO tells in one place."""

import re
from collections.abc import Mapping
from typing import Any

from portal.domain.lheo import dates
from portal.domain.lheo.elements import Element
from portal.domain.lheo.places import read_address, write_address
from portal.domain.lheo.structure import ELEMENTS
from portal.domain.lheo.values import text_of, value_of

MODES = ELEMENTS["modalite-recrutement"].codes
TYPES: Mapping[str, str] = {"infocoll": "9", "test": "4"}
"""Events by the word that rules and pages know them by → the code of LHÉO. Other events stay at home."""

WORDS = {code: word for word, code in TYPES.items()}
LEAVES: Mapping[str, str] = {
    "event.remote": "a-distance",
    "event.url": "urlweb",
    "event.seats": "nb-places",
    "event.start_time": "heure-debut",
    "event.end_time": "heure-fin",
    "event.description": "commentaire",
}
_HOUR = re.compile(r"([0-2]?[0-9])[hH:]([0-5][0-9])?")


def write_recruiting(element: Element, terms: Mapping[str, Any]) -> None:
    """The modes by themselves, then each event."""
    for code in terms.get("session.recruitment_modes") or []:
        element.add("recrutement").add("modalite-recrutement", code)
    for row in terms.get("session.events") or []:
        code = TYPES.get(row.get("event.type"), row.get("event.type"))
        if code in MODES and row.get("event.start_date"):
            _write_event(element.add("recrutement"), code, row)


def _write_event(made: Element, code: str, row: Mapping[str, Any]) -> None:
    made.add("modalite-recrutement", code)
    period = made.add("periode")
    period.add("debut", dates.written(row["event.start_date"]))
    period.add("fin", dates.written(row.get("event.end_date") or row["event.start_date"]))
    if row.get("event.place"):
        write_address(made.add("adresse"), row["event.place"])
    for term, name in LEAVES.items():
        if row.get(term) not in (None, ""):
            made.add(name, text_of(row[term], ELEMENTS[name]))


def read_recruiting(element: Element) -> dict[str, Any]:
    """The modes, and the events: those that have a day."""
    modes: list[str] = []
    events: list[dict[str, Any]] = []
    for made in element.all("recrutement"):
        given = made.first("modalite-recrutement")
        code = value_of(given.text, ELEMENTS["modalite-recrutement"]) if given else None
        start = made.at("periode/debut")
        if code is None:
            continue
        if start is not None and (day := dates.day_of(start.text.strip())):
            events.append(_read_event(made, code, day))
        elif code not in modes:
            modes.append(code)
    found: dict[str, Any] = {"session.recruitment_modes": modes, "session.events": events}
    return {term: value for term, value in found.items() if value}


def _read_event(made: Element, code: str, day: str) -> dict[str, Any]:
    end, place = made.at("periode/fin"), made.first("adresse")
    row: dict[str, Any] = {
        "event.type": WORDS.get(code, code),
        "event.start_date": day,
        "event.end_date": (dates.day_of(end.text.strip()) if end is not None else None) or day,
        "event.place": read_address(place) if place is not None else None,
    }
    for term, name in LEAVES.items():
        given = made.first(name)
        row[term] = value_of(given.text, ELEMENTS[name]) if given is not None else None
        if term.endswith("_time"):
            row[term] = _hour(row[term])
    return {term: value for term, value in row.items() if value not in (None, "", {})}


def _hour(text: str | None) -> str | None:
    """« 9h30 » as it is stored; None for what is no hour."""
    read = _HOUR.fullmatch(text.strip()) if text else None
    if read is None or int(read[1]) > 23:
        return None
    return f"{int(read[1]):02}:{read[2] or '00'}"
