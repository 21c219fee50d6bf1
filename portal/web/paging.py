"""Pages of a list: where one is, where one may go, as templates/components/tables.html draws it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

AROUND = 2  # pages shown on each side of the present one


@dataclass(frozen=True)
class Pages:
    """One page of a list of `total` rows."""

    number: int
    size: int
    total: int

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.number - 1) * self.size

    @property
    def last(self) -> int:
        """The number of the last page; 1 when there is no row."""
        return max(1, -(-self.total // self.size))

    @property
    def previous(self) -> str | None:
        """The address of the page before."""
        return here(page=self.number - 1) if self.number > 1 else None

    @property
    def following(self) -> str | None:
        """The address of the page after."""
        return here(page=self.number + 1) if self.number < self.last else None

    @property
    def numbers(self) -> list[tuple[str, str | None]]:
        """(words, address or None) of the first pages, those around, the last."""
        shown = {1, self.last, *range(self.number - AROUND, self.number + AROUND + 1)}
        wanted = sorted(n for n in shown if 1 <= n <= self.last)
        found: list[tuple[str, str | None]] = []
        for before, n in zip([0, *wanted], wanted, strict=False):
            if n > before + 1:
                found.append(("…", None))
            found.append((str(n), None if n == self.number else here(page=n)))
        return found


def page_wanted() -> int:
    """The page number in the address; the first when it is no number."""
    written = request.args.get("page", "")
    return max(1, int(written)) if written.isdecimal() and len(written) < 6 else 1


def here(**changes: object) -> str:
    """The address asked for, with some of its parameters changed; None takes one away, and a page of 1 needs none."""
    left = {*changes, "page"}
    kept = [(name, value) for name, value in request.args.items(multi=True) if value and name not in left]
    for name, value in changes.items():
        if value not in (None, "") and (name, value) != ("page", 1):
            kept.append((name, str(value)))
    return request.path + ("?" + urlencode(kept) if kept else "")
