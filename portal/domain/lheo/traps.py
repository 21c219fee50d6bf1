"""What the schema lets pass and readers do not: days that do not exist, SIRET that are none, offers nobody reads.

What is false is a fault that blocks; what readers merely leave out is a remark. The readers' habits were read in the
public code of those that take the national file.
"""

from collections.abc import Callable, Iterator, Mapping

from stdnum.fr import siret

from portal.domain.lheo import dates
from portal.domain.lheo.checking import impossible_day
from portal.domain.lheo.elements import Element
from portal.domain.lheo.errors import Fault
from portal.domain.lheo.structure import ELEMENTS

NUMBERED = ("formation", "action", "session")
CODED = ("code-FORMACODE", "code-public-vise", "code-modalite-pedagogique")

Found = Iterator[tuple[str, bool]]


def traps(offer: Element) -> Iterator[Fault]:
    """What readers of an offer would stumble on, in the order of the document."""
    for path, element in offer.walk():
        for message, blocks in _of(element):
            yield Fault(element.line, path, message, blocks)
    yield from _twins(offer)


def _of(element: Element) -> Found:
    definition = ELEMENTS.get(element.name)
    kind = definition.kind if definition is not None else "free"
    if kind == "text" and element.text and not element.text.strip() and not element.children:
        yield f"« {element.name} » ne contient que des espaces.", True
    if kind == "date" and (wrong := impossible_day(element.text)):
        yield f"« {element.name} » {element.text} : {wrong}.", True
    if element.name in CODED and "ref" not in element.attributes:
        yield f"« {element.name} » {element.text} ne dit pas sa version du Formacode (attribut ref, « V14 »).", False
    if element.name in NUMBERED and not element.attributes.get("numero", "").strip():
        yield f"« {element.name} » n'a pas de numéro (attribut numero).", False
    if element.name in READERS:
        yield from READERS[element.name](element)


def _period(element: Element) -> Found:
    start, end = (element.first(name) for name in ("debut", "fin"))
    if start is None or end is None or any(dates.fault_of(one.text) for one in (start, end)):
        return
    if start.text != dates.UNKNOWN and dates.latest(end.text) < start.text:
        yield f"La fin ({end.text}) vient avant le début ({start.text}).", True


def _siret(element: Element) -> Found:
    if len(element.text) == 14 and not siret.is_valid(element.text):
        yield f"« {element.text} » n'est pas un SIRET : sa clé ne convient pas.", True


def _postal_code(element: Element) -> Found:
    if len(element.text) == 5 and not (element.text.isascii() and element.text.isdigit()):
        yield f"« {element.text} » n'est pas un code postal.", False


def _price(element: Element) -> Found:
    if "," in element.text:
        yield f"« {element.name} » {element.text} : le signe décimal attendu est le point.", False


def _action(element: Element) -> Found:
    if not element.all("organisme-formateur"):
        yield "L'action n'a pas d'organisme formateur : certains lecteurs l'écartent.", False
    if not element.all("lieu-de-formation"):
        yield "L'action n'a pas de lieu de formation : certains lecteurs l'écartent.", False


def _formation(element: Element) -> Found:
    domain = element.first("domaine-formation")
    if domain is None or not domain.all("code-FORMACODE"):
        yield "La formation n'a pas de Formacode : elle se trouvera mal par son domaine.", False


def _provider(element: Element) -> Found:
    if not element.attributes.get("numero", "").strip():
        yield "L'organisme formateur n'a pas de numéro (attribut numero).", False


READERS: Mapping[str, Callable[[Element], Found]] = {
    "periode": _period,
    "SIRET": _siret,
    "codepostal": _postal_code,
    "prix-horaire-TTC": _price,
    "prix-total-TTC": _price,
    "action": _action,
    "formation": _formation,
    "organisme-formateur": _provider,
}


def _twins(offer: Element) -> Iterator[Fault]:
    """Actions and sessions of one offer under the same number: readers keep one of them."""
    for name in ("action", "session"):
        found = [(path, e) for path, e in offer.walk() if e.name == name and e.attributes.get("numero")]
        seen: set[str] = set()
        for path, element in found:
            number = element.attributes["numero"]
            if number in seen:
                words = f"Le numéro « {number} » est déjà celui d'une autre {name} de cette offre."
                yield Fault(element.line, path, words)
            seen.add(number)
