"""Days as visitors read them: in words where one reads, in digits where one compares."""

from datetime import date, time
from typing import Any

from babel.dates import format_date

from portal.domain.fields import french


def in_words(day: date) -> str:
    """« 1er septembre 2026 »."""
    words = format_date(day, "d MMMM y", locale="fr")
    return words.replace("1 ", "1er ", 1) if day.day == 1 else words


def period(starts_on: date | None, ends_on: date | None) -> str:
    """« Du 14 février au 28 juillet 2022 », « Le 14 février 2022 », « À partir du … », « Jusqu’au … », or nothing."""
    if starts_on and ends_on and starts_on != ends_on:
        same_year = starts_on.year == ends_on.year
        first = in_words(starts_on)
        return f"Du {first.rpartition(' ')[0] if same_year else first} au {in_words(ends_on)}"
    if starts_on:
        return f"Le {in_words(starts_on)}" if ends_on else f"À partir du {in_words(starts_on)}"
    return f"Jusqu’au {in_words(ends_on)}" if ends_on else ""


def meeting(starts_on: date | None, starts_at: time | None, ends_on: date | None, ends_at: time | None) -> str:
    """« Le 15/02/2022, de 09h00 à 12h30 »; over several days, « Du 15/02/2022 à 09h00 au 16/02/2022 à 12h30 »."""
    if starts_on is None:
        return "Date à préciser"
    if ends_on and ends_on != starts_on:
        return f"Du {_moment(starts_on, starts_at)} au {_moment(ends_on, ends_at)}"
    hours = f", à {french.hour(starts_at)}" if starts_at else ""
    if starts_at and ends_at and ends_at != starts_at:
        hours = f", de {french.hour(starts_at)} à {french.hour(ends_at)}"
    return f"Le {french.day(starts_on)}{hours}"


def is_ahead(event: Any, today: date) -> bool:
    """Whether one may still come to an event: it is not over, or its date is not known yet."""
    last = event.ends_on or event.starts_on
    return last is None or last >= today


def _moment(day: date, at: time | None) -> str:
    return f"{french.day(day)} à {french.hour(at)}" if at else french.day(day)
