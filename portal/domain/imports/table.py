"""A file as it was read: headings found, lines of text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.domain.imports.remarks import Remarks

WIDEST = 300  # columns; a file made by people has a few tens
_SPACES = re.compile(r"[\s\u00a0\u202f\ufeff]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the file, its cells as text."""

    number: int
    cells: Sequence[str]


@dataclass
class Table:
    """A file, read. `at` gives the place of each declared heading; it is empty when the headings do not hold."""

    form: str
    encoding: str = ""
    separator: str = ";"
    worksheet: str = ""
    headings: list[str] = field(default_factory=list)
    heading_line: int = 1
    lines: list[Line] = field(default_factory=list)
    at: dict[str, int] = field(default_factory=dict)
    faults: Remarks = field(default_factory=Remarks)
    warnings: Remarks = field(default_factory=Remarks)

    def text(self, line: Line, column: str) -> str:
        """The text of a cell; empty when the line is shorter."""
        place = self.at[column]
        return line.cells[place] if place < len(line.cells) else ""

    def cell(self, line: int, column: str) -> str:
        """The name of a cell: `C12`."""
        return f"{letters(self.at[column])}{line}" if column in self.at else ""


def letters(place: int) -> str:
    """The letters of a column, the first being A."""
    name, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def bare(text: str) -> str:
    """A text as headings and labels are compared: without capitals, nor more than one space."""
    return _SPACES.sub(" ", text).strip().casefold()


def tidy(text: str) -> str:
    """A cell's text: one space at a time, none around."""
    return _SPACES.sub(" ", text).strip() if "\n" not in text else text.strip()
