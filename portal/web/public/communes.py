"""/communes?q=: the communes a visitor may mean, as suggestions under a field of place."""

from datetime import timedelta

from flask import Response, make_response, render_template, request

from portal.domain.reference.queries import search_communes
from portal.web.access import public
from portal.web.public.asked import text
from portal.web.public.blueprint import blueprint
from portal.web.public.caching import kept_for

MOST = 8


@blueprint.get("/communes")
@public
def communes() -> Response:
    """`<li role="option" data-value="Lyon (69000)">`: the value is a label that any search of a place understands."""
    typed = text(request.args, "q")
    hits = search_communes(typed, MOST) if typed else []
    return kept_for(make_response(render_template("public/_communes.html", hits=hits)), timedelta(hours=1))
