"""/validation/fiches: every sheet of the region, found by its words."""

from flask import Response, g, request, url_for

from portal.domain.sheets.search import Found, find_sheets, lineages
from portal.extensions import db
from portal.web.access import member
from portal.web.answers import answer
from portal.web.paging import Pages, here, page_wanted
from portal.web.validator.asked import LONGEST
from portal.web.validator.blueprint import blueprint
from portal.web.validator.desk import above_words
from portal.web.validator.review import READERS

PAGE = 20


@blueprint.get("/fiches")
@member(side=READERS)
def search() -> Response:
    """The search; under htmx, its results alone. Without words or level, every sheet."""
    text = request.args.get("q", "").strip()[:LONGEST]
    level = request.args.get("niveau", "")
    level = level if level in g.tenant.who.levels else ""
    number = page_wanted()
    offset = (number - 1) * PAGE
    found, total = find_sheets(db.session(), g.actor, text, level=level or None, limit=PAGE, offset=offset)
    above = lineages(db.session(), [f.id for f in found])
    return answer(
        "validator/search.html",
        "validator/_found.html",
        text=text,
        level=level,
        levels=[(name, one.plural or one.label) for name, one in g.tenant.who.levels.items()],
        rows=[_row(one, above_words(one.title, above.get(one.id, []))) for one in found],
        pages=Pages(number, PAGE, total),
        here=here,
        breadcrumbs=[("Validation", url_for("validator.desk"))] * (g.actor.side == "validator") + [("Fiches", None)],
    )


def _row(found: Found, above: str) -> dict[str, object]:
    level = g.tenant.level(found.level)
    programme = g.tenant.who.programmes.get(found.programme or "")
    states = []
    for axis_id, axis in g.tenant.axes_of(found.level).items():
        state = axis.states.get(found.states.get(axis_id, ""))
        if state is not None and state.label:
            states.append((state.label, state.tone))
    return {
        "id": f"sheet-row-{found.id}",
        "href": url_for("validator.review", sheet_id=found.id),
        "level": level.label,
        "title": found.title or found.code,
        "above": above,
        "organisation": found.organisation or "",
        "programme": (programme.short or programme.label) if programme else found.programme or "",
        "states": states,
    }
