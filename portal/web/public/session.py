"""/<tenant>/sessions/<reference>: one session, at the same address for life, whatever becomes of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, g, make_response, render_template, url_for

from portal.domain.catalogue.days import is_ahead, meeting, period
from portal.domain.catalogue.queries import code_ended, events_of
from portal.domain.catalogue.queries import session_page as row_of
from portal.extensions import db
from portal.tenancy.schema import PublicFile
from portal.web.access import public
from portal.web.public.blueprint import blueprint
from portal.web.public.caching import kept, known
from portal.web.public.cards import place, places
from portal.web.public.days import today_in
from portal.web.public.groups import together
from portal.web.public.open_days import open_days

LONGEST_REFERENCE = 200


@dataclass(frozen=True)
class Fate:
    """What became of a session that one can no longer join."""

    level: str
    title: str
    text: str


@blueprint.get("/<tenant>/sessions/<reference>")
@public
def session_page(reference: str) -> Response:
    """The page of a session: 200 even when cancelled or past, 410 once withdrawn, 404 when there never was one."""
    return _page(reference, "public/session.html")


@blueprint.get("/<tenant>/sessions/<reference>/imprimer")
@public
def print_page(reference: str) -> Response:
    """The same on paper."""
    return _page(reference, "public/print.html")


def _page(reference: str, template: str) -> Response:
    row = row_of(db.session(), g.tenant, reference) if _plausible(reference) else None
    if row is None:
        return make_response(render_template("public/unknown.html"), 404)
    words = g.tenant.public or PublicFile(title="{title}", sections=[])
    if row.status == "withdrawn":
        return make_response(render_template("public/gone.html", words=words), 410)
    today = today_in(g.tenant)
    days = open_days(row)
    ended = code_ended(db.session(), row, today)
    facts = (today, row.revision_id, row.published_at, row.status, ended, *days)
    if (unchanged := known(*facts)) is not None:
        return unchanged
    fate = _fate(row, words, today, ended)
    page = render_template(
        template, row=row, words=words, fate=fate, key_facts=_key_facts(row) if fate is None else [],
        sections=_sections(row, promoted=fate is None), events=_events(row, words, today),
        no_event=_no_event(row, words, today) if fate is None else "",
        href=url_for("public.session_page", reference=reference), open_days=days, together=together(row, words),
    )  # fmt: skip
    return kept(make_response(page), *facts)


def _plausible(reference: str) -> bool:
    return len(reference) <= LONGEST_REFERENCE and "\x00" not in reference


def _fate(row: Any, words: PublicFile, today: date, ended: bool) -> Fate | None:
    if row.status == "cancelled":
        return Fate("warning", words.cancelled, "Elle n’aura pas lieu : il n’est plus possible de s’y inscrire.")
    if row.status == "off":
        return Fate("warning", words.empty, "Il n’est pas possible de s’y inscrire.")
    if row.ends_on is not None and row.ends_on < today:
        return Fate("info", "Cette session est terminée.", "D’autres sessions peuvent vous convenir.")
    if ended or (row.visible_until is not None and row.visible_until < today):
        return Fate("info", "Cette session n’est plus proposée.", "D’autres sessions peuvent vous convenir.")
    return None


def _key_facts(row: Any) -> list[tuple[str, str, str, str | None]]:
    said = [
        ("calendar", "Dates", period(row.starts_on, row.ends_on), None),
        ("place", "Lieu", place(row), None),
        ("people", "Places", places(row), None),
        ("building", "Organisme", row.organisation, None),
    ]
    return [fact for fact in said if fact[2]]


def _sections(row: Any, *, promoted: bool) -> list[dict[str, Any]]:
    """The page's sections; without what invites to register where one no longer may."""
    if promoted:
        return list(row.page["sections"])
    kept_items = [{**s, "items": [i for i in s["items"] if not i.get("registration")]} for s in row.page["sections"]]
    return [section for section in kept_items if section["items"]]


def _no_event(row: Any, words: PublicFile, today: date) -> str:
    """The region's words where no event is to come, on the day one reads."""
    said = words.events.none if words.events else None
    if not said:
        return ""
    return "" if any(is_ahead(e, today) for e in events_of(db.session(), row)) else said


def _events(row: Any, words: PublicFile, today: date) -> list[tuple[str, str, str]]:
    """When, what and where; only what is still to come where the region says so."""
    upcoming = words.events is not None and words.events.upcoming
    found = [e for e in events_of(db.session(), row) if not upcoming or is_ahead(e, today)]
    return [(meeting(e.starts_on, e.starts_at, e.ends_on, e.ends_at), e.what, e.place) for e in found]
