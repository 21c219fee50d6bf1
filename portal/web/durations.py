"""Time as people count it: « il y a 3 jours », « dans 12 jours », in the days of the region."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from portal.domain.fields import french

SOON = 14  # days under which a date presses


def age(at: datetime, now: datetime, zone: str) -> str:
    """How long ago something happened: minutes and hours on the day itself, days afterwards."""
    days = (now.astimezone(ZoneInfo(zone)).date() - at.astimezone(ZoneInfo(zone)).date()).days
    if days > 0:
        return "hier" if days == 1 else f"il y a {_long(days)}"
    minutes = int(max(now - at, timedelta()).total_seconds() // 60)
    if minutes < 1:
        return "à l'instant"
    return f"il y a {minutes} min" if minutes < 60 else f"il y a {minutes // 60} h"


def lasted(seconds: float) -> str:
    """A duration in its greatest unit: « 45 s », « 12 min », « 3 h », « 2 jours »."""
    for unit, name in ((86400, "jour"), (3600, " h"), (60, " min")):
        if seconds >= unit:
            count = int(seconds // unit)
            return french.plural(count, name) if name == "jour" else f"{count}{name}"
    return f"{int(seconds)} s"


def until(day: date, today: date) -> str:
    """How far a day is: « dans 12 jours », « demain », « depuis 3 jours »."""
    days = (day - today).days
    near = {0: "aujourd'hui", 1: "demain", -1: "depuis hier"}
    if days in near:
        return near[days]
    return f"dans {_long(days)}" if days > 0 else f"depuis {_long(-days)}"


def pressing(day: date, today: date) -> str:
    """The tone of a date: `warn` once it has come, `todo` when it is near, `info` otherwise."""
    days = (day - today).days
    return "warn" if days <= 0 else "todo" if days <= SOON else "info"


def _long(days: int) -> str:
    if days < 120:
        return french.plural(days, "jour")
    return f"{days // 30} mois" if days < 730 else french.plural(days // 365, "an")
