"""Reading the text of a document, offer by offer: any size, any source, and nothing in it is obeyed.

expat reads bounded pieces; a document type, which is where entities and addresses come from, is refused at sight. An
offer is handed over as soon as it ends, then forgotten.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from portal.domain.lheo.elements import Element
from portal.domain.lheo.errors import UnreadableDocument
from portal.domain.lheo.structure import NAMESPACES, TRAINING_ACCOUNT, Version

PIECE = 64 * 1024
LARGEST = 2 * 1024**3  # bytes of a file: a national one weighs about one
DEEPEST = 40
MOST_ELEMENTS = 50_000  # of one offer
MOST_SIGNS = 5_000_000  # of the texts of one offer
MOST_STRANGERS = 100
ROOTS = ("lheo", "lheo-index")
OFFERS = ("formation", "resume-offre", "resume-organisme")
"""What is handed over one by one; everything around it is kept without it."""

NO_TYPE = "Ce document déclare un type (DOCTYPE) : il est refusé, car il pourrait désigner d'autres fichiers."
TOO_DEEP = "Ce document imbrique trop d'éléments."
TOO_BIG = "Cette offre est trop grande pour être une offre de formation."
TOO_LONG = "Ce fichier est trop grand."
EMPTY = "Ce fichier est vide."
NOT_LHEO = "Ce n'est pas un document LHÉO 2.2 ou 2.3 : il commence par « {name} », de l'espace de noms « {space} »."
ACCOUNT = "C'est un document du catalogue Mon Compte Formation (EDOF), qui n'est pas du LHÉO 2.3."
NOT_XML = "Ce n'est pas du XML bien formé : {why}."
WHY = {
    expat.errors.XML_ERROR_SYNTAX: "ce n'est pas une suite d'éléments",
    expat.errors.XML_ERROR_XML_DECL: "la ligne « <?xml … ?> » n'est pas correcte",
    expat.errors.XML_ERROR_MISPLACED_XML_PI: "la ligne « <?xml … ?> » n'est pas au début",
    expat.errors.XML_ERROR_PARTIAL_CHAR: "un signe est incomplet",
    expat.errors.XML_ERROR_NO_ELEMENTS: "aucun élément n'a été trouvé",
    expat.errors.XML_ERROR_TAG_MISMATCH: "une balise fermante ne correspond pas à celle qui est ouverte",
    expat.errors.XML_ERROR_INVALID_TOKEN: "un signe n'est pas admis à cet endroit",
    expat.errors.XML_ERROR_UNCLOSED_TOKEN: "une balise n'est pas terminée",
    expat.errors.XML_ERROR_UNDEFINED_ENTITY: "une entité n'est pas connue",
    expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: "il y a du texte après la fin du document",
    expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE: "un attribut est écrit deux fois",
    expat.errors.XML_ERROR_UNKNOWN_ENCODING: "son encodage n'est pas connu",
    expat.errors.XML_ERROR_INCORRECT_ENCODING: "son encodage n'est pas celui qu'il annonce",
    expat.errors.XML_ERROR_UNBOUND_PREFIX: "un préfixe d'espace de noms n'est pas déclaré",
}


@dataclass
class Parsed:
    """A document as far as it has been read: its version, and what surrounds the offers, which are left out of it."""

    version: Version = "2.3"
    root: Element = field(default_factory=lambda: Element(""))
    space: str = ""
    offers: int = 0
    strangers: list[tuple[int, str]] = field(default_factory=list)  # elements of other namespaces: line, name


def parse(source: BinaryIO, parsed: Parsed | None = None) -> Iterator[Element]:
    """The offers of a document, one by one. `parsed` learns what surrounds them.

    Raises UnreadableDocument where the text cannot be read any further.
    """
    reader = _Reader(parsed or Parsed())
    size = 0
    while piece := source.read(PIECE):
        size += len(piece)
        if size > LARGEST:
            raise UnreadableDocument(TOO_LONG, reader.line)
        yield from reader.read(piece)
    if not size:
        raise UnreadableDocument(EMPTY)
    yield from reader.read(b"", last=True)


class _Reader:
    """The state between two pieces of text."""

    def __init__(self, parsed: Parsed) -> None:
        self.parsed = parsed
        self.open: list[Element] = []
        self.texts: list[list[str]] = []
        self.done: list[Element] = []
        self.elements = self.signs = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse_type
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    @property
    def line(self) -> int:
        """The line being read."""
        return self.parser.CurrentLineNumber

    def read(self, piece: bytes, *, last: bool = False) -> list[Element]:
        """The offers that end in a piece."""
        try:
            self.parser.Parse(piece, last)
        except expat.ExpatError as error:
            why = WHY.get(expat.errors.messages[error.code], expat.errors.messages[error.code])
            raise UnreadableDocument(NOT_XML.format(why=why), error.lineno) from None
        except (LookupError, ValueError):  # the codec the document names is none that text may have
            why = WHY[expat.errors.XML_ERROR_UNKNOWN_ENCODING]
            raise UnreadableDocument(NOT_XML.format(why=why), self.line) from None
        done, self.done = self.done, []
        return done

    def _refuse_type(self, *_: object) -> None:
        raise UnreadableDocument(NO_TYPE, self.line)

    def _start(self, written: str, attributes: dict[str, str]) -> None:
        space, _, name = written.rpartition(" ")
        if not self.open:
            self._begin(space, name)
        elif space != self.parsed.space and self._is_strange():
            self.parsed.strangers.append((self.line, name))
        if len(self.open) >= DEEPEST:
            raise UnreadableDocument(TOO_DEEP, self.line)
        self.elements += 1
        if self.elements > MOST_ELEMENTS:
            raise UnreadableDocument(TOO_BIG, self.line)
        own = {key.rpartition(" ")[2]: value for key, value in attributes.items() if " " not in key}
        element = Element(name, attributes=own, line=self.line)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.parsed.root = element
        self.open.append(element)
        self.texts.append([])

    def _is_strange(self) -> bool:
        """Whether an element of another namespace is to be told: what people add may be in any."""
        return len(self.parsed.strangers) < MOST_STRANGERS and all(one.name != "extra" for one in self.open)

    def _begin(self, space: str, name: str) -> None:
        if space == TRAINING_ACCOUNT:
            raise UnreadableDocument(ACCOUNT, self.line)
        if space not in NAMESPACES or name not in ROOTS:
            raise UnreadableDocument(NOT_LHEO.format(name=name, space=space), self.line)
        self.parsed.version, self.parsed.space = NAMESPACES[space], space

    def _text(self, text: str) -> None:
        self.signs += len(text)
        if self.signs > MOST_SIGNS:
            raise UnreadableDocument(TOO_BIG, self.line)
        if self.texts:
            self.texts[-1].append(text)

    def _end(self, _: str) -> None:
        element = self.open.pop()
        element.text = "".join(self.texts.pop())
        if element.name in OFFERS and len(self.open) == 2:
            self.done.append(element)
            self.open[-1].children.pop()
            self.parsed.offers += 1
            self.elements = self.signs = 0
