"""The first pages: of all the regions, and of each."""

from flask import Response, g, render_template

from portal.domain.catalogue.queries import open_counts, upcoming
from portal.extensions import db
from portal.tenancy.registry import registry
from portal.web.access import public
from portal.web.public.blueprint import blueprint
from portal.web.public.caching import kept, known
from portal.web.public.cards import card
from portal.web.public.days import today_in


@blueprint.get("/")
@public
def national_home() -> Response | str:
    """Every region, how many sessions it shows, and the next to begin."""
    today = today_in(None)
    counts, rows = open_counts(db.session(), today), upcoming(db.session(), None, today)
    facts = (today, counts, [(row.id, row.published_at) for row in rows], [t.digest for t in registry.all()])
    if (unchanged := known(*facts)) is not None:
        return unchanged
    regions = [(tenant, counts.get(tenant.slug, 0)) for tenant in registry.all()]
    cards = [card(row, today, region=True) for row in rows]
    return kept(Response(render_template("public/home.html", regions=regions, cards=cards)), *facts)


@blueprint.get("/<tenant>/")
@public
def region_home() -> Response:
    """A region's own catalogue."""
    today = today_in(g.tenant)
    count = open_counts(db.session(), today).get(g.tenant.slug, 0)
    rows = upcoming(db.session(), g.tenant, today)
    facts = (today, count, [(row.id, row.published_at) for row in rows])
    if (unchanged := known(*facts)) is not None:
        return unchanged
    cards = [card(row, today) for row in rows]
    return kept(Response(render_template("public/region.html", count=count, cards=cards)), *facts)
