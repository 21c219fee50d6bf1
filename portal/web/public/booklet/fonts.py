"""The letters of a document. Bitstream Vera comes with ReportLab under its own free licence, and is embedded: it has
all that French asks for (œ, €, ’, « »), and most of Western Europe.
"""

import unicodedata
from functools import cache, lru_cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "Guichet", "Guichet-Bold"
FILES = {REGULAR: "Vera.ttf", BOLD: "VeraBd.ttf"}
TWINS = {"\u202f": "\u00a0", "\u2011": "-", "\u2010": "-", "\u2192": ">", "\u25cf": "•", "\u2212": "–"}
UNKNOWN = "?"


class _Drawable(dict[int, str]):
    """Each sign that the font has not → the nearest that it has; a table for `str.translate`, filled as signs come."""

    def __init__(self, glyphs: frozenset[int]) -> None:
        super().__init__()
        self.glyphs = glyphs

    def __missing__(self, code: int) -> str:
        self[code] = self._nearest(chr(code))
        return self[code]

    def _nearest(self, sign: str) -> str:
        if ord(sign) in self.glyphs and sign >= " ":
            return sign
        if sign.isspace():
            return TWINS.get(sign, " ")
        if unicodedata.category(sign).startswith(("C", "M")):  # controls, marks, joiners: nothing to see
            return ""
        letters = TWINS.get(sign) or unicodedata.normalize("NFKD", sign)
        return "".join(one for one in letters if ord(one) in self.glyphs) or UNKNOWN


@cache
def _font(name: str) -> TTFont:
    font = TTFont(name, FILES[name])
    pdfmetrics.registerFont(font)
    return font


@cache
def _drawable(name: str) -> _Drawable:
    return _Drawable(frozenset(_font(name).face.charToGlyph))


def drawable(text: str, font: str = REGULAR) -> str:
    """The text with no sign that the font cannot draw."""
    return unicodedata.normalize("NFC", text).translate(_drawable(font))


@cache
def _widths(name: str) -> dict[int, float]:
    return dict(_font(name).face.charWidths)


@lru_cache(maxsize=20_000)  # the words of a catalogue come again and again
def _thousandths(text: str, font: str) -> float:
    widths = _widths(font)
    return sum(widths.get(ord(sign), 600) for sign in text)


def width(text: str, font: str, size: float) -> float:
    """How wide a drawable text is, in points."""
    return _thousandths(text, font) * size / 1000
