"""/<tenant>/formations/<reference>: the sessions that are under one sheet, told once, then one by one."""

from typing import Any

from flask import Response, g, make_response, render_template, url_for

from portal.domain.catalogue.models import GROUP
from portal.domain.catalogue.queries import group_page as sessions_of
from portal.extensions import db
from portal.tenancy.schema import PublicFile, PublicGroup
from portal.web.access import public
from portal.web.public.blueprint import blueprint
from portal.web.public.caching import kept, known
from portal.web.public.cards import Card, card
from portal.web.public.days import today_in

LONGEST_REFERENCE = 200


@blueprint.get("/<tenant>/formations/<reference>")
@public
def group_page(reference: str) -> Response:
    """The page: 200 even when no session of it is open, 404 when there never was one."""
    words = g.tenant.public.group if g.tenant.public else None
    today = today_in(g.tenant)
    if words is None or len(reference) > LONGEST_REFERENCE or "\x00" in reference:
        return _unknown()
    latest, rows = sessions_of(db.session(), g.tenant, reference, today)
    if latest is None:
        return _unknown()
    facts = (today, latest.published_at, [(row.id, row.published_at) for row in rows])
    if (unchanged := known(*facts)) is not None:
        return unchanged
    page = render_template(
        "public/group.html", words=words, title=latest.facets[GROUP]["title"], row=latest,
        sections=[s for s in latest.page["sections"] if s["id"] in words.once],
        sessions=[(_card(row, words), _facts(row, words), row) for row in rows],
    )  # fmt: skip
    return kept(make_response(page), *facts)


def _unknown() -> Response:
    return make_response(render_template("public/unknown.html"), 404)


def together(row: Any, words: PublicFile) -> tuple[str, str] | None:
    """From the page of a session, the words and the address of the one it shares with others."""
    shared = row.facets.get(GROUP)
    if words.group is None or not shared:
        return None
    return words.group.label, url_for("public.group_page", reference=shared["reference"])


def _card(row: Any, words: PublicGroup) -> Card:
    made = card(row, today_in(g.tenant))
    return Card(made.href, row.facets[GROUP]["session"], "", made.state, made.tone, made.facts)


def _facts(row: Any, words: PublicGroup) -> list[dict[str, Any]]:
    """What is told under a session, in the order that the region gives."""
    said = {f"{s['id']}.{i['id']}": i for s in row.page["sections"] for i in s["items"]}
    return [said[name] for name in words.facts if name in said]
