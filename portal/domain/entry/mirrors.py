"""What a sheet's row repeats from its data, so that lists, deadlines and addresses need not open it."""

import re
from datetime import date

from portal.domain.sheets.models import Sheet
from portal.domain.sheets.view import View

UNSAFE = re.compile(r"[^A-Za-z0-9._~-]+")
MAX_TITLE = 500


def refresh_mirrors(sheet: Sheet, view: View) -> None:
    """Write title, reference and typed columns from the view of the sheet's present data."""
    level = view.tenant.level(sheet.level)
    view.node.code = sheet.code
    sheet.title = view.node.title = (view.fill(level.title) or sheet.code)[:MAX_TITLE]
    sheet.reference = view.node.reference = reference_of(view) if level.session else None
    sheet.starts_on = _day(view, "session.start")
    sheet.ends_on = _day(view, "session.end")
    seats = view.term("session.seats") if view.tenant.term_field(sheet.level, "session.seats") else None
    sheet.seats = seats if isinstance(seats, int) else None
    sheet.insee = insee_of(view)


def _day(view: View, term: str) -> date | None:
    if view.tenant.term_field(view.node.level, term) is None:
        return None
    value = view.term(term)
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def insee_of(view: View) -> str | None:
    """The INSEE code of the place where the session is held, when its address says it."""
    venue = view.term("session.venue") if view.tenant.term_field(view.node.level, "session.venue") else None
    code = venue.get("insee") if isinstance(venue, dict) else venue
    return code if isinstance(code, str) and code else None


def reference_of(view: View) -> str:
    """The public address of a sheet, in characters an address may hold (RFC 3986, unreserved)."""
    pattern = view.tenant.level(view.node.level).reference
    return UNSAFE.sub("-", view.fill(pattern)).strip("-") or str(view.node.id)
