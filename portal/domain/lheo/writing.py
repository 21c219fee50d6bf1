"""Writing a document as its readers expect it: the namespace without a prefix, an offer at the start of its line."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from portal.domain.lheo.elements import Element
from portal.domain.lheo.structure import NAMESPACE

CONTENT_TYPE = "application/xml"
HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<lheo xmlns="{NAMESPACE}">\n<offres>\n'
TAIL = "</offres>\n</lheo>\n"
QUOTED = {"\r": "&#13;"}  # a bare one would be read as the end of a line


def write(offers: Iterable[Element]) -> Iterator[bytes]:
    """A document, piece by piece: as many offers as there are, one in memory at a time."""
    yield HEAD.encode()
    for offer in offers:
        yield ("".join(_lines(offer)) + "\n").encode()
    yield TAIL.encode()


def _lines(element: Element) -> Iterator[str]:
    """One element, its children each on its line, nothing added to a text."""
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in element.attributes.items())
    if element.children:
        yield f"<{element.name}{attributes}>\n"
        for child in element.children:
            yield from _lines(child)
            yield "\n"
        yield f"</{element.name}>"
    elif element.text:
        yield f"<{element.name}{attributes}>{escape(element.text, QUOTED)}</{element.name}>"
    else:
        yield f"<{element.name}{attributes}/>"
