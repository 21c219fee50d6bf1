"""Words into lines: what fits in a width, and what a block of a page is made of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from portal.web.public.booklet.fonts import BOLD, REGULAR, drawable, width

GUTTER = 8


@dataclass(frozen=True)
class Style:
    """How a text looks; `before` is the space above its first line."""

    font: str = REGULAR
    size: float = 9
    leading: float = 12
    before: float = 0
    ink: str = "#1c2430"


@dataclass(frozen=True)
class Piece:
    """Words at a place of a line, or right after the piece before."""

    left: float | None
    text: str
    style: Style


@dataclass(frozen=True)
class Line:
    """One line of a block, ready to be drawn: `wide` as its words are, and `height` is all it takes. `link` is where a
    click leads.
    """

    pieces: tuple[Piece, ...]
    wide: float
    height: float
    link: str | None = None


def lines_of(text: str, style: Style, room: float, *, link: str | None = None) -> list[Line]:
    """A text on as many lines as it takes."""
    said = list(_wrapped(drawable(text, style.font), style, room))
    return [
        Line((Piece(0, words, style),), wide, style.leading + (0 if n else style.before), link)
        for n, (words, wide) in enumerate(said)
    ]


def labelled(label: str, text: str, style: Style, room: float) -> list[Line]:
    """A bold label, and its text after it on the same line as far as it goes."""
    bold = replace(style, font=BOLD)
    head = f"{drawable(label, BOLD)}\u00a0"
    used = min(width(head, BOLD, style.size), room / 2)
    said = list(_wrapped(drawable(text, style.font), style, room, used))
    (first, wide), *others = said
    lines = [Line((Piece(0, head, bold), Piece(None, first, style)), wide, style.leading + style.before)]
    return lines + [Line((Piece(0, words, style),), wide, style.leading) for words, wide in others]


def side_by_side(facts: Iterable[list[Line]], room: float) -> list[Line]:
    """Facts one after the other, those that are short enough two on a line."""
    lines: list[Line] = []
    waiting: Line | None = None
    for fact in facts:
        short = len(fact) == 1 and fact[0].wide <= room / 2 - GUTTER
        if short and waiting is not None:
            first, *others = fact[0].pieces
            lines[-1] = replace(waiting, pieces=(*waiting.pieces, replace(first, left=room / 2), *others))
            waiting = None
            continue
        lines += fact
        waiting = fact[0] if short else None
    return lines


def _wrapped(text: str, style: Style, room: float, used: float = 0) -> Iterator[tuple[str, float]]:
    """(words, where they end) line by line: cut where words end, and inside a word longer than a line. `used` is what
    the first line has lost already.
    """
    space = width(" ", style.font, style.size)
    for paragraph in text.split("\n"):
        line: list[str] = []
        taken = used
        for word in _words(paragraph, style, room):
            long = width(word, style.font, style.size)
            gap = space if line else 0
            if taken and taken + gap + long > room:
                yield " ".join(line), taken
                line, taken, gap = [], 0, 0
            taken += gap + long
            line.append(word)
        yield " ".join(line), taken
        used = 0


def _words(paragraph: str, style: Style, room: float) -> Iterator[str]:
    for word in paragraph.split(" "):
        while width(word, style.font, style.size) > room:
            cut = next(n for n in range(len(word), 0, -1) if n == 1 or width(word[:n], style.font, style.size) <= room)
            yield word[:cut]
            word = word[cut:]
        if word:
            yield word
