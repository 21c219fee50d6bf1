"""How templates behave: they fail on a name nobody gave, leave no blank lines behind, and say dates in French."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import Flask, g
from jinja2 import StrictUndefined


def init_app(app: Flask) -> None:
    """Autoescape is Flask's own, for every .html."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["moment"] = moment
    app.jinja_env.filters["instant"] = instant


def moment(at: datetime) -> str:
    """« 22 novembre 2026 à 14:32 », in the time of the region in view, else in that of Paris."""
    return format_datetime(_local(at), "d MMMM y 'à' HH:mm", locale="fr")


def instant(at: datetime) -> str:
    """« 29/07/2022 11:18 », where moments are compared rather than read."""
    return f"{_local(at):%d/%m/%Y %H:%M}"


def _local(at: datetime) -> datetime:
    tenant = g.get("tenant")
    return at.astimezone(ZoneInfo(tenant.who.time_zone if tenant else "Europe/Paris"))
