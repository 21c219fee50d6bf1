"""A document whole: its faults, its offers; each read once, from one end to the other."""

from collections.abc import Iterator
from typing import BinaryIO

from portal.domain.lheo.checking import check
from portal.domain.lheo.composing import compose
from portal.domain.lheo.elements import Element
from portal.domain.lheo.errors import Fault, InvalidDocument, UnreadableDocument
from portal.domain.lheo.offers import Offer
from portal.domain.lheo.parsing import Parsed, parse
from portal.domain.lheo.traps import traps
from portal.domain.lheo.understanding import understand
from portal.domain.lheo.writing import write

WITHIN = {
    "formation": ("lheo", "offres"),
    "resume-offre": ("lheo-index", "resumes-offres"),
    "resume-organisme": ("lheo-index", "resumes-organismes"),
}
NO_OFFER = "Ce document ne contient aucune offre (« formation »)."
INDEX = "Cet index ne contient que des résumés : les offres elles-mêmes se lisent dans un document « lheo »."
STRANGER = "L'élément « {name} » n'est pas de l'espace de noms du document."


def faults_of(source: BinaryIO, parsed: Parsed | None = None) -> Iterator[Fault]:
    """The faults of a document, 2.2 or 2.3, offer by offer; then those of what surrounds the offers.

    `parsed` learns its version and how many offers it holds. Raises UnreadableDocument.
    """
    parsed = parsed or Parsed()
    for offer in parse(source, parsed):
        above = WITHIN[offer.name]
        yield from check(offer, parsed.version, above)
        for fault in traps(offer):
            yield Fault(fault.line, "/".join((*above, fault.path)), fault.message, fault.blocks)
    missing = "/".join(WITHIN["formation"]) + "/formation"  # the offers were taken out as they were read
    yield from (f for f in check(parsed.root, parsed.version) if f.path != missing)
    yield from (Fault(line, name, STRANGER.format(name=name)) for line, name in parsed.strangers)
    if parsed.root.name == "lheo" and not parsed.offers:
        yield Fault(parsed.root.line, missing, NO_OFFER)


def offers_of(source: BinaryIO) -> Iterator[Offer]:
    """The offers that a document tells. Raises UnreadableDocument; an index tells none."""
    for element in parse(source):
        if element.name != "formation":
            raise UnreadableDocument(INDEX, element.line)
        yield understand(element)


def faults_of_offer(offer: Offer) -> list[Fault]:
    """What would make the document of an offer invalid, or wrong for its readers; remarks included."""
    return _faults(compose(offer))


def document_of(offer: Offer, *, checked: bool = True) -> bytes:
    """The document of one offer. Raises InvalidDocument rather than make one that does not hold."""
    element = compose(offer)
    if checked and (faults := [fault for fault in _faults(element) if fault.blocks]):
        raise InvalidDocument(faults)
    return b"".join(write([element]))


def _faults(element: Element) -> list[Fault]:
    return [*check(element), *traps(element)]
