"""What a catalogue tells of a session: facts of its public copy, or items of its public page. Nothing else is there to
be read, so nothing that a region keeps to itself can enter.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from portal.domain.catalogue.days import is_ahead, meeting
from portal.domain.fields import french

Value = str | int | date | None
BETWEEN = " ; "


@dataclass(frozen=True)
class Listed:
    """One session of a catalogue: its public copy, its events, the full address of its page, the hours kept there."""

    row: Any
    today: date
    zone: ZoneInfo
    address: str
    events: Sequence[Any] = field(default=())

    def cell(self, source: str) -> Value:
        """What a column says: a fact of the copy by its name, or an item of the page: `section.item`."""
        said = SOURCES.get(source)
        return said(self) if said is not None else self._item(source)

    def _item(self, source: str) -> str:
        section_id, _, item_id = source.partition(".")
        sections = (s for s in self.row.page["sections"] if s["id"] == section_id)
        items = (i for section in sections for i in section["items"] if i["id"] == item_id)
        return BETWEEN.join(item["value"] for item in items)

    @property
    def dates(self) -> str:
        """« Du 12/01/2026 au 18/12/2026 »."""
        first, last = self.row.starts_on, self.row.ends_on
        if first and last and first != last:
            return f"Du {french.day(first)} au {french.day(last)}"
        if first:
            return f"Le {french.day(first)}" if last else f"À partir du {french.day(first)}"
        return f"Jusqu’au {french.day(last)}" if last else ""

    @property
    def place(self) -> str:
        """« 49100 Angers »."""
        return " ".join(filter(None, (self.row.postal_code, self.row.town)))

    @property
    def meetings(self) -> str:
        """The events still to come: « Le 15/02/2022, de 09h00 à 12h30, 69008 Lyon »."""
        ahead = [event for event in self.events if is_ahead(event, self.today)]
        said = ((meeting(e.starts_on, e.starts_at, e.ends_on, e.ends_at), e.place) for e in ahead)
        return BETWEEN.join(", ".join(filter(None, one)) for one in said)


SOURCES: Mapping[str, Callable[[Listed], Value]] = {
    "title": lambda one: one.row.title,
    "reference": lambda one: one.row.reference,
    "organisation": lambda one: one.row.organisation,
    "programme": lambda one: one.row.programme_label,
    "starts_on": lambda one: one.row.starts_on,
    "ends_on": lambda one: one.row.ends_on,
    "dates": lambda one: one.dates,
    "town": lambda one: one.row.town,
    "postal_code": lambda one: one.row.postal_code,
    "place": lambda one: one.place,
    "department": lambda one: one.row.department,
    "seats": lambda one: one.row.seats,
    "events": lambda one: one.meetings,
    "updated_on": lambda one: one.row.published_at.astimezone(one.zone).date(),
    "address": lambda one: one.address,
}
"""The facts a column may name."""


def in_words(value: Value) -> str:
    """A cell for people to read."""
    if isinstance(value, date):
        return french.day(value)
    return "" if value is None else str(value)
