"""A published session as a list shows it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from portal.domain.catalogue.days import period
from portal.domain.fields.french import day as digits
from portal.domain.fields.french import plural
from portal.tenancy.registry import UnknownTenantError, registry


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
        ("people", plural(row.seats, "place") if row.seats else ""),
        ("clock", _registration(row.facets.get("registration_end"), today)),
        ("building", region_of(row.tenant) if region else ""),
    ]
    href = url_for("public.session_page", tenant=row.tenant, reference=row.reference)
    facts = [(sign, words) for sign, words in said if words]
    return Card(href, row.title, row.organisation, "En cours" if begun else "", "info", facts)


def place(row: Any) -> str:
    """« 69008 Lyon »."""
    return " ".join(filter(None, (row.postal_code, row.town)))


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
