"""The contents of a document: drawn first, with the numbers of the pages written when they are known."""

from collections.abc import Sequence
from functools import partial

from portal.domain.catalogue.groups import Group
from portal.domain.fields.french import plural
from portal.web.public.booklet.fonts import BOLD, REGULAR, drawable, width
from portal.web.public.booklet.lines import Style, lines_of
from portal.web.public.booklet.paper import MARGIN, MUTED, Paper

HEAD = Style(BOLD, 15, 26)
INK = "#1c2430"
SIZE, STEP = 10, 18
ON_A_PAGE = 36


class Contents:
    """One line per group of the catalogue, which leads to its page."""

    def __init__(self, paper: Paper, heading: str, groups: Sequence[Group]) -> None:
        self.paper, self.heading = paper, heading
        self.groups = {group.key: group for group in groups}
        self.pages: dict[str | None, int] = {}
        self._sheets = [list(groups[at : at + ON_A_PAGE]) for at in range(0, len(groups), ON_A_PAGE)]
        self._tops: list[float] = []

    def leave_room(self) -> None:
        """Draw the pages of contents, without the numbers."""
        for sheet, groups in enumerate(self._sheets):
            self.paper.turn()
            self.paper.draw(lines_of(f"Sommaire : {self.heading.lower()}", HEAD, self.paper.room))
            self._tops.append(self.paper.y)
            for at, group in enumerate(groups):
                self._entry(group, self.paper.y - (at + 1) * STEP)
            self.paper.later(_name(sheet))

    def _entry(self, group: Group, bottom: float) -> None:
        paper = self.paper
        words, count = drawable(group.label), f"({plural(group.count, 'session')})"
        room = paper.room - 130
        while width(words, REGULAR, SIZE) > room:
            words = f"{words[:-2].rstrip()}…"
        paper.put(MARGIN, bottom, words, REGULAR, SIZE, INK)
        left = MARGIN + width(words, REGULAR, SIZE) + 6
        paper.put(left, bottom, drawable(count), REGULAR, SIZE - 1.5, MUTED)
        whole = (MARGIN, bottom - 4, paper.wide - MARGIN, bottom + SIZE)
        paper.canvas.linkAbsolute("", _mark(group), whole, thickness=0)

    def begin(self, key: str | None) -> str:
        """A group begins on the present page; returns the words of its head. One that came meanwhile has no line."""
        group = self.groups.get(key)
        if group is None:
            return key or ""
        self.pages[key] = self.paper.page
        self._mark_here(group)
        return group.label

    def fill(self) -> None:
        """Write the numbers, with the last page still open; a group that went meanwhile leads there."""
        for key, group in self.groups.items():
            if key not in self.pages:
                self._mark_here(group)
        for sheet, groups in enumerate(self._sheets):
            self.paper.at_the_end(_name(sheet), partial(self._numbers, sheet, groups))

    def _numbers(self, sheet: int, groups: Sequence[Group]) -> None:
        for at, group in enumerate(groups):
            said = str(self.pages.get(group.key, "–"))
            left = self.paper.wide - MARGIN - width(said, REGULAR, SIZE)
            self.paper.put(left, self._tops[sheet] - (at + 1) * STEP, said, REGULAR, SIZE, INK)

    def _mark_here(self, group: Group) -> None:
        self.paper.canvas.bookmarkPage(_mark(group))
        self.paper.canvas.addOutlineEntry(group.label, _mark(group), level=0)


def _name(sheet: int) -> str:
    return f"sommaire-{sheet}"


def _mark(group: Group) -> str:
    return f"groupe-{group.code}"
