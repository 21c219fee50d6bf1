"""A published session as a list shows it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from portal.domain.catalogue.days import period
from portal.domain.catalogue.wording import REMOTE
from portal.domain.fields.french import day as digits
from portal.domain.fields.french import plural
from portal.tenancy.registry import UnknownTenantError, registry

AWAY = "2"  # « formation entièrement à distance », in the table of LHÉO
FULL = "Complet"


@dataclass(frozen=True)
class Card:
    """What the macro `result_card` takes."""

    href: str
    title: str
    organisation: str
    state: str
    tone: str
    facts: list[tuple[str, str]]


def card(row: Any, today: date, *, region: bool = False) -> Card:
    """The card of a row; across regions it says which one."""
    begun = row.starts_on is not None and row.starts_on <= today
    said = [
        ("calendar", period(row.starts_on, row.ends_on)),
        ("place", place(row)),
        ("people", places(row)),
        ("clock", _registration(row.facets.get("registration_end"), today)),
        ("building", region_of(row.tenant) if region else ""),
    ]
    href = url_for("public.session_page", tenant=row.tenant, reference=row.reference)
    facts = [(sign, words) for sign, words in said if words]
    return Card(href, row.title, row.organisation, "En cours" if begun else "", "info", facts)


def place(row: Any) -> str:
    """« 69008 Lyon »; « À distance » where there is no place to go to."""
    said = " ".join(filter(None, (row.postal_code, row.town)))
    return said or (REMOTE if row.facets.get("teaching_mode") == AWAY else "")


def places(row: Any) -> str:
    """« 12 places restantes », « Complet »; « 20 places » where one does not know how many are left."""
    left = row.facets.get("seats_left")
    if not isinstance(left, int):
        return plural(row.seats, "place") if row.seats else ""
    return f"{plural(left, 'place')} restante{'s' if left > 1 else ''}" if left > 0 else FULL


def region_of(slug: str) -> str:
    """The territory of a region, by its slug."""
    try:
        return registry.get(slug).region
    except UnknownTenantError:
        return slug


def _registration(until: Any, today: date) -> str:
    try:
        last = date.fromisoformat(until) if isinstance(until, str) else None
    except ValueError:
        return ""
    return f"Inscriptions jusqu’au {digits(last)}" if last is not None and last >= today else ""
