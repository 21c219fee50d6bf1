"""What is said of a file, by line and column."""

from dataclasses import asdict, dataclass, field
from typing import Any

KEPT = 20_000  # beyond, they are counted: nobody corrects that many by hand
SHOWN = 500
LONGEST_VALUE = 120


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to correct or to know; without a line it is about the whole file."""

    message: str
    line: int | None = None
    column: str | None = None
    cell: str | None = None
    value: str = ""


@dataclass
class Remarks:
    """Remarks in the order in which they were made; past KEPT they are only counted."""

    kept: list[Remark] = field(default_factory=list)
    count: int = 0

    def add(
        self,
        message: str,
        line: int | None = None,
        column: str | None = None,
        cell: str | None = None,
        value: object = "",
    ) -> None:
        """Add one; a long value is cut."""
        self.count += 1
        if len(self.kept) < KEPT:
            shown = "" if value is None else str(value).encode("utf-8", "replace").decode().replace("\x00", "")
            self.kept.append(Remark(message, line, column, cell, shown[:LONGEST_VALUE]))

    def shown(self) -> list[dict[str, Any]]:
        """The first ones, by line, as a report keeps them."""
        order = sorted(self.kept, key=lambda remark: remark.line or 0)
        return [asdict(remark) for remark in order[:SHOWN]]

    def by_line(self) -> dict[int, list[Remark]]:
        """Those of a line, for each line that has some."""
        found: dict[int, list[Remark]] = {}
        for remark in self.kept:
            if remark.line is not None:
                found.setdefault(remark.line, []).append(remark)
        return found
