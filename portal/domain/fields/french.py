"""Numbers, days and hours as French people write them."""

from datetime import date, time
from decimal import Decimal

NBSP = "\u00a0"  # before units and after numbers: a line never breaks there
THIN = "\u202f"  # between thousands


def number(value: Decimal | int) -> str:
    """« 1 234,50 »: thin spaces between thousands, a decimal comma, the decimals the number has."""
    return f"{value:,f}".replace(",", THIN).replace(".", ",") if isinstance(value, Decimal) else _whole(value)


def _whole(value: int) -> str:
    return f"{value:,d}".replace(",", THIN)


def with_unit(value: str, unit: str | None) -> str:
    """The number and its unit, kept on one line."""
    return f"{value}{NBSP}{unit}" if unit else value


def day(value: date) -> str:
    """« 15/02/2022 »."""
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def hour(value: time) -> str:
    """« 09h00 »."""
    return f"{value.hour:02}h{value.minute:02}"


def plural(count: int, word: str, words: str | None = None) -> str:
    """« 1 ligne », « 3 lignes »: French takes the plural from two on."""
    return f"{_whole(count)} {word if abs(count) < 2 else words or word + 's'}"
