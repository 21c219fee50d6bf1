"""The public copies a revision makes: one row per session, its events, and the words by which it is found."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from portal.domain.catalogue.facets import held
from portal.domain.catalogue.models import GROUP, VALID_CODE
from portal.domain.catalogue.places import Gazetteer
from portal.domain.catalogue.public_view import PublicView, public_view
from portal.domain.catalogue.wording import day_of, events, line, sections
from portal.domain.catalogue.words import in_words
from portal.domain.fields.base import Lookups
from portal.domain.sheets.nodes import Node, Snapshot, nodes_of
from portal.domain.sheets.view import View
from portal.tenancy.tenant import Tenant

EVENT_IDS = uuid.UUID("5f0e0c2e-6c5e-5b5e-9a55-2f4f6b7f3c11")  # an event keeps its id however often it is written
TITLE_MAX = 500
UNSOUGHT = ("contact", "action")  # kinds of items by whose words nobody looks for a session
FACETS = {
    "entry_mode": "session.entry_mode",
    "certifying": "formation.certifying",
    "teaching_mode": "session.teaching_mode",
    "registration_start": "session.registration.start",
    "registration_end": "session.registration.end",
    "seats_left": "session.seats_left",
}
"""What lists and filters read besides the columns: name → term."""


class Frozen(Protocol):
    """What is read of a revision."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def snapshot(self) -> Snapshot: ...


@dataclass
class Copy:
    """One session as it will be written; `words` are the texts it is found by, by weight."""

    row: dict[str, Any]
    events: list[dict[str, Any]]
    words: dict[str, str]

    @property
    def id(self) -> uuid.UUID:
        """The session's id: that of its sheet, for life."""
        return self.row["id"]


@dataclass(frozen=True)
class Publication:
    """One revision put in force: at which moment, and when its unit was last approved."""

    tenant: Tenant
    revision: Frozen
    at: datetime
    approved_at: datetime
    lookups: Lookups
    gazetteer: Gazetteer

    @property
    def day(self) -> date:
        """The day it was in the region."""
        return self.at.astimezone(ZoneInfo(self.tenant.who.time_zone)).date()


def copies_of(publication: Publication) -> list[Copy]:
    """The copies of the sessions a revision shows to the public; none in a region without a public page."""
    public = publication.tenant.public
    if public is None:
        return []
    nodes = nodes_of(publication.revision.snapshot)
    return [
        _copy(publication, node) for node in nodes.values() if node.level == public.level and _shown(publication, node)
    ]


def _shown(publication: Publication, node: Node) -> bool:
    # Whether it is shown may rest on what is not public; what is shown may not.
    public = publication.tenant.public
    return public is not None and _whole(publication, node).holds(public.visible)


def _whole(publication: Publication, node: Node) -> View:
    return View(publication.tenant, node, publication.day, lookups=publication.lookups)


def _copy(publication: Publication, node: Node) -> Copy:
    moments = {"published_at": publication.at, "approved_at": publication.approved_at}
    view = public_view(publication.tenant, node, publication.day, moments, publication.lookups)
    row = _row(publication, view, _whole(publication, node))
    return Copy(row, [_event(row["id"], e) for e in events(view)], _words(row, view))


def _row(publication: Publication, view: PublicView, whole: View) -> dict[str, Any]:
    tenant, node = publication.tenant, view.node
    public = tenant.public
    assert public is not None
    venue = publication.gazetteer.venue(view)
    programme = tenant.who.programmes.get(node.programme or "")
    seats = view.term("session.seats")
    return {
        "id": node.id,
        "tenant": tenant.slug,
        "reference": node.reference or str(node.id),
        "sheet_id": node.id,
        "revision_id": publication.revision.id,
        "status": _status(view, whole),
        "title": (line(view, public.title) or view.show("title") or node.code)[:TITLE_MAX],
        "organisation": _organisation(view),
        "programme": node.programme,
        "programme_label": programme.label if programme else None,
        "starts_on": _day(view, "session.start"),
        "ends_on": _day(view, "session.end"),
        "seats": seats if isinstance(seats, int) else None,
        "insee": venue.insee,
        "postal_code": venue.postal_code,
        "town": venue.town,
        "department": venue.department,
        "lat": venue.lat,
        "lon": venue.lon,
        "facets": _facets(view) | held(view) | _valid_code(whole, public.valid_code) | _group(view),
        "page": {"sections": sections(view)},
        "formacodes": _codes(view.term("formation.formacodes")),
        "visible_until": _visible_until(view, public.visible_until),
        "approved_at": publication.approved_at,
        "published_at": publication.at,
    }


def _status(view: PublicView, whole: View) -> str:
    public = view.tenant.public
    assert public is not None
    if public.cancelled_when is not None and whole.holds(public.cancelled_when):
        return "cancelled"
    if public.no_seats_means_off and view.term("session.seats") == 0:
        return "off"
    return "open"


def _organisation(view: PublicView) -> str:
    """The organisation that answers for the session: that of the sheet, or of the nearest ancestor that has one."""
    card = next((node.organisation for node in view.node.up() if node.organisation), None)
    return card.name if card else ""


def _day(view: View, term: str) -> date | None:
    found = view.term_at(term)
    return day_of(found[0].python_of(found[1])) if found else None


def _visible_until(view: View, name: str | None) -> date | None:
    found = view.field_at(name) if name else None
    return day_of(found[0].python_of(found[1])) if found else None


def _facets(view: PublicView) -> dict[str, Any]:
    found = {name: view.term(term) for name, term in FACETS.items()}
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}


def _valid_code(whole: View, name: str | None) -> dict[str, str]:
    """The code on which the listing depends: its end may be told after the session was published."""
    code = whole.stored(name) if name else None
    return {VALID_CODE: code} if isinstance(code, str) and code else {}


def _group(view: PublicView) -> dict[str, Any]:
    """The page that the session shares with those under the same sheet."""
    group = view.tenant.public.group if view.tenant.public else None
    above = view.node.ancestor(group.level) if group else None
    if group is None or above is None:
        return {}
    words = {"title": line(view, group.title) or above.title, "session": line(view, group.session) or view.node.code}
    reference = above.reference or view.of(above).fill(view.tenant.level(above.level).reference)
    return {GROUP: {"reference": reference or str(above.id), **words}}


def _codes(value: Any) -> list[str]:
    given = value if isinstance(value, list) else [value]
    return [code for code in given if isinstance(code, str)]


def _event(session_id: uuid.UUID, said: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": uuid.uuid5(EVENT_IDS, f"{session_id}/{said['row_id']}"), "session_id": session_id, **said}


def _words(row: Mapping[str, Any], view: PublicView) -> dict[str, str]:
    """The title first; then who, where, in which programme and under which codes; then all the page says."""
    said = [i["value"] for section in row["page"]["sections"] for i in section["items"] if i["kind"] not in UNSOUGHT]
    known = [row[name] or "" for name in ("organisation", "programme_label", "town", "postal_code", "reference")]
    return {
        "a": in_words([row["title"]]),
        "b": in_words([*known, view.show("programme.short"), view.show_term("session.deliverer")]),
        "c": in_words([*said, view.show_term("formation.formacodes")]),
    }
