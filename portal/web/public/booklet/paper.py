"""The pages of a document: a cursor that goes down, a foot that numbers them, words that are drawn later."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import IO

from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from portal.web.public.booklet.fonts import REGULAR, drawable, width
from portal.web.public.booklet.lines import Line, Style

MARGIN, FOOT = 56.0, 62.0
MUTED, RULE = "#5b6675", "#c9d0d9"
TOTAL = "total"  # the number of pages, known when all of them are drawn
SMALL = 8


rl_config.useA85 = 0  # pages as bytes: smaller and sooner written than as letters


@cache
def colour(ink: str) -> Color:
    """A colour by its `#rrggbb`."""
    return HexColor(ink)


class Paper:
    """A document being drawn. `room` is the width of its lines, `page` the number of the page one is on."""

    def __init__(self, file: IO[bytes], *, title: str, author: str, subject: str) -> None:
        self.canvas = Canvas(file, pagesize=A4, pageCompression=1, lang="fr-FR")
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self.canvas.setSubject(subject)
        self.canvas.setCreator("Guichet")
        self.canvas.setViewerPreference("DisplayDocTitle", "true")
        self.foot = drawable(title)
        self.wide, self.high = A4
        self.room, self.top = self.wide - 2 * MARGIN, self.high - MARGIN
        self.y, self.page = self.top, 1
        self._waiting: list[tuple[str, Callable[[], None]]] = []

    def turn(self) -> None:
        """Finish the page and begin another."""
        self._number()
        self.canvas.showPage()
        self.y, self.page = self.top, self.page + 1

    def draw(self, lines: Sequence[Line], *, whole: bool = True) -> None:
        """Draw some lines, on one page where they fit on one."""
        high = sum(line.height for line in lines)
        if whole and self.y - high < FOOT and high <= self.top - FOOT:
            self.turn()
        for on_page in self._pages(lines):
            self._write(on_page)

    def _pages(self, lines: Sequence[Line]) -> Iterator[list[tuple[Line, float]]]:
        """The lines with their places, page by page."""
        placed: list[tuple[Line, float]] = []
        for line in lines:
            if self.y - line.height < FOOT:
                yield placed
                self.turn()
                placed = []
            self.y -= line.height
            placed.append((line, self.y))
        yield placed

    def _write(self, placed: Sequence[tuple[Line, float]]) -> None:
        text = self.canvas.beginText()
        present: Style | None = None
        for line, bottom in placed:
            for piece in line.pieces:
                if piece.left is not None:
                    text.setTextOrigin(MARGIN + piece.left, bottom)
                if present is None or piece.style.ink != present.ink:
                    text.setFillColor(colour(piece.style.ink))
                if present is None or (piece.style.font, piece.style.size) != (present.font, present.size):
                    text.setFont(piece.style.font, piece.style.size)
                present = piece.style
                text.textOut(piece.text)
            if line.link:
                rect = (MARGIN, bottom - 2, MARGIN + line.wide, bottom + line.pieces[0].style.size)
                self.canvas.linkURL(line.link, rect, relative=0, thickness=0)
        self.canvas.drawText(text)

    def put(self, left: float, bottom: float, text: str, font: str, size: float, ink: str) -> None:
        """Draw words at a place."""
        self.canvas.setFont(font, size)
        self.canvas.setFillColor(colour(ink))
        self.canvas.drawString(left, bottom, text)

    def rule(self, *, before: float = 8) -> None:
        """A thin line across the page."""
        self.y -= before
        self.canvas.setStrokeColor(colour(RULE))
        self.canvas.setLineWidth(0.5)
        self.canvas.line(MARGIN, self.y, self.wide - MARGIN, self.y)

    def later(self, name: str) -> None:
        """Leave room over the whole page for what is drawn `at_the_end` under this name."""
        self.canvas.doForm(name)

    def at_the_end(self, name: str, drawing: Callable[[], None]) -> None:
        """Draw what earlier pages left room for, once the last page is finished."""
        self._waiting.append((name, drawing))

    def close(self) -> None:
        """Finish the last page, tell each the number of all, and write the file."""
        self._number()
        self.canvas.showPage()
        left = self.wide - MARGIN - self._tail()
        self.at_the_end(TOTAL, lambda: self.put(left, FOOT - 26, str(self.page), REGULAR, SMALL, MUTED))
        for name, drawing in self._waiting:
            self.canvas.beginForm(name, upperx=self.wide, uppery=self.high)
            drawing()
            self.canvas.endForm()
        self.canvas.save()

    def _number(self) -> None:
        """« Catalogue … Page 3 sur 120 »: the last number is drawn at the end."""
        said = f"Page {self.page} sur "
        left = self.wide - MARGIN - self._tail() - width(said, REGULAR, SMALL)
        self.put(MARGIN, FOOT - 26, _cut(self.foot, left - MARGIN - 12), REGULAR, SMALL, MUTED)
        self.put(left, FOOT - 26, said, REGULAR, SMALL, MUTED)
        self.later(TOTAL)

    @staticmethod
    def _tail() -> float:
        return width("00000", REGULAR, SMALL)


def _cut(text: str, room: float) -> str:
    if width(text, REGULAR, SMALL) <= room:
        return text
    while text and width(f"{text}…", REGULAR, SMALL) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"
