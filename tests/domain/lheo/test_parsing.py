"""Documents from anywhere: nothing in them is obeyed, whatever their size, and what is wrong is told."""

from collections.abc import Iterator
from io import BytesIO, RawIOBase

import pytest

from portal.domain.lheo import parsing
from portal.domain.lheo.documents import faults_of, offers_of
from portal.domain.lheo.errors import UnreadableDocument
from portal.domain.lheo.parsing import Parsed, parse
from portal.domain.lheo.writing import HEAD, TAIL

BOMB = '<!DOCTYPE lheo [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
FILE = '<!DOCTYPE lheo [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
OUTSIDE = '<!DOCTYPE lheo SYSTEM "http://127.0.0.1:1/lheo.dtd">'
PARAMETER = '<!DOCTYPE lheo [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'
ROOT = '<lheo xmlns="http://lheo.gouv.fr/2.3">'


def refusal(text: str | bytes) -> UnreadableDocument:
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(UnreadableDocument) as refused:
        list(faults_of(BytesIO(content)))
    return refused.value


@pytest.mark.parametrize("declared", [BOMB, FILE, OUTSIDE, PARAMETER])
def test_a_document_type_is_refused_before_anything_is_read_of_it(declared: str) -> None:
    refused = refusal(f'<?xml version="1.0"?>\n{declared}\n{ROOT}<offres>&b;&f;</offres></lheo>')

    assert "DOCTYPE" in refused.message
    assert refused.line == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "vide"),
        ("du texte", "une suite d'éléments"),
        ("<lheo>", "commence par « lheo »"),
        ('<html xmlns="http://www.w3.org/1999/xhtml"/>', "commence par « html »"),
        ('<lheo xmlns="https://www.of.moncompteformation.gouv.fr"/>', "Mon Compte Formation"),
        (f"{ROOT}<offres></lheo>", "balise fermante"),
        (f"{ROOT}<offres>", "aucun élément"),
        (f"{ROOT}&inconnue;</lheo>", "entité"),
        ('<?xml version="1.0" encoding="x-invente"?><lheo/>', "encodage"),
        (' <?xml version="1.0"?><lheo/>', "pas au début"),
        ('<?xml version="1.0" encoding="é"?><lheo/>', "n'est pas correcte"),
        ('<?xml version="1.0" encoding="base64"?><lheo/>', "encodage"),
        (b"\x00\x01\x02", "XML bien formé"),
        (HEAD.encode() + b"<formation>\xff</formation>", "admis"),
    ],
)
def test_what_is_no_document_is_refused_in_words(text: str | bytes, words: str) -> None:
    assert words in refusal(text).message


def test_depth_and_size_of_an_offer_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "imbrique" in refusal(HEAD + "<formation>" + "<extras>" * 50).message
    monkeypatch.setattr(parsing, "MOST_ELEMENTS", 100)
    assert "trop grande" in refusal(HEAD + "<formation>" + "<ville/>" * 200).message
    monkeypatch.setattr(parsing, "MOST_SIGNS", 1000)
    assert "trop grande" in refusal(HEAD + "<formation><ville>" + "a" * 2000).message
    monkeypatch.setattr(parsing, "LARGEST", parsing.PIECE)
    assert "trop grand" in refusal(HEAD + "<formation/>" * 20_000).message


class Endless(RawIOBase):
    """A file without an end, that knows how much of it was read."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        piece = (
            HEAD if not self.given else ""
        ) + '<formation numero="a"><certifiante>1</certifiante></formation>' * 100
        self.given += len(piece)
        return piece.encode()


def test_offers_come_out_as_they_are_read() -> None:
    """A file of any size is read an offer at a time: what was handed over is forgotten."""
    source, parsed = Endless(), Parsed()
    offers: Iterator[object] = parse(source, parsed)  # type: ignore[arg-type]

    for _ in range(1000):
        next(offers)

    assert source.given < 200_000
    assert [child.children for child in parsed.root.children] == [[]]


def test_encodings_are_read_as_they_are_announced() -> None:
    text = f'{ROOT}<offres><formation numero="é"/></offres></lheo>'
    for encoding in ("utf-8", "iso-8859-1", "utf-16"):
        content = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
        (offer,) = offers_of(BytesIO(content))
        assert offer.number == "é"
    (offer,) = offers_of(BytesIO(b"\xef\xbb\xbf" + text.encode()))
    assert offer.number == "é"


def test_cdata_comments_and_instructions_do_no_harm() -> None:
    inside = (
        "<!-- a --><?php b ?><formation><intitule-formation><![CDATA[<b>CAP</b>]]></intitule-formation></formation>"
    )

    (offer,) = offers_of(BytesIO((HEAD + inside + TAIL).encode()))

    assert offer.terms == {"formation.title": "CAP"}


def test_an_index_is_told_from_offers() -> None:
    index = '<lheo-index xmlns="http://www.lheo.org/2.2"><resumes-offres><resume-offre/></resumes-offres></lheo-index>'

    with pytest.raises(UnreadableDocument, match="résumés"):
        list(offers_of(BytesIO(index.encode())))
