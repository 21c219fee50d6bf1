"""A cell of a list, and the forms in which a column may ask for what it says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

Value = str | int | Decimal | date | datetime | None


@dataclass(frozen=True)
class Cell:
    """One cell: its words, the value behind them, the tone of a state, the words in bold among its own, the pictogram
    beside them; the `lines` of rows, one by one.
    """

    text: str = ""
    value: Value = None
    tone: str | None = None
    strong: str = ""
    icon: str = ""
    lines: tuple[str, ...] = ()


def _short_date(cell: Cell) -> Cell:
    return replace(cell, text=f"{cell.value:%d/%m/%y}") if isinstance(cell.value, date) else cell


def _upper(cell: Cell) -> Cell:
    value = cell.value.upper() if isinstance(cell.value, str) else cell.value
    return Cell(cell.text.upper(), value, cell.tone)


def as_is(cell: Cell) -> Cell:
    """The cell itself."""
    return cell


def _join(cell: Cell) -> Cell:
    """« a ; b », and a dash where there is nothing: how lists of values are exported."""
    text = cell.text.replace(", ", " ; ") or "-"
    return replace(cell, text=text, value=text)


FORMATS: Mapping[str, Callable[[Cell], Cell]] = {
    "auto": as_is, "short": as_is, "short_date": _short_date, "upper": _upper, "join": _join,
}  # fmt: skip
