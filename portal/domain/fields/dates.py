"""Days, hours, moments: read as people write them, stored in ISO form, in the local time of the region."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from portal.domain.conditions.types import Type
from portal.domain.fields import french
from portal.domain.fields.base import Context, Kind
from portal.domain.fields.faults import Fault
from portal.domain.fields.words import one_line, scalar
from portal.tenancy.schema import FormField

FIRST_YEAR, LAST_YEAR = 1900, 2200
_ISO = re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_FRENCH = re.compile(r"(?P<d>[0-9]{1,2}) ?[/.-] ?(?P<m>[0-9]{1,2}) ?[/.-] ?(?P<y>[0-9]{4}|[0-9]{2})")
_HOUR = re.compile(r"(?P<h>[0-9]{1,2}) ?(?:[hH:] ?(?P<m>[0-9]{2})?)(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?min)?")
_MOMENT = re.compile(r"(?P<day>[0-9/.-]{6,10})(?:T| à | )(?P<hour>[0-9hH:. ]{2,15})")
_CENTURY = 70  # « 69 » is 2069, « 70 » is 1970


class Date(Kind):
    name = "date"
    doc = (
        "A day. People may write `15/02/2026`, `15-2-2026`, `15.02.26` or `2026-02-15`; "
        "`min` and `max` are a day in ISO form, or `today`."
    )
    stored = "text: `2026-02-15`"
    example = "{id: debut, label: Date début, kind: date, min: today, as: session.start}"
    widget = "date"
    condition_type = Type.DATE
    settings = frozenset({"min", "max"})
    expected = "date (2026-01-31, ou today)"

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """The day in ISO form."""
        return self.iso(read_day(one_line(scalar(raw))))

    def check(self, value: Any, field: FormField, context: Context) -> list[str]:
        """Earliest and latest."""
        given = self.python(value, field)
        if given is None:
            return []
        given, least, most = self.compared(given), self.bound(field.min, context), self.bound(field.max, context)
        if least is not None and given < least:
            return [f"Au plus tôt : {self.written(least)}."]
        if most is not None and given > most:
            return [f"Au plus tard : {self.written(most)}."]
        return []

    def initial(self, field: FormField, context: Context) -> Any:
        """The default may be `today`."""
        return context.today.isoformat() if field.default == "today" else super().initial(field, context)

    def compared(self, value: Any) -> Any:
        """What limits are compared with."""
        return value

    def bound(self, written: str | None, context: Context) -> Any:
        """A limit of the field, as python compares it."""
        return context.today if written == "today" else _iso(date.fromisoformat, written)

    def show(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """« 15/02/2022 »."""
        given = self.python(value, field)
        return "" if given is None else self.written(given)

    def written(self, value: Any) -> str:
        """As people read it."""
        return french.day(value)

    def raw(self, value: Any, field: FormField) -> Any:
        """ISO: what the browser's own control wants."""
        given = self.python(value, field)
        return "" if given is None else self.iso(given)

    def iso(self, value: Any) -> str:
        """As it is stored."""
        return str(value.isoformat())

    def python(self, value: Any, field: FormField) -> Any:
        """A date."""
        return _iso(date.fromisoformat, value)

    def review(self, field: FormField) -> list[str]:
        """Limits that are neither a day nor `today`."""
        faults = super().review(field)
        context = Context(date(2000, 1, 1))
        for name in ("min", "max"):
            written = getattr(field, name)
            if written is not None and self.bound(written, context) is None:
                faults.append(f"« {name} » : {self.expected} attendue, lu « {written} »")
        return faults


class Time(Date):
    name = "time"
    doc = "A time of day: `9h`, `9h30`, `09:30`."
    stored = "text: `09:30`"
    example = "{id: heure_debut, label: Heure de début (HH:MM), kind: time}"
    widget = "time"
    condition_type = Type.TIME
    expected = "heure (09:30)"

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """The time, `09:30`."""
        return self.iso(read_hour(one_line(scalar(raw))))

    def iso(self, value: Any) -> str:
        """Without seconds."""
        return str(value.isoformat(timespec="minutes"))

    def bound(self, written: str | None, context: Context) -> Any:
        """A time."""
        return _iso(time.fromisoformat, written)

    def written(self, value: Any) -> str:
        """« 09h00 »."""
        return french.hour(value)

    def python(self, value: Any, field: FormField) -> Any:
        """A time without zone."""
        read = _iso(time.fromisoformat, value)
        return None if read is None else read.replace(tzinfo=None)


class DateTime(Date):
    name = "datetime"
    doc = "A day and a time, in the region's local time: `13/09/2026 18:00`, `13/09/2026 à 18h`, `2026-09-13T18:00`."
    stored = "text: `2026-09-13T18:00`"
    example = "{id: fin_publication, label: Date et heure de fin de la publication, kind: datetime}"
    widget = "datetime"
    condition_type = Type.DATETIME

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """The moment, `2026-09-13T18:00`."""
        read = _MOMENT.fullmatch(one_line(scalar(raw)))
        if not read:
            raise Fault("Indiquez une date et une heure, par exemple 13/09/2026 18:00.")
        return self.iso(datetime.combine(read_day(read["day"]), read_hour(read["hour"].strip())))

    def iso(self, value: Any) -> str:
        """Without seconds."""
        return str(value.isoformat(timespec="minutes"))

    def compared(self, value: Any) -> Any:
        """Limits are days: the whole last day is within."""
        return value.date()

    def show(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """« 13/09/2026 à 18h00 »."""
        given = self.python(value, field)
        return "" if given is None else f"{french.day(given)} à {french.hour(given.time())}"

    def python(self, value: Any, field: FormField) -> Any:
        """A datetime without zone."""
        read = _iso(datetime.fromisoformat, value) if isinstance(value, str) and "T" in value else None
        return None if read is None else read.replace(tzinfo=None)


def read_day(typed: str) -> date:
    """The day people meant. Raises Fault when it is not one, does not exist, or is out of reach."""
    read = _ISO.fullmatch(typed) or _FRENCH.fullmatch(typed)
    if not read:
        raise Fault("Indiquez une date sous la forme JJ/MM/AAAA, par exemple 15/02/2026.")
    year, month, number = int(read["y"]), int(read["m"]), int(read["d"])
    if len(read["y"]) == 2:
        year += 2000 if year < _CENTURY else 1900
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Fault(f"L'année doit être comprise entre {FIRST_YEAR} et {LAST_YEAR}.")
    try:
        return date(year, month, number)
    except ValueError:
        raise Fault(f"Le {number:02}/{month:02}/{year} n'existe pas.") from None


def read_hour(typed: str) -> time:
    """The time people meant. Raises Fault when it is not one."""
    read = _HOUR.fullmatch(typed)
    if not read:
        raise Fault("Indiquez une heure sous la forme 00:00, par exemple 09:30.")
    hours, minutes = int(read["h"]), int(read["m"] or 0)
    if hours > 23 or minutes > 59:
        raise Fault(f"L'heure {hours:02}:{minutes:02} n'existe pas.")
    return time(hours, minutes)


def _iso(read: Callable[[str], Any], value: Any) -> Any:
    """What a stored text says, or None."""
    try:
        return read(value) if isinstance(value, str) and len(value) <= 32 else None
    except ValueError:
        return None
