"""Is a document LHÉO? Elements, order, number, length, codes, days: read against the table of facts."""

import re
from collections.abc import Iterator, Mapping

from portal.domain.lheo import dates
from portal.domain.lheo.elements import Element
from portal.domain.lheo.errors import Fault
from portal.domain.lheo.structure import VERSIONS, Child, Definition, Version

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot carry: control signs that some word processors leave in a text."""

EXTRAS, EXTRA = "extras", "extra"
MISSING = "ce renseignement manque"
UNSEEN = "le texte contient un signe invisible que le XML n'admet pas"
LONGEST_NUMBER = 2**63
_NUMBER = re.compile(r"[+-]?[0-9]+")
_DAY = re.compile(r"[0-9]{4}[019][0-9][01239][0-9]")


def check(element: Element, version: Version = "2.3", above: tuple[str, ...] = ()) -> Iterator[Fault]:
    """What the language does not allow in an element and all that is below it, in the order of the document."""
    definitions = VERSIONS[version]
    here = (*above, element.name)
    definition = definitions.get(element.name)
    if definition is None:
        yield _fault(element, here, f"L'élément « {element.name} » n'existe pas en LHÉO {version}.")
        return
    if element.name != EXTRA:
        yield from _attributes(element, definition, here)
    if definition.kind == "free":
        yield from _beyond(element, version, here)
        return
    if definition.kind != "complex":
        yield from _value(element, definition, here)
        return
    if element.text.strip():
        yield _fault(element, here, f"« {element.name} » ne contient pas de texte, seulement d'autres éléments.")
    yield from _places(element, definition, definitions, here)
    for child in element.children:
        if definition.child(child.name) is not None:
            yield from check(child, version, here)


def _fault(element: Element, here: tuple[str, ...], message: str, why: str = "") -> Fault:
    return Fault(element.line, "/".join(here), message, why=why)


def _beyond(element: Element, version: Version, here: tuple[str, ...]) -> Iterator[Fault]:
    """What people add to the language: `extras` hold extras, an `extra` holds anything, the language's own as it is."""
    if element.name == EXTRAS and element.text.strip():
        yield _fault(element, here, f"« {EXTRAS} » ne contient pas de texte, seulement des « extra ».")
    for child in element.children:
        if element.name == EXTRAS and child.name not in (EXTRAS, EXTRA):
            words = f"« {EXTRAS} » ne contient que des « extra » : « {child.name} » n'y a pas sa place."
            yield _fault(child, (*here, child.name), words)
        elif child.name in VERSIONS[version]:
            yield from check(child, version, here)


def _attributes(element: Element, definition: Definition, here: tuple[str, ...]) -> Iterator[Fault]:
    for name, value in element.attributes.items():
        if name not in definition.attributes:
            yield _fault(element, here, f"« {element.name} » n'a pas d'attribut « {name} ».")
        elif FORBIDDEN.search(value):
            yield _fault(element, here, f"L'attribut « {name} » contient un signe que le XML n'admet pas.")


def _places(
    element: Element, definition: Definition, definitions: Mapping[str, Definition], here: tuple[str, ...]
) -> Iterator[Fault]:
    """Children that do not belong here, in the wrong order, too many, or missing."""
    ranks = {child.name: rank for rank, child in enumerate(definition.children)}
    counts: dict[str, int] = {}
    last = ""
    for child in element.children:
        inside = (*here, child.name)
        if child.name not in ranks:
            known = "n'a pas sa place dans" if child.name in definitions else "est inconnu dans"
            yield _fault(child, inside, f"L'élément « {child.name} » {known} « {element.name} ».")
            continue
        counts[child.name] = counts.get(child.name, 0) + 1
        if last and ranks[child.name] < ranks[last]:
            yield _fault(child, inside, f"« {child.name} » doit venir avant « {last} ».")
        else:
            last = child.name
    for rule in definition.children:
        yield from _number(element, rule, counts.get(rule.name, 0), definitions[rule.name].label, here)


def _number(element: Element, rule: Child, count: int, label: str, here: tuple[str, ...]) -> Iterator[Fault]:
    inside = (*here, rule.name)
    if count < rule.least:
        words = f"« {rule.name} » ({label}) manque dans « {element.name} »."
        yield _fault(element, inside, words, MISSING)
    elif rule.most is not None and count > rule.most:
        words = f"« {rule.name} » est écrit {count} fois dans « {element.name} » : {rule.most} au plus."
        yield _fault(element, inside, words, f"{count} valeurs, {rule.most} au plus")


def _value(element: Element, definition: Definition, here: tuple[str, ...]) -> Iterator[Fault]:
    if element.children:
        inside = element.children[0]
        words = f"« {element.name} » ne contient que du texte : l'élément « {inside.name} » doit être échappé."
        yield _fault(inside, here, words)
        return
    if FORBIDDEN.search(element.text):
        yield _fault(element, here, f"« {element.name} » contient un signe que le XML n'admet pas.", UNSEEN)
        return
    wrong = _wrong(element.text, definition)
    if wrong is not None:
        yield _fault(element, here, f"« {element.name} » ({definition.label}) : {wrong}.", wrong)


def _wrong(text: str, definition: Definition) -> str | None:
    """What is wrong with a value."""
    if definition.kind == "code":
        return _wrong_code(collapsed(text), definition)
    if definition.kind == "long":
        number = collapsed(text)
        sound = _NUMBER.fullmatch(number) and len(number) < 25 and -LONGEST_NUMBER <= int(number) < LONGEST_NUMBER
        return None if sound else f"« {_shown(text)} » n'est pas un nombre entier"
    if definition.kind == "date":
        return None if _DAY.fullmatch(collapsed(text)) else f"« {_shown(text)} » n'est pas une date AAAAMMJJ"
    return _wrong_length(text, definition)


def _wrong_code(text: str, definition: Definition) -> str | None:
    if text in definition.codes:
        return None
    codes = ", ".join(sorted(definition.codes, key=lambda code: (len(code), code)))
    return f"« {_shown(text)} » n'est pas un code de sa table ({codes})"


def _wrong_length(text: str, definition: Definition) -> str | None:
    least, most, length = definition.shortest, definition.longest, len(text)
    if length < least and not length:
        return "le texte est vide"
    if least == most and length != least:
        return f"« {_shown(text)} » a {length} caractères : il en faut {least}"
    if length < least:
        return f"« {text} » est trop court : {least} caractères au moins"
    if most is not None and length > most:
        return f"le texte a {length} caractères : {most} au plus"
    return None


def collapsed(text: str) -> str:
    """A code or a number as the schema reads it: spaces around it do not count."""
    return text.strip(" \t\r\n")


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"


def impossible_day(text: str) -> str | None:
    """What the schema does not see of a day; None where it is sound, or not a day at all."""
    day = collapsed(text)
    return dates.fault_of(day) if _DAY.fullmatch(day) else None
